//! The one read-only walk over a document. It goes by the table of keywords ([`super::shape`]), so it knows the
//! property `description` from the keyword.

use std::collections::HashSet;

use super::place::Place;
use super::refs;
use super::shape::{Field, Shape};

/// An object of OpenAPI and where it stands.
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

/// As [`walk`], but what a `$ref` leads to is visited too, each place once. A `$ref` that can't be followed is visited
/// as what it is.
pub(crate) fn reach<'a>(from: &Object<'a>, visit: &mut dyn FnMut(&Object<'a>)) {
    let mut waiting = vec![from.clone()];
    let mut seen = HashSet::new();
    while let Some(object) = waiting.pop() {
        if !seen.insert(object.place.pointer.clone()) {
            continue;
        }
        visit(&object);
        if object.shape.may_be_reference()
            && let Some(reference) = object.place.value.get("$ref")
            && let Ok(place) = refs::target(object.place.document, reference)
        {
            let shape = object.shape;
            waiting.push(Object { shape, place });
        }
        waiting.extend(object.children().into_iter().rev());
    }
}
