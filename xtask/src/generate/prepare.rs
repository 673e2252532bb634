//! Prepares the merged document for progenitor.
//!
//! progenitor replaces a schema with our type if it is exactly the schema in the settings. So every secret and every
//! open enum becomes a string with its own format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::names::{Named, names};
use super::open_enum;
use crate::openapi::operations::operations;
use crate::openapi::place::Place;
use crate::openapi::responses::{is_success, json_schema};

/// The format of schemas whose values are secrets (OpenAPI's own).
pub(super) const SECRET_FORMAT: &str = "password";

/// Formats for which typify uses a crate that `clerk-api` doesn't depend on, as it does for `pattern`. They are
/// dropped: a response must be decodable even if a value doesn't match, and the server checks requests itself.
const CHECKED_FORMATS: [&str; 3] = ["date", "date-time", "uuid"];

/// A document for progenitor, and the enums that it needs us to write.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    pub(super) document: Value,
    pub(super) open_enums: Vec<Named<'a>>,
}

/// Prepares the merged document.
pub(super) fn prepare(merged: &Value) -> Prepared<'_> {
    let mut document = merged.clone();
    let mut open_enums = BTreeMap::new();
    let mut done = BTreeSet::new();
    for named in names(merged) {
        let place = named.place.clone();
        let schema = place.pointer.value_in_mut(&mut document);
        // The parts of a schema that was replaced no longer exist.
        let Some(schema) = schema.and_then(Value::as_object_mut) else {
            continue;
        };
        if !done.insert(place.pointer) {
            continue;
        }
        // Otherwise progenitor would send the default of an unset value. The server applies it anyway.
        schema.remove("default");
        // An enum of values that aren't strings becomes its type, so that it stays open.
        schema.remove("enum");
        if schema.get("x-unknown-fields") == Some(&json!("ignore")) {
            schema.remove("additionalProperties");
        }
        let is_secret = schema.get("format") == Some(&json!(SECRET_FORMAT));
        if open_enum::is_open(place.value) || is_secret {
            let format = if is_secret {
                SECRET_FORMAT.to_owned()
            } else {
                open_enum::format(&named)
            };
            // With any other keyword, progenitor would not recognize it.
            schema.retain(|key, _| key == "nullable" || key == "description");
            schema.insert("type".to_owned(), json!("string"));
            schema.insert("format".to_owned(), json!(format));
            if !is_secret {
                open_enums.entry(named.name.clone()).or_insert(named);
            }
        } else if schema.get("type") == Some(&json!("string")) {
            schema.retain(|key, value| match key.as_str() {
                "pattern" | "minLength" | "maxLength" => false,
                "format" => !CHECKED_FORMATS.iter().any(|format| value == format),
                _ => true,
            });
        }
    }
    Prepared {
        document,
        open_enums: open_enums.into_values().collect(),
    }
}

/// Drops all error responses. The error type is then `()`, and every other status is an `UnexpectedResponse` whose body
/// isn't read. The handwritten layer reads all error bodies, including those of undeclared statuses.
pub(super) fn keep_successes(document: &mut Value) {
    retain_responses(document, |_, is_success| is_success);
    for operation in operations(&document.clone()) {
        let pointer = operation.place.pointer.child("responses");
        // progenitor would also use `default` as the error.
        if let Some(Value::Object(responses)) = pointer.value_in_mut(document)
            && let Some(success) = responses.remove("default")
        {
            responses.insert("2XX".to_owned(), success);
        }
    }
}

/// Drops error responses with inline schemas. Their types would have the same name as that of the success.
pub(super) fn drop_inline_errors(document: &mut Value) {
    retain_responses(document, |response, is_success| {
        let schema = json_schema(response);
        is_success || schema.is_none_or(|schema| schema.child("$ref").is_some())
    });
}

/// Keeps the responses for which `is_kept` is true, given a response and whether it is the success.
pub(super) fn retain_responses(document: &mut Value, is_kept: impl Fn(&Place<'_>, bool) -> bool) {
    let before = document.clone();
    for operation in operations(&before) {
        let Some(all) = operation.place.child("responses") else {
            continue;
        };
        if let Some(Value::Object(responses)) = all.pointer.value_in_mut(document) {
            responses.retain(|code, _| {
                let response = all.child(code);
                response.is_some_and(|response| is_kept(&response, is_success(code, all.value)))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_becomes_what_progenitor_needs() {
        let rows: Vec<[Value; 2]> = yaml_serde::from_str(
            "
            - [{additionalProperties: true, x-unknown-fields: ignore}, {x-unknown-fields: ignore}]
            - [{additionalProperties: true}, {additionalProperties: true}]
            - [{type: string, format: password, minLength: 3}, {type: string, format: password}]
            - [{type: string, pattern: ^a}, {type: string}]
            - [{type: string, format: date-time}, {type: string}]
            - [{type: string, format: uri}, {type: string, format: uri}]
            - - {type: string, enum: [a], x-open-enum: true, nullable: true, description: d, pattern: a}
              - {type: string, format: 'x-open-enum:TP', nullable: true, description: d}
            ",
        )
        .unwrap();
        for [schema, expected] in rows {
            let document = json!({"components": {"schemas": {"T": {"properties": {"p": schema}}}}});
            let prepared = prepare(&document).document;
            assert_eq!(
                prepared["components"]["schemas"]["T"]["properties"]["p"],
                expected
            );
        }
    }

    #[test]
    fn only_successes_are_left() {
        let kept = |responses: Value| -> Vec<String> {
            let mut document =
                json!({"paths": {"/a": {"parameters": [], "get": {"responses": responses}}}});
            keep_successes(&mut document);
            let kept = document["paths"]["/a"]["get"]["responses"].as_object();
            kept.unwrap().keys().cloned().collect()
        };
        let responses =
            json!({"200": {}, "204": {}, "302": {}, "404": {}, "5XX": {}, "default": {}});
        assert_eq!(kept(responses), ["200", "204"]);
        assert_eq!(kept(json!({"400": {}, "default": {}})), ["2XX"]);
        assert!(kept(json!({"302": {}})).is_empty());
    }
}
