//! The read-only walk over a document. It uses the table of keywords in [`super::shape`].

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::operations::Operation;
use super::place::Place;
use super::pointer::Pointer;
use super::refs;
use super::shape::{Field, Shape};

/// An object of OpenAPI and its location.
#[derive(Clone, Debug)]
pub(crate) struct Object<'a> {
    pub(crate) shape: Shape,
    pub(crate) place: Place<'a>,
}

impl<'a> Object<'a> {
    /// The whole document.
    pub(crate) fn document(document: &'a Value) -> Self {
        Self {
            shape: Shape::Document,
            place: Place::root(document),
        }
    }

    pub(crate) fn operation(operation: &Operation<'a>) -> Self {
        Self {
            shape: Shape::Operation,
            place: operation.place.clone(),
        }
    }

    pub(crate) fn path_item(operation: &Operation<'a>) -> Self {
        Self {
            shape: Shape::PathItem,
            place: operation.item.clone(),
        }
    }

    /// Its `$ref`, if it is a reference.
    pub(crate) fn reference(&self) -> Option<Place<'a>> {
        let reference = self.place.child("$ref");
        reference.filter(|_| self.shape.may_be_reference())
    }

    /// The objects directly below. A `$ref` has none.
    pub(crate) fn children(&self) -> Vec<Self> {
        if self.reference().is_some() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (key, place) in self.place.children() {
            if let Some(field) = self.shape.field(&key) {
                found.extend(below(field, place));
            }
        }
        found
    }

    /// The references in the object itself: its `$ref`, the security schemes that it names, and the schemas of its
    /// discriminator. Each comes with its location, and is followed by one step.
    pub(crate) fn references(&self) -> Vec<(Pointer, Result<Self>)> {
        let document = self.place.document;
        let component = |section: &str, name: &str| {
            let pointer = Pointer::component(section, name);
            Place::at(document, &pointer).with_context(|| format!("there is no `{pointer}`"))
        };
        let mut found = Vec::new();
        let mut add = |from: &Place<'_>, shape: Shape, target: Result<Place<'a>>| {
            let target = target.and_then(|place| component_of(shape, place));
            found.push((from.pointer.clone(), target));
        };
        if let Some(reference) = self.reference() {
            // Fails if the chain doesn't end.
            let end = refs::resolve(&self.place);
            let target = end.and_then(|_| refs::target(document, reference.value));
            add(&reference, self.shape, target);
        }
        if self.shape == Shape::Discriminator {
            let mapping = self.place.child("mapping");
            for (_, value) in mapping.iter().flat_map(Place::children) {
                let by_name = component("schemas", value.value.as_str().unwrap_or_default());
                let target = by_name.or_else(|_| refs::target(document, value.value));
                add(&value, Shape::Schema, target);
            }
        }
        if matches!(self.shape, Shape::Document | Shape::Operation) {
            let requirements = self.place.child("security");
            let requirements = requirements.iter().flat_map(Place::children);
            for (name, at) in requirements.flat_map(|(_, requirement)| requirement.children()) {
                let target = component("securitySchemes", &name);
                add(&at, Shape::SecurityScheme, target);
            }
        }
        found
    }

    /// The targets of the references that can be followed.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Self> {
        let references = self.references().into_iter();
        references.filter_map(|(_, target)| target.ok())
    }
}

/// Checks that the target of a reference is in the right section of `components`.
fn component_of(shape: Shape, place: Place<'_>) -> Result<Object<'_>> {
    let section = shape.section().unwrap_or_default();
    match place.pointer.tokens().as_slice() {
        [first, found, _, ..] if first == "components" && found == section => {
            Ok(Object { shape, place })
        }
        _ => bail!(
            "`{}` is not in `#/components/{section}`, as a {shape:?} must be",
            place.pointer
        ),
    }
}

/// The parameters, body, responses and servers of an operation, including those of its path item.
pub(crate) fn parts<'a>(operation: &Operation<'a>) -> Vec<Object<'a>> {
    let holders = [Object::operation(operation), Object::path_item(operation)];
    let mut parts: Vec<Object<'a>> = holders.iter().flat_map(Object::children).collect();
    parts.retain(|part| part.shape != Shape::Operation);
    parts
}

/// The objects in the value of a keyword.
fn below(field: Field, place: Place<'_>) -> Vec<Object<'_>> {
    let shape = match field {
        Field::One(shape) => return vec![Object { shape, place }],
        Field::SchemaOrFlag if place.value.is_object() => {
            let shape = Shape::Schema;
            return vec![Object { shape, place }];
        }
        Field::Many(shape) | Field::Named(shape) | Field::Patterned(shape) => shape,
        _ => return Vec::new(),
    };
    let is_name = |key: &str| !matches!(field, Field::Patterned(_)) || !key.starts_with("x-");
    let children = place.children().into_iter();
    children
        .filter(|(key, _)| is_name(key))
        .map(|(_, place)| Object { shape, place })
        .collect()
}

/// Calls `visit` for `from` and every object in it, parents first. References are not followed.
pub(crate) fn walk<'a>(from: &Object<'a>, visit: &mut dyn FnMut(&Object<'a>)) {
    visit(from);
    for child in from.children() {
        walk(&child, visit);
    }
}

/// Like [`walk`], but follows references, and visits each place once. References that can't be followed are skipped.
pub(crate) fn reach<'a>(from: &Object<'a>, visit: &mut dyn FnMut(&Object<'a>)) {
    let mut waiting = vec![from.clone()];
    let mut seen = HashSet::new();
    while let Some(object) = waiting.pop() {
        if seen.insert(object.place.pointer.clone()) {
            visit(&object);
            waiting.extend(object.targets());
            waiting.extend(object.children().into_iter().rev());
        }
    }
}
