//! The one read-only walk over a document. It goes by the table of keywords ([`super::shape`]), so it knows the
//! property `description` from the keyword.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};

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
    pub(crate) fn document(place: Place<'a>) -> Self {
        Self {
            shape: Shape::Document,
            place,
        }
    }

    /// The objects directly below. A `$ref` has none.
    pub(crate) fn children(&self) -> Vec<Self> {
        if self.place.value.get("$ref").is_some() && self.shape.may_be_reference() {
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

    /// The references in the object itself: its `$ref`, the security schemes that it names, and the schemas of
    /// its discriminator. Each is followed by one step.
    pub(crate) fn references(&self) -> Vec<Reference<'a>> {
        let mut found = Vec::new();
        let document = self.place.document;
        let mut add = |from: &Place<'a>, shape: Shape, target: Result<Place<'a>>| {
            let target = target.and_then(|place| {
                let section = shape.section().unwrap_or_default();
                match place.pointer.tokens() {
                    [components, found, _, ..]
                        if components == "components" && found == section =>
                    {
                        Ok(Self { shape, place })
                    }
                    _ => bail!(
                        "`{}` is not in `#/components/{section}`, as a {shape:?} must be",
                        place.pointer
                    ),
                }
            });
            let pointer = from.pointer.clone();
            found.push(Reference { pointer, target });
        };
        let component = |section: &str, name: &str| {
            let pointer = Pointer::component(section, name);
            Place::at(document, &pointer).with_context(|| format!("there is no `{pointer}`"))
        };
        if let Some(reference) = self
            .place
            .child("$ref")
            .filter(|_| self.shape.may_be_reference())
        {
            let end = refs::resolve(&self.place);
            let target = end.and_then(|_| refs::target(document, reference.value));
            add(&reference, self.shape, target);
        }
        if self.shape == Shape::Discriminator {
            for (_, value) in self.place.child("mapping").iter().flat_map(Place::children) {
                let name = value.value.as_str().unwrap_or_default();
                let by_name = component("schemas", name);
                let target = by_name.or_else(|_| refs::target(document, value.value));
                add(&value, Shape::Schema, target);
            }
        }
        if matches!(self.shape, Shape::Document | Shape::Operation) {
            let requirements = self.place.child("security");
            for (_, requirement) in requirements.iter().flat_map(Place::children) {
                for (name, at) in requirement.children() {
                    let target = component("securitySchemes", &name);
                    add(&at, Shape::SecurityScheme, target);
                }
            }
        }
        found
    }
}

/// A reference, and the object that it leads to.
#[derive(Debug)]
pub(crate) struct Reference<'a> {
    /// Its location.
    pub(crate) pointer: Pointer,
    pub(crate) target: Result<Object<'a>>,
}

/// The objects of OpenAPI that the value of a keyword is or holds.
pub(crate) fn below(field: Field, place: Place<'_>) -> Vec<Object<'_>> {
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

/// Calls `visit` for `from` and every object below it, the outer before the inner. References are not followed.
pub(crate) fn walk<'a>(from: &Object<'a>, visit: &mut dyn FnMut(&Object<'a>)) {
    visit(from);
    for child in from.children() {
        walk(&child, visit);
    }
}

/// As [`walk`], but what references lead to is visited too, each place once. A reference that can't be followed is
/// left to [`Object::references`].
pub(crate) fn reach<'a>(from: &Object<'a>, visit: &mut dyn FnMut(&Object<'a>)) {
    let mut waiting = vec![from.clone()];
    let mut seen = HashSet::new();
    while let Some(object) = waiting.pop() {
        if seen.insert(object.place.pointer.clone()) {
            visit(&object);
            let references = object.references().into_iter();
            waiting.extend(references.filter_map(|reference| reference.target.ok()));
            waiting.extend(object.children().into_iter().rev());
        }
    }
}
