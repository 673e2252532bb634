//! Rules on what a value is: type, format, null, enum, default.

use serde_json::Value;

use super::pair::{Pair, RETYPED};
use crate::drift::change::{Finding, quoted, quoted_list};
use crate::drift::side::Side;

/// Another type never fits.
pub(super) fn type_of_value(pair: Pair<'_>) -> Vec<Finding> {
    retyped(pair, "type", "type")
}

/// Another format may be another Rust type: `int64` and `date-time` are.
pub(super) fn format(pair: Pair<'_>) -> Vec<Finding> {
    retyped(pair, "format", "format")
}

fn retyped(pair: Pair<'_>, keyword: &str, name: &str) -> Vec<Finding> {
    let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
    if old == new {
        return Vec::new();
    }
    let message = format!("{name} changed from {} to {}", shown(old), shown(new));
    let effect = format!("{}; {RETYPED}", pair.side.fails());
    vec![Finding::breaking(message, effect).at([keyword])]
}

/// Whether null may be sent, or may come.
pub(super) fn nullable(pair: Pair<'_>) -> Vec<Finding> {
    let finding = match (
        pair.old.flag("nullable"),
        pair.new.flag("nullable"),
        pair.side,
    ) {
        (false, true, Side::Request) => Finding::compatible(
            "may now be null",
            "nothing: released clients never send null, and leave out what is unset",
        ),
        (true, false, Side::Request) => Finding::breaking(
            "may no longer be null",
            "released clients of ours never send null, so nothing on the wire; whoever builds bodies that hold null is refused",
        ),
        (false, true, Side::Response) => Finding::breaking(
            "may now be null",
            "released clients fail to decode null where the field is required (an optional one reads as absent)",
        ),
        (false, true, Side::ErrorResponse) => Finding::breaking(
            "may now be null",
            "released clients read null as absent; regeneration makes the field an `Option`",
        ),
        (true, false, _) => Finding::compatible(
            "is no longer null",
            "nothing for released clients; regeneration may turn an `Option` into a plain value",
        ),
        _ => return Vec::new(),
    };
    vec![finding.at(["nullable"])]
}

/// Which values there are.
pub(super) fn enumeration(pair: Pair<'_>) -> Vec<Finding> {
    let (old, new) = match (pair.old.get("enum"), pair.new.get("enum")) {
        (old, new) if old == new => return Vec::new(),
        (None, Some(new)) => return vec![newly_enumerated(pair, new)],
        (Some(_), None) => return vec![no_longer_enumerated(pair)],
        (Some(old), Some(new)) => (old, new),
        (None, None) => return Vec::new(),
    };
    let (Some(old), Some(new)) = (old.as_array(), new.as_array()) else {
        return vec![Finding::unclear("`enum` is not a list on both sides").at(["enum"])];
    };
    let missing = |from: &[Value], in_: &[Value]| -> Vec<String> {
        let missing = from.iter().filter(|value| !in_.contains(value));
        missing.map(plain).collect()
    };
    let (gone, come) = (missing(old, new), missing(new, old));
    let mut findings = Vec::new();
    if !gone.is_empty() {
        let message = format!(
            "lost the values {}",
            quoted_list(gone.iter().map(String::as_str))
        );
        let effect = match pair.side {
            Side::Request => format!("{}; regeneration drops the variants", pair.side.fails()),
            _ => "nothing for released clients: the values just stop coming; regeneration drops the variants, so code \
                  that names them has to change"
                .to_owned(),
        };
        findings.push(Finding::breaking(message, effect).at(["enum"]).gone());
    }
    if !come.is_empty() {
        let message = format!(
            "has the new values {}",
            quoted_list(come.iter().map(String::as_str))
        );
        let effect = match pair.side {
            Side::Request => "nothing for released clients; regeneration adds variants",
            _ => {
                "nothing: released clients keep values that they don't know; regeneration adds variants"
            }
        };
        findings.push(Finding::compatible(message, effect).at(["enum"]));
    }
    findings
}

fn newly_enumerated(pair: Pair<'_>, values: &Value) -> Finding {
    let values = values.as_array().into_iter().flatten();
    let values: Vec<String> = values.map(plain).collect();
    let message = format!(
        "takes only the values {} from now on",
        quoted_list(values.iter().map(String::as_str))
    );
    let effect = match pair.side {
        Side::Request => format!("released clients fail where they send another value; {RETYPED}"),
        _ => format!("nothing for released clients on the wire; {RETYPED}"),
    };
    Finding::breaking(message, effect).at(["enum"])
}

fn no_longer_enumerated(pair: Pair<'_>) -> Finding {
    let effect = match pair.side {
        Side::Request => format!("nothing for released clients on the wire; {RETYPED}"),
        _ => format!("released clients keep values that they don't know; {RETYPED}"),
    };
    Finding::breaking("takes any value from now on, where an enum was", effect)
        .at(["enum"])
        .gone()
}

/// What the server takes for a value that isn't sent.
pub(super) fn default_value(pair: Pair<'_>) -> Vec<Finding> {
    let (old, new) = (pair.old.get("default"), pair.new.get("default"));
    if old == new {
        return Vec::new();
    }
    let message = format!("default changed from {} to {}", shown(old), shown(new));
    let effect = match pair.side {
        Side::Request => "released clients that leave it unset get the new default from the server",
        _ => "nothing for released clients: what is absent stays absent",
    };
    vec![Finding::compatible(message, effect).at(["default"])]
}

/// Whether it should still be used.
pub(super) fn deprecated(pair: Pair<'_>) -> Vec<Finding> {
    let finding = match (pair.old.flag("deprecated"), pair.new.flag("deprecated")) {
        (false, true) => Finding::compatible(
            "is deprecated",
            "nothing yet: it works as before, and may go away some day",
        ),
        (true, false) => Finding::compatible("is no longer deprecated", "nothing"),
        _ => return Vec::new(),
    };
    vec![finding.at(["deprecated"])]
}

/// Whether only one of the two sides may have it.
pub(super) fn access(pair: Pair<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (keyword, other_side, hides) in [
        ("readOnly", "responses", pair.side.is_request()),
        ("writeOnly", "requests", !pair.side.is_request()),
    ] {
        let finding = match (pair.old.flag(keyword), pair.new.flag(keyword), hides) {
            (false, true, true) => Finding::breaking(
                format!("is only in {other_side} from now on"),
                pair.side.fails(),
            ),
            (false, true, false) => Finding::compatible(
                format!("is only in {other_side} from now on"),
                "nothing here",
            ),
            (true, false, _) => Finding::compatible(
                format!("is no longer in {other_side} only"),
                "nothing for released clients",
            ),
            _ => continue,
        };
        findings.push(finding.at([keyword]));
    }
    findings
}

/// A value for a message.
fn shown(value: Option<&Value>) -> String {
    match value {
        Some(value) => quoted(&plain(value)),
        None => "none".to_owned(),
    }
}

/// A value without the quotes of JSON, where it is a text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
