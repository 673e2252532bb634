//! Which operation uses an object, and whether a response contains it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operations::operations;
use super::place::Place;
use super::pointer::Pointer;
use super::problem::Problem;
use super::shape::Shape;
use super::walk::{parts, reach};

/// How operations use an object.
#[derive(Clone, Debug)]
pub(crate) struct Use<'a> {
    /// The first operation that uses it.
    operation: &'a str,
    pub(crate) in_response: bool,
}

/// Objects by their places.
pub(crate) type Uses<'a> = BTreeMap<Pointer, Use<'a>>;

/// All objects in requests and responses of operations, by their places. References are followed.
pub(crate) fn uses(document: &Value) -> Uses<'_> {
    let mut found: Uses<'_> = BTreeMap::new();
    for operation in operations(document) {
        for part in parts(&operation) {
            reach(&part, &mut |object| {
                let entry = found.entry(object.place.pointer.clone()).or_insert(Use {
                    operation: operation.id,
                    in_response: false,
                });
                entry.in_response |= part.shape == Shape::Response;
            });
        }
    }
    found
}

/// A problem at a place, with the operation that contains or first uses the place.
pub(crate) fn problem(
    uses: &Uses<'_>,
    place: &Place<'_>,
    reason: impl Into<String>,
    fix: &'static str,
) -> Problem {
    let tokens = place.pointer.tokens();
    let own = operations(place.document)
        .find(|operation| tokens.starts_with(&operation.place.pointer.tokens()))
        .map(|operation| operation.id);
    let first = || uses.get(&place.pointer).map(|used| used.operation);
    Problem {
        operation: own.or_else(first).unwrap_or_default().to_owned(),
        pointer: place.pointer.clone(),
        reason: reason.into(),
        fix,
    }
}
