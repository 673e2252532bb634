//! What can change in the parameters of an operation.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bodies::content;
use super::change::{Finding, Found, quoted};
use super::compare::{Comparison, unknown_keys};
use super::operation::Operation;
use super::side::Side;
use super::view::Place;

/// The keywords that the rules below compare.
const KNOWN: [&str; 10] = [
    "name",
    "in",
    "required",
    "deprecated",
    "schema",
    "content",
    "style",
    "explode",
    "allowReserved",
    "allowEmptyValue",
];

/// Compares the parameters of one operation before and after.
pub(crate) fn parameters(old: &Operation<'_>, new: &Operation<'_>) -> Vec<Found> {
    let (old, new) = (by_key(old), by_key(new));
    let mut found = Vec::new();
    for (key, old) in &old {
        match new.get(key) {
            Some(new) => found.extend(parameter(&part(new), old, new)),
            None => found.push(gone(old)),
        }
    }
    let come = new.iter().filter(|(key, _)| !old.contains_key(*key));
    found.extend(come.map(|(_, new)| added(new)));
    found
}

/// Where a parameter goes, and which one it is there.
type Key = (String, String);

/// The parameters of an operation and of its path; the operation's own win.
fn by_key<'a>(operation: &Operation<'a>) -> BTreeMap<Key, Place<'a>> {
    let mut parameters = BTreeMap::new();
    for holder in [&operation.item, &operation.value] {
        let list = holder.child("parameters");
        for place in list.iter().flat_map(Place::elements) {
            let place = place.resolved();
            parameters.insert(key(operation.path, &place), place);
        }
    }
    parameters
}

fn key(path: &str, parameter: &Place<'_>) -> Key {
    let (place, name) = (text(parameter, "in"), text(parameter, "name"));
    let name = match place {
        // The position counts: the name is never sent.
        "path" => match path
            .split('/')
            .position(|segment| segment.contains(&format!("{{{name}}}")))
        {
            Some(position) => position.to_string(),
            None => name.to_owned(),
        },
        "header" => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    (place.to_owned(), name)
}

/// A parameter that is there on both sides.
fn parameter(part: &str, old: &Place<'_>, new: &Place<'_>) -> Vec<Found> {
    let mut comparison = Comparison::new(part, Side::Request);
    for rule in [required, deprecated, wire] {
        if let Some(finding) = rule(old, new) {
            comparison.note(&new.at, finding);
        }
    }
    for finding in unknown_keys(old, new, &KNOWN) {
        comparison.note(&new.at, finding);
    }
    comparison.optional_schema(old, new);
    content(&mut comparison, old, new);
    comparison.found()
}

fn added(new: &Place<'_>) -> Found {
    let finding = if flag(new, "required") {
        Finding::breaking(
            "new and required",
            "released clients fail: they don't send it, and the server refuses the request",
        )
    } else {
        Finding::compatible(
            "new and optional",
            "nothing for released clients: they don't send it; regeneration adds an argument, which a wrapper can offer \
             as a new builder method",
        )
    };
    Found {
        part: part(new),
        pointer: new.at.to_string(),
        finding,
    }
}

fn gone(old: &Place<'_>) -> Found {
    Found {
        part: part(old),
        pointer: old.at.to_string(),
        finding: Finding::breaking(
            "is gone",
            "released clients go on sending it and are ignored or refused; regeneration drops the argument",
        ),
    }
}

/// Whether it must be sent.
fn required(old: &Place<'_>, new: &Place<'_>) -> Option<Finding> {
    match (flag(old, "required"), flag(new, "required")) {
        (false, true) => Some(Finding::breaking(
            "is required from now on",
            "released clients fail where they leave it unset: the server refuses the request",
        )),
        (true, false) => Some(Finding::compatible(
            "is no longer required",
            "nothing for released clients: they go on sending it; regeneration makes the argument an `Option`",
        )),
        _ => None,
    }
}

/// Whether it should still be used.
fn deprecated(old: &Place<'_>, new: &Place<'_>) -> Option<Finding> {
    let (old, new) = (flag(old, "deprecated"), flag(new, "deprecated"));
    (old != new).then(|| {
        if new {
            Finding::compatible("is deprecated", "nothing yet: it works as before")
        } else {
            Finding::compatible("is no longer deprecated", "nothing")
        }
    })
}

/// How its value is written.
fn wire(old: &Place<'_>, new: &Place<'_>) -> Option<Finding> {
    let written = |parameter: &Place<'_>| {
        let usual = if matches!(text(parameter, "in"), "query" | "cookie") {
            "form"
        } else {
            "simple"
        };
        let style = parameter
            .value
            .get("style")
            .and_then(Value::as_str)
            .unwrap_or(usual)
            .to_owned();
        let explode = parameter.value.get("explode").and_then(Value::as_bool);
        let explode = explode.unwrap_or(style == "form");
        (
            style,
            explode,
            flag(parameter, "allowReserved"),
            flag(parameter, "allowEmptyValue"),
        )
    };
    (written(old) != written(new)).then(|| {
        Finding::breaking(
            "is written in another way (`style`, `explode`, `allowReserved` or `allowEmptyValue`)",
            "released clients fail: the server may not understand what they send",
        )
    })
}

/// What to call it in messages.
fn part(parameter: &Place<'_>) -> String {
    let (place, name) = (text(parameter, "in"), text(parameter, "name"));
    format!("{place} parameter {}", quoted(name))
}

fn text<'a>(place: &Place<'a>, key: &str) -> &'a str {
    place
        .value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn flag(place: &Place<'_>, key: &str) -> bool {
    place
        .value
        .get(key)
        .and_then(Value::as_bool)
        .unwrap_or(false)
}
