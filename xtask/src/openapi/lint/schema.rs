//! Problems of one schema.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use serde_json::Value;

use super::operation::one_name;
use crate::openapi::place::Place;
use crate::openapi::problem::{CORRECT, Problem};
use crate::openapi::refs;
use crate::openapi::uses::{self, Uses};

/// A string in a response is probably a secret if its name ends with one of these words.
const SECRETS: [&str; 4] = ["password", "secret", "ticket", "token"];

/// All problems of a schema, without those of nested schemas.
pub(super) fn problems(schema: &Place<'_>, uses: &Uses<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut problem = |place: &Place<'_>, reason: &str, fix: &'static str| {
        found.push(uses::problem(uses, place, reason, fix));
    };
    let value = schema.value;
    if value.get("additionalProperties") == Some(&Value::Bool(false)) {
        let reason = "a field that upstream adds would break released clients";
        let fix = "set `additionalProperties: true` and `x-unknown-fields: ignore` in openapi/overlay.yml";
        problem(schema, reason, fix);
    }
    if is_string_enum(value) && value.get("x-open-enum") != Some(&Value::Bool(true)) {
        let reason = "a value that upstream adds would break released clients";
        problem(
            schema,
            reason,
            "set `x-open-enum: true` in openapi/overlay.yml",
        );
    }
    let values = value.get("enum").and_then(Value::as_array);
    let descriptions = value.get("x-enum-descriptions").and_then(Value::as_object);
    for described in descriptions.into_iter().flat_map(|all| all.keys()) {
        if !values.is_some_and(|values| values.iter().any(|known| known == described)) {
            let reason = format!(
                "`x-enum-descriptions` describes {described:?}, which is not a value of the enum"
            );
            problem(schema, &reason, "correct it in openapi/overlay.yml");
        }
    }
    if includes_itself(schema) {
        let reason = "the schema includes itself directly, through `allOf`, `anyOf` or `oneOf`";
        problem(schema, reason, CORRECT);
    }
    let mut names = BTreeMap::new();
    let is_received = uses
        .get(&schema.pointer)
        .is_some_and(|used| used.in_response);
    let properties = schema.child("properties");
    let properties = properties.as_ref().map(Place::children).unwrap_or_default();
    for (name, property) in &properties {
        if let Some(other) = names.insert(name.to_snake_case(), name) {
            problem(property, &one_name("properties", other, name), CORRECT);
        }
        let siblings = properties.iter().map(|(name, _)| name.as_str());
        if is_received && is_secret(name, siblings) && is_unmarked_string(property.value) {
            problem(
                property,
                &format!("`{name}` is probably a secret"),
                "mark it `format: password` in openapi/overlay.yml, or `x-secret: false` if it may appear in logs",
            );
        }
    }
    found
}

/// Whether all values are strings (or null), whatever the type says.
pub(crate) fn is_string_enum(schema: &Value) -> bool {
    let values = schema.get("enum").and_then(Value::as_array);
    values.is_some_and(|values| {
        let is_string = |value: &Value| value.is_string() || value.is_null();
        values.iter().all(is_string) && values.iter().any(Value::is_string)
    })
}

/// Whether a schema is a part of itself. The generator would overflow its stack.
fn includes_itself(schema: &Place<'_>) -> bool {
    let mut waiting = vec![schema.clone()];
    let mut seen = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        let lists = ["allOf", "anyOf", "oneOf"].map(|key| next.child(key));
        for (_, part) in lists.iter().flatten().flat_map(Place::children) {
            let part = refs::resolved(&part);
            if part.pointer == schema.pointer {
                return true;
            }
            if seen.insert(part.pointer.clone()) {
                waiting.push(part);
            }
        }
    }
    false
}

fn is_secret<'a>(name: &str, mut siblings: impl Iterator<Item = &'a str>) -> bool {
    let snake = name.to_snake_case();
    let last = snake.rsplit('_').next().unwrap_or_default();
    let is_ticket = |sibling: &str| sibling == "token" || sibling == "ticket";
    SECRETS.contains(&last) || (last == "url" && siblings.any(is_ticket))
}

fn is_unmarked_string(schema: &Value) -> bool {
    let is = |key: &str, wanted: &str| schema.get(key).is_some_and(|value| value == wanted);
    is("type", "string")
        && schema.get("enum").is_none()
        && !is("format", "password")
        && schema.get("x-secret") != Some(&Value::Bool(false))
}
