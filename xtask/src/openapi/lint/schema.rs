//! Problems of one schema.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::openapi::place::Place;
use crate::openapi::problem::Problem;
use crate::openapi::uses::{Uses, operation_of};

/// A name that ends with one of these words is a secret's, if it is a string's in a response.
const SECRETS: [&str; 4] = ["password", "secret", "ticket", "token"];

/// All problems of a schema, without those of the schemas inside it.
pub(super) fn problems(schema: &Place<'_>, uses: &Uses<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut problem = |place: &Place<'_>, reason: String, fix: &'static str| {
        found.push(Problem {
            operation: operation_of(uses, place),
            pointer: place.pointer.clone(),
            reason,
            fix,
        });
    };
    let value = schema.value;
    if value.get("additionalProperties") == Some(&Value::Bool(false)) {
        problem(
            schema,
            "a field that upstream adds would break released clients".to_owned(),
            "set `additionalProperties: true` and `x-unknown-fields: ignore` in openapi/overlay.yml",
        );
    }
    if is_string_enum(value) && value.get("x-open-enum") != Some(&Value::Bool(true)) {
        problem(
            schema,
            "a value that upstream adds would break released clients".to_owned(),
            "set `x-open-enum: true` in openapi/overlay.yml",
        );
    }
    let values = value.get("enum").and_then(Value::as_array);
    let meanings = value.get("x-enum-descriptions").and_then(Value::as_object);
    for meaning in meanings.into_iter().flat_map(|meanings| meanings.keys()) {
        if !values.is_some_and(|values| values.iter().any(|known| known == meaning)) {
            problem(
                schema,
                format!(
                    "`x-enum-descriptions` describes {meaning:?}, which is no value of the enum"
                ),
                "correct it in openapi/overlay.yml",
            );
        }
    }
    let mut names = BTreeMap::new();
    let properties = schema.child("properties");
    let properties: Vec<(String, Place<'_>)> =
        properties.iter().flat_map(Place::children).collect();
    let used = uses.get(&schema.pointer);
    let is_received = used.is_some_and(|used| used.in_response);
    for (name, property) in &properties {
        if let Some(other) = names.insert(name.to_snake_case(), name) {
            problem(
                property,
                format!("the properties `{other}` and `{name}` make one name in Rust"),
                "remove one in openapi/overlay.yml, or leave the operation out of openapi/upstream.toml",
            );
        }
        let siblings = || properties.iter().map(|(name, _)| name.as_str());
        if is_received && is_secret(name, siblings()) && is_unmarked_string(property.value) {
            problem(
                property,
                format!("`{name}` is a secret by its name"),
                "mark it `format: password` in openapi/overlay.yml, or `x-secret: false` if whoever reads a log may see it",
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
