//! Problems of one operation.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::openapi::operations::{Operation, SAFE_METHODS};
use crate::openapi::place::Place;
use crate::openapi::problem::{CORRECT, Problem};
use crate::openapi::refs;
use crate::openapi::shape::Shape;
use crate::openapi::uses::{self, Uses};
use crate::openapi::walk::parts;

/// All problems of an operation. `names` has the Rust names of the operations before it.
pub(super) fn problems<'a>(
    operation: &Operation<'a>,
    uses: &Uses<'a>,
    names: &mut BTreeMap<String, &'a str>,
) -> Vec<Problem> {
    let (id, place) = (operation.id, &operation.place);
    let mut found = Vec::new();
    let mut problem = |place: &Place<'_>, reason: String, fix: &'static str| {
        found.push(uses::problem(uses, place, reason, fix));
    };
    if id.is_empty() {
        let reason = format!("{} has no operationId", operation.endpoint());
        problem(place, reason, "give it one in openapi/overlay.yml");
    } else if let Some(other) = names.insert(id.to_snake_case(), id) {
        problem(place, one_name("operations", other, id), CORRECT);
    }
    let idempotent = place.value.get("x-idempotent");
    let may_be_unsaid = idempotent.is_none() && SAFE_METHODS.contains(&operation.method);
    if !may_be_unsaid && !idempotent.is_some_and(Value::is_boolean) {
        let reason =
            "nothing says whether the operation may be sent again when its outcome is unknown";
        let fix = "state `x-idempotent: true` or `false` in openapi/overlay.yml";
        problem(place, reason.to_owned(), fix);
    }
    // An operation may override a parameter of its path item. Any other two with one name would be the same argument.
    let mut arguments: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    if place.child("requestBody").is_some() {
        arguments.insert("body".to_owned(), ("requestBody", ""));
    }
    for part in parts(operation) {
        if part.shape == Shape::Server {
            let reason = "it has its own server, to which the client would not send it";
            problem(&part.place, reason.to_owned(), CORRECT);
        }
        if part.shape != Shape::Parameter {
            continue;
        }
        let parameter = refs::resolved(&part.place);
        let text = |key| parameter.text(key).unwrap_or_default();
        let own = (text("name"), text("in"));
        if let Some(earlier) = arguments.insert(own.0.to_snake_case(), own)
            && earlier != own
        {
            problem(
                &part.place,
                one_name("parameters", earlier.0, own.0),
                CORRECT,
            );
        }
    }
    found
}

/// The reason for which two things can't both be generated.
pub(super) fn one_name(what: &str, first: &str, second: &str) -> String {
    format!("the {what} `{first}` and `{second}` have the same name in Rust")
}
