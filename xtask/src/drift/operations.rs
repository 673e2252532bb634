//! What can change in an operation.

use serde_json::Value;

use super::change::{Change, Finding, Found, changes, quoted};
use super::compare::unknown_keys;
use super::operation::Operation;
use super::{access, bodies, parameters, responses};

/// The keywords of an operation that the rules compare.
const KNOWN: [&str; 7] = [
    "operationId",
    "deprecated",
    "servers",
    "security",
    "parameters",
    "requestBody",
    "responses",
];

/// Everything that changed in an operation which is there on both sides.
pub(crate) fn compare(id: &str, old: &Operation<'_>, new: &Operation<'_>) -> Vec<Change> {
    let at = &new.value.at;
    let mut found = Vec::new();
    for rule in [operation_id, path, method, deprecated] {
        found.extend(rule(old, new).map(|finding| Found::whole(at, finding)));
    }
    for rule in [
        access::servers,
        access::security,
        parameters::parameters,
        bodies::request_body,
        responses::responses,
    ] {
        found.extend(rule(old, new));
    }
    let unknown = unknown_keys(&old.value, &new.value, &KNOWN);
    found.extend(unknown.into_iter().map(|finding| Found::whole(at, finding)));
    changes(id, found)
}

/// What the operation is called.
fn operation_id(old: &Operation<'_>, new: &Operation<'_>) -> Option<Finding> {
    if old.id == new.id {
        return None;
    }
    let effect = "nothing for released clients on the wire; regeneration renames the method and its types: list the new \
                  name in openapi/upstream.toml, and follow it in openapi/overlay.yml and clerk-api";
    Some(match new.id {
        "" => Finding::breaking(
            format!(
                "operationId {} is gone; the operation is still there, without one",
                quoted(old.id)
            ),
            "nothing for released clients on the wire; no code can be generated for an operation without operationId",
        ),
        id => Finding::breaking(
            format!(
                "operationId renamed from {} to {}",
                quoted(old.id),
                quoted(id)
            ),
            effect,
        ),
    })
}

/// Where it is.
fn path(old: &Operation<'_>, new: &Operation<'_>) -> Option<Finding> {
    if old.path == new.path {
        return None;
    }
    let message = format!(
        "path changed from {} to {}",
        quoted(old.path),
        quoted(new.path)
    );
    let effect = if same_but_for_names(old.path, new.path) {
        "nothing for released clients on the wire: only a parameter's name changed; the typed mocks name theirs after it"
    } else {
        "released clients fail: they call the old path"
    };
    Some(Finding::breaking(message, effect))
}

/// Whether two paths differ in nothing but the names in braces.
fn same_but_for_names(one: &str, other: &str) -> bool {
    let shape = |path: &str| -> Vec<String> {
        let name = |segment: &str| match (segment.find('{'), segment.rfind('}')) {
            (Some(start), Some(end)) if start < end => {
                format!("{}{{}}{}", &segment[..start], &segment[end + 1..])
            }
            _ => segment.to_owned(),
        };
        path.split('/').map(name).collect()
    };
    shape(one) == shape(other)
}

/// How it is called.
fn method(old: &Operation<'_>, new: &Operation<'_>) -> Option<Finding> {
    (old.method != new.method).then(|| {
        let (old, new) = (old.method.to_uppercase(), new.method.to_uppercase());
        Finding::breaking(
            format!("method changed from {} to {}", quoted(&old), quoted(&new)),
            "released clients fail: they call it with the old method",
        )
    })
}

/// Whether it should still be used.
fn deprecated(old: &Operation<'_>, new: &Operation<'_>) -> Option<Finding> {
    let flag = |operation: &Operation<'_>| {
        let flag = operation
            .value
            .value
            .get("deprecated")
            .and_then(Value::as_bool);
        flag.unwrap_or(false)
    };
    match (flag(old), flag(new)) {
        (false, true) => Some(Finding::compatible(
            "the operation is deprecated",
            "nothing yet: released clients keep working; the operation may go away some day",
        )),
        (true, false) => Some(Finding::compatible(
            "the operation is no longer deprecated",
            "nothing",
        )),
        _ => None,
    }
}
