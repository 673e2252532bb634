//! Problems of one operation.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::openapi::operations::{Operation, SAFE_METHODS};
use crate::openapi::place::Place;
use crate::openapi::problem::Problem;
use crate::openapi::refs;

const LEAVE_OUT: &str =
    "correct it in openapi/overlay.yml, or leave the operation out of openapi/upstream.toml";

/// Collects the problems of one operation.
struct Check<'a> {
    operation: Operation<'a>,
    found: Vec<Problem>,
}

impl Check<'_> {
    fn problem(&mut self, place: &Place<'_>, reason: impl Into<String>, fix: &'static str) {
        self.found.push(Problem {
            operation: self.operation.id.to_owned(),
            pointer: place.pointer.clone(),
            reason: reason.into(),
            fix,
        });
    }
}

/// All problems of an operation. `names` has the Rust names of the operations before it.
pub(super) fn problems<'a>(
    document: &'a Value,
    operation: Operation<'a>,
    names: &mut BTreeMap<String, &'a str>,
) -> Vec<Problem> {
    let mut check = Check {
        operation,
        found: Vec::new(),
    };
    if let (Some(item), Some(place)) = (operation.item(document), operation.place(document)) {
        identity(&mut check, &place, names);
        for holder in [&item, &place] {
            if let Some(servers) = holder.child("servers") {
                let reason = "a server of its own, to which the client would not send it";
                check.problem(&servers, reason, LEAVE_OUT);
            }
        }
        parameters(&mut check, &item, &place);
    }
    check.found
}

fn identity<'a>(check: &mut Check<'a>, place: &Place<'a>, names: &mut BTreeMap<String, &'a str>) {
    let id = check.operation.id;
    if id.is_empty() {
        let reason = format!("{} has no operationId", check.operation.endpoint());
        check.problem(place, reason, "give it one in openapi/overlay.yml");
    } else if let Some(other) = names.insert(id.to_snake_case(), id) {
        let reason = format!("the operations `{other}` and `{id}` make one name in Rust");
        check.problem(place, reason, LEAVE_OUT);
    }
    match place.value.get("x-idempotent") {
        Some(Value::Bool(_)) => {}
        None if SAFE_METHODS.contains(&check.operation.method) => {}
        _ => check.problem(
            place,
            "nothing says whether the operation may be sent again when its outcome is unknown",
            "state `x-idempotent: true` or `false` in openapi/overlay.yml",
        ),
    }
}

/// An operation may override a parameter of its path; any other two of one name would be one argument.
fn parameters(check: &mut Check<'_>, item: &Place<'_>, operation: &Place<'_>) {
    let mut names: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    if operation.child("requestBody").is_some() {
        names.insert("body".to_owned(), ("requestBody", ""));
    }
    let lists = [operation.child("parameters"), item.child("parameters")];
    for (_, place) in lists.iter().flatten().flat_map(Place::children) {
        let parameter = refs::resolved(&place);
        let text = |key| parameter.text(key).unwrap_or_default();
        let own = (text("name"), text("in"));
        let earlier = names.insert(own.0.to_snake_case(), own);
        if let Some((other, _)) = earlier.filter(|earlier| *earlier != own) {
            let reason = format!(
                "the parameters `{other}` and `{}` make one name in Rust",
                own.0
            );
            check.problem(&place, reason, LEAVE_OUT);
        }
    }
}
