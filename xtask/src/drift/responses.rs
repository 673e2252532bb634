//! What can change in the responses of an operation.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bodies::content;
use super::change::{Finding, Found, quoted};
use super::compare::{Comparison, unknown_keys};
use super::operation::Operation;
use super::side::Side;
use super::view::Place;

/// Compares the responses of one operation before and after.
pub(crate) fn responses(old: &Operation<'_>, new: &Operation<'_>) -> Vec<Found> {
    let (old, new) = (by_status(old), by_status(new));
    let mut found = Vec::new();
    for (status, old) in &old {
        match new.get(status) {
            Some(new) => found.extend(response(status, old, new)),
            None => found.push(told(status, old, gone(status))),
        }
    }
    let come = new.iter().filter(|(status, _)| !old.contains_key(*status));
    found.extend(come.map(|(status, new)| told(status, new, added(status))));
    found
}

/// The responses by status, `2XX` and `2xx` being the same.
fn by_status<'a>(operation: &Operation<'a>) -> BTreeMap<String, Place<'a>> {
    let responses = operation.value.child("responses");
    let entries = responses.iter().flat_map(Place::entries);
    entries
        .map(|(status, place)| (status.to_ascii_uppercase(), place.resolved()))
        .collect()
}

fn told(status: &str, response: &Place<'_>, finding: Finding) -> Found {
    Found {
        part: part(status),
        pointer: response.at.to_string(),
        finding,
    }
}

fn part(status: &str) -> String {
    format!(
        "response {}",
        if status == "DEFAULT" {
            "default"
        } else {
            status
        }
    )
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// A status that wasn't there.
fn added(status: &str) -> Finding {
    if is_success(status) {
        Finding::breaking(
            "new success status",
            "released clients fail: they take it for an unexpected response, though the server has done its work",
        )
    } else {
        Finding::compatible(
            "new error status",
            "nothing: released clients read the error body of any status",
        )
    }
}

/// A status that is there no longer.
fn gone(status: &str) -> Finding {
    if is_success(status) {
        Finding::breaking(
            "success status is gone",
            "released clients never see the success that they wait for; what comes instead is an unexpected response",
        )
    } else {
        Finding::compatible(
            "error status is no longer named",
            "nothing: released clients read the error body of any status; regeneration drops the mocks' method for it",
        )
    }
}

/// A status that is there on both sides.
fn response(status: &str, old: &Place<'_>, new: &Place<'_>) -> Vec<Found> {
    let side = if is_success(status) {
        Side::Response
    } else {
        Side::ErrorResponse
    };
    let part = part(status);
    let mut comparison = Comparison::new(&part, side);
    for finding in unknown_keys(old, new, &["description", "headers", "content"]) {
        comparison.note(&new.at, finding);
    }
    headers(&mut comparison, old, new);
    content(&mut comparison, old, new);
    comparison.found()
}

/// Headers by name, which is the same in any case: the name as written, quoted, and the header.
fn by_name<'a>(response: &Place<'a>) -> BTreeMap<String, (String, Place<'a>)> {
    let headers = response.child("headers");
    let entries = headers.iter().flat_map(Place::entries);
    entries
        .map(|(name, place)| (name.to_ascii_lowercase(), (quoted(name), place.resolved())))
        .collect()
}

/// The headers of a response.
fn headers(comparison: &mut Comparison<'_>, old: &Place<'_>, new: &Place<'_>) {
    let (before, after) = (by_name(old), by_name(new));
    for (key, (name, old)) in &before {
        match after.get(key) {
            Some((_, new)) => header(comparison, name, old, new),
            None => comparison.note(
                &old.at,
                Finding::breaking(
                    format!("header {name} is gone"),
                    "generated code reads no header; whoever reads this one finds none",
                ),
            ),
        }
    }
    let come = after.iter().filter(|(key, _)| !before.contains_key(*key));
    for (name, new) in come.map(|(_, header)| header) {
        let message = format!("new header {name}");
        comparison.note(
            &new.at,
            Finding::compatible(message, "nothing: released clients ignore it"),
        );
    }
}

/// A header that is there on both sides.
fn header(comparison: &mut Comparison<'_>, name: &str, old: &Place<'_>, new: &Place<'_>) {
    let flag = |header: &Place<'_>, key: &str| {
        header
            .value
            .get(key)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    };
    match (flag(old, "required"), flag(new, "required")) {
        (true, false) => comparison.note(
            &new.at,
            Finding::breaking(
                format!("header {name} may be missing from now on"),
                "generated code reads no header; whoever relies on this one fails",
            ),
        ),
        (false, true) => comparison.note(
            &new.at,
            Finding::compatible(
                format!("header {name} is always there from now on"),
                "nothing",
            ),
        ),
        _ => {}
    }
    if flag(old, "deprecated") != flag(new, "deprecated") {
        let message = format!("the deprecation of header {name} changed");
        comparison.note(&new.at, Finding::compatible(message, "nothing yet"));
    }
    for finding in unknown_keys(old, new, &["required", "deprecated", "schema", "content"]) {
        comparison.note(&new.at, finding);
    }
    comparison.optional_schema(old, new);
    content(comparison, old, new);
}
