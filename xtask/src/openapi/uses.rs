//! Which operation an object belongs to, and who sends it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operations::{Operation, operations};
use super::place::Place;
use super::pointer::Pointer;
use super::shape::{Field, Shape};
use super::walk::{below, reach};

/// How operations use an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use<'a> {
    /// The first operation that leads to it.
    pub(crate) operation: Operation<'a>,
    pub(crate) in_request: bool,
    pub(crate) in_response: bool,
}

/// Objects by their places.
pub(crate) type Uses<'a> = BTreeMap<Pointer, Use<'a>>;

/// All objects in requests and responses of operations, by their places. References are followed.
pub(crate) fn uses(document: &Value) -> Uses<'_> {
    let mut found: Uses<'_> = BTreeMap::new();
    for operation in operations(document) {
        let holders = [operation.item(document), operation.place(document)];
        for holder in holders.iter().flatten() {
            for (key, field) in [
                ("parameters", Field::Many(Shape::Parameter)),
                ("requestBody", Field::One(Shape::RequestBody)),
                ("responses", Field::Patterned(Shape::Response)),
            ] {
                let objects = holder.child(key).map(|place| below(field, place));
                for object in objects.iter().flatten() {
                    reach(object, &mut |object| {
                        let entry = found.entry(object.place.pointer.clone()).or_insert(Use {
                            operation,
                            in_request: false,
                            in_response: false,
                        });
                        entry.in_request |= key != "responses";
                        entry.in_response |= key == "responses";
                    });
                }
            }
        }
    }
    found
}

/// The id of the operation that a place is in, or of the first that leads to it; empty if there is none.
pub(crate) fn operation_of(uses: &Uses<'_>, place: &Place<'_>) -> String {
    let own = operations(place.document).find(|operation| {
        let tokens = place.pointer.tokens();
        tokens.starts_with(operation.pointer().tokens())
    });
    let first = || uses.get(&place.pointer).map(|used| used.operation);
    let operation = own.or_else(first);
    operation
        .map(|operation| operation.id.to_owned())
        .unwrap_or_default()
}
