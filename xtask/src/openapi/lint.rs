//! What has to be fixed before code can be generated, with operation, place and fix.

mod operation;
mod schema;

pub(crate) use schema::is_string_enum;

use std::collections::BTreeMap;

use serde_json::Value;

use super::operations::operations;
use super::place::Place;
use super::pointer::Pointer;
use super::problem::Problem;
use super::shape::Shape;
use super::uses::{operation_of, uses};
use super::walk::{Object, walk};
use super::{refs, server};

/// All problems of the merged document.
pub(crate) fn problems(merged: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Err(reason) = server::url(merged) {
        found.push(Problem {
            operation: String::new(),
            pointer: Pointer::root().child("servers"),
            reason,
            fix: "leave one absolute URL in openapi/overlay.yml (`remove: true` with the target `$.servers[1:]`, or another `url`)",
        });
    }
    let mut names = BTreeMap::new();
    for operation in operations(merged) {
        found.extend(operation::problems(merged, operation, &mut names));
    }
    let uses = uses(merged);
    walk(&Object::document(Place::root(merged)), &mut |object| {
        if object.shape == Shape::Schema {
            found.extend(schema::problems(&object.place, &uses));
        }
    });
    found
}

/// What our documentation leaves out: operations, types, fields and parameters without a `description`. The code can be
/// generated without, so that regeneration after an upstream change needs no hand; the tests fail until it is there.
pub(crate) fn undocumented(merged: &Value) -> Vec<Problem> {
    let uses = uses(merged);
    let mut found = Vec::new();
    walk(&Object::document(Place::root(merged)), &mut |object| {
        let place = &object.place;
        let parent = place.pointer.tokens().iter().nth_back(1);
        let is_field = parent.is_some_and(|key| key == "properties");
        let is_type = place.child("properties").is_some();
        let must_be = match object.shape {
            Shape::Operation | Shape::Parameter => true,
            Shape::Schema => is_field || is_type,
            _ => false,
        };
        let is_described = |place: &Place<'_>| {
            let texts = [place.text("description"), place.text("summary")];
            texts.iter().flatten().any(|text| !text.trim().is_empty())
        };
        if must_be && !is_described(place) && !is_described(&refs::resolved(place)) {
            found.push(Problem {
                operation: operation_of(&uses, place),
                pointer: place.pointer.clone(),
                reason: "has no description".to_owned(),
                fix: "describe it in openapi/overlay.yml",
            });
        }
    });
    found
}

#[cfg(test)]
mod tests;
