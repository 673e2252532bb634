//! Rules on what is in an object: properties, which of them are required, what else may be there.

use serde_json::Value;

use super::pair::{JUDGED, Pair, RETYPED, WALKED};
use crate::drift::change::{Finding, quoted};
use crate::drift::side::Side;
use crate::drift::view::Schema;

/// Properties that are new.
pub(super) fn added(pair: Pair<'_>) -> Vec<Finding> {
    let old = pair.old.properties();
    let new = pair.new.properties().into_iter();
    new.filter(|name| !old.contains(name))
        .map(|name| {
            let is_required = pair.new.texts("required").contains(&name);
            let shown = quoted(name);
            let finding = match (pair.side, is_required) {
                (Side::Request, true) => Finding::breaking(
                    format!("new required part {shown}"),
                    "released clients fail: they don't send it, and the server refuses the request",
                ),
                (Side::Request, false) => Finding::compatible(
                    format!("new optional part {shown}"),
                    format!(
                        "nothing for released clients: they don't send it; regeneration adds the field, which a wrapper \
                         can offer as a new builder method {shown} and a struct literal of the body has to name"
                    ),
                ),
                _ => Finding::compatible(
                    format!("new part {shown}"),
                    "nothing for released clients: they ignore fields that they don't know; regeneration adds the field",
                ),
            };
            finding.at(["properties", name])
        })
        .collect()
}

/// Properties that are gone.
pub(super) fn removed(pair: Pair<'_>) -> Vec<Finding> {
    let new = pair.new.properties();
    let old = pair.old.properties().into_iter();
    old.filter(|name| !new.contains(name))
        .map(|name| {
            let is_required = pair.old.texts("required").contains(&name);
            let effect = match (pair.side, is_required) {
                (Side::Response, false) => {
                    "released clients never get a value for it again; regeneration drops the field"
                }
                (Side::Request, false) => {
                    "released clients that set it are ignored or refused; regeneration drops the field"
                }
                (side, _) => side.fails(),
            };
            Finding::breaking(format!("part {} is gone", quoted(name)), effect)
                .at(["properties", name])
                .gone()
        })
        .collect()
}

/// Names that `required` has now, of properties that were there before or are nowhere.
pub(super) fn newly_required(pair: Pair<'_>) -> Vec<Finding> {
    let (old, new) = (pair.old.texts("required"), pair.new.texts("required"));
    let added = |name: &str| {
        pair.new.properties().contains(&name) && !pair.old.properties().contains(&name)
    };
    let names = new
        .into_iter()
        .filter(|name| !old.contains(name) && !added(name));
    names
        .map(|name| {
            let finding = match pair.side {
                Side::Request => Finding::breaking(
                    format!("{} is required from now on", quoted(name)),
                    "released clients fail where they leave it unset: the server refuses the request",
                ),
                _ => Finding::compatible(
                    format!("{} is always there from now on", quoted(name)),
                    "nothing for released clients; regeneration may turn an `Option` into a plain value",
                ),
            };
            finding.at(["required"])
        })
        .collect()
}

/// Names that `required` has no longer, of properties that are still there or were nowhere.
pub(super) fn no_longer_required(pair: Pair<'_>) -> Vec<Finding> {
    let (old, new) = (pair.old.texts("required"), pair.new.texts("required"));
    let removed = |name: &str| {
        pair.old.properties().contains(&name) && !pair.new.properties().contains(&name)
    };
    let names = old
        .into_iter()
        .filter(|name| !new.contains(name) && !removed(name));
    names
        .map(|name| {
            let finding = match pair.side {
                Side::Request => Finding::compatible(
                    format!("{} is no longer required", quoted(name)),
                    "nothing for released clients: they go on sending it; regeneration makes the field an `Option`",
                ),
                Side::Response => Finding::breaking(
                    format!("{} may be missing from now on", quoted(name)),
                    "released clients fail to decode a response without it; the server has done its work all the same",
                ),
                Side::ErrorResponse => Finding::breaking(
                    format!("{} may be missing from now on", quoted(name)),
                    "released clients read error bodies leniently: it reads as absent; regeneration makes the field an `Option`",
                ),
            };
            finding.at(["required"])
        })
        .collect()
}

/// What may stand in an object beside its properties. Two schemas are compared by the walk.
pub(super) fn other_members(pair: Pair<'_>) -> Vec<Finding> {
    let (old, new) = (further(pair.old), further(pair.new));
    if old == new || (is_schema(old) && is_schema(new)) {
        return Vec::new();
    }
    let is_closed = |value: Option<&Value>| value == Some(&Value::Bool(false));
    // An object without properties is a map: what it may hold is its type.
    let is_map = |schema: &Schema<'_>| schema.properties().is_empty();
    let finding = if is_closed(new) {
        let message = "closed: only the named parts are allowed from now on";
        if is_map(pair.old) {
            let effect = format!("{}; {RETYPED}", pair.side.fails());
            Finding::breaking(message, effect)
        } else if pair.side.is_request() {
            Finding::breaking(
                message,
                "nothing for released clients of ours, which send the named parts only; others may be refused",
            )
        } else {
            Finding::compatible(
                message,
                "nothing for released clients: what still comes, they take",
            )
        }
    } else if is_schema(new) || is_schema(old) {
        if is_closed(old) && !pair.side.is_request() {
            Finding::compatible(
                "opened: parts without a fixed name may come",
                "nothing for released clients: they ignore fields that they don't know",
            )
        } else {
            let effect = format!("{}; {RETYPED}", pair.side.fails());
            Finding::breaking("another type for parts without a fixed name", effect)
        }
    } else if new.is_none() {
        Finding::compatible(
            "`additionalProperties: true` is gone, which goes without saying",
            "nothing",
        )
    } else {
        let message = "opened: any further parts are allowed, and it says so";
        let effect = match pair.side {
            Side::Request => "nothing for released clients: they send the named parts only",
            _ => "nothing: released clients ignore fields that they don't know",
        };
        Finding::compatible(message, effect)
    };
    vec![finding.at(["additionalProperties"])]
}

/// How the variants are told apart.
pub(super) fn discriminator(pair: Pair<'_>) -> Vec<Finding> {
    if pair.old.get("discriminator") == pair.new.get("discriminator") {
        return Vec::new();
    }
    vec![Finding::unclear("`discriminator` changed").at(["discriminator"])]
}

/// Whatever no other rule looks at: never passed over in silence.
pub(super) fn unknown_keywords(pair: Pair<'_>) -> Vec<Finding> {
    let mut keywords: Vec<&str> = pair.old.keywords().chain(pair.new.keywords()).collect();
    keywords.sort_unstable();
    keywords.dedup();
    keywords.retain(|keyword| {
        let is_known = JUDGED.contains(keyword) || WALKED.contains(keyword);
        !is_known && pair.old.get(keyword) != pair.new.get(keyword)
    });
    let findings = keywords.into_iter().map(|keyword| {
        let finding =
            Finding::unclear(format!("the keyword {} changed", quoted(keyword))).at([keyword]);
        if pair.new.get(keyword).is_none() {
            finding.gone()
        } else {
            finding
        }
    });
    findings.collect()
}

/// `additionalProperties`; the schema that allows anything is the same as `true`.
fn further<'a>(schema: &Schema<'a>) -> Option<&'a Value> {
    const ANYTHING: Value = Value::Bool(true);
    let value = schema.get("additionalProperties")?;
    let is_empty = value.as_object().is_some_and(|map| map.is_empty());
    Some(if is_empty { &ANYTHING } else { value })
}

fn is_schema(value: Option<&Value>) -> bool {
    value.is_some_and(Value::is_object)
}
