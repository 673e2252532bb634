//! What can change in bodies: whether there is one, and its media types.

use std::collections::BTreeMap;

use serde_json::Value;

use super::change::{Finding, Found, quoted_list};
use super::compare::{Comparison, unknown_keys};
use super::operation::Operation;
use super::side::Side;
use super::view::Place;

/// Compares the request bodies of one operation before and after.
pub(crate) fn request_body(old: &Operation<'_>, new: &Operation<'_>) -> Vec<Found> {
    let mut comparison = Comparison::new("request body", Side::Request);
    match (body_of(old), body_of(new)) {
        (Some(old), Some(new)) => {
            if let Some(finding) = required(&old, &new) {
                comparison.note(&new.at, finding);
            }
            for finding in unknown_keys(&old, &new, &["required", "content"]) {
                comparison.note(&new.at, finding);
            }
            content(&mut comparison, &old, &new);
        }
        (Some(old), None) => comparison.note(
            &old.at,
            Finding::breaking(
                "is gone",
                "released clients go on sending it and are ignored or refused; regeneration drops the argument",
            ),
        ),
        (None, Some(new)) if is_required(&new) => comparison.note(
            &new.at,
            Finding::breaking(
                "new and required",
                "released clients fail: they send none, and the server refuses the request",
            ),
        ),
        (None, Some(new)) => comparison.note(
            &new.at,
            Finding::compatible(
                "new and optional",
                "nothing for released clients: they send none; regeneration adds an argument to the method",
            ),
        ),
        (None, None) => {}
    }
    comparison.found()
}

fn body_of<'a>(operation: &Operation<'a>) -> Option<Place<'a>> {
    let body = operation.value.child("requestBody");
    body.map(|body| body.resolved())
}

/// Whether a body must be sent.
fn required(old: &Place<'_>, new: &Place<'_>) -> Option<Finding> {
    match (is_required(old), is_required(new)) {
        (false, true) => Some(Finding::breaking(
            "is required from now on",
            "released clients of ours always send it, so nothing on the wire; a request without a body is refused",
        )),
        (true, false) => Some(Finding::compatible(
            "is no longer marked as required",
            "nothing: released clients go on sending it",
        )),
        _ => None,
    }
}

fn is_required(body: &Place<'_>) -> bool {
    body.value
        .get("required")
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

/// Compares what stands below `content`, by media type.
pub(crate) fn content(comparison: &mut Comparison<'_>, old: &Place<'_>, new: &Place<'_>) {
    let (before, after) = (media_types(old), media_types(new));
    let side = comparison.side();
    match (only_in(&before, &after), only_in(&after, &before)) {
        (Some(gone), Some(come)) => {
            let message = format!("media type changed from {gone} to {come}");
            comparison.note(&new.at, Finding::breaking(message, side.fails()));
        }
        (Some(gone), None) => {
            let message = format!("media type {gone} is gone");
            comparison.note(&old.at, Finding::breaking(message, side.fails()));
        }
        (None, Some(come)) if before.is_empty() && !side.is_request() => {
            let message = format!("has a body now, of media type {come}");
            let effect = "nothing for released clients on the wire: they don't read it; regeneration gives the method \
                          another return type";
            comparison.note(&new.at, Finding::breaking(message, effect));
        }
        (None, Some(come)) => {
            let effect = if side.is_request() {
                "nothing for released clients: they go on sending the media type that they know"
            } else {
                "nothing for released clients: they ask for the media type that they know"
            };
            let message = format!("also has the media type {come}");
            comparison.note(&new.at, Finding::compatible(message, effect));
        }
        (None, None) => {}
    }
    for (name, (_, old)) in &before {
        let Some((_, new)) = after.get(name) else {
            continue;
        };
        comparison.optional_schema(old, new);
        // `encoding` is for forms; what in it changed isn't told apart.
        for finding in unknown_keys(old, new, &["schema"]) {
            comparison.note(&new.at, finding);
        }
    }
}

/// Media types by their name in lower case, which is the same: the name as written, and what is said of it.
type MediaTypes<'a> = BTreeMap<String, (&'a str, Place<'a>)>;

fn media_types<'a>(holder: &Place<'a>) -> MediaTypes<'a> {
    let content = holder.child("content");
    let entries = content.iter().flat_map(Place::entries);
    entries
        .map(|(name, place)| (name.to_ascii_lowercase(), (name, place)))
        .collect()
}

/// Those that the other side doesn't have, for a message.
fn only_in(one: &MediaTypes<'_>, other: &MediaTypes<'_>) -> Option<String> {
    let names = one.iter().filter(|(name, _)| !other.contains_key(*name));
    let names: Vec<&str> = names.map(|(_, (name, _))| *name).collect();
    (!names.is_empty()).then(|| quoted_list(names))
}
