//! From the merged document to one that progenitor turns into the types that we want.
//!
//! progenitor replaces a schema by a type of ours if the schema is exactly one that its settings name. So every secret
//! and every open enum becomes a string with a format of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::names::{Named, names};
use crate::openapi::lint::is_string_enum;
use crate::openapi::operations::operations;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::responses::{is_success, json_schema};
use crate::openapi::uses::{Use, uses};

/// The format of schemas whose values are secrets (OpenAPI's own).
pub(super) const SECRET_FORMAT: &str = "password";

/// Formats that typify has a type for from a crate that `clerk-api` doesn't link, as it has for `pattern`. A text that
/// isn't as they say would make a response undecodable; what is sent is the server's to check.
const CHECKED_FORMATS: [&str; 3] = ["date", "date-time", "uuid"];

/// An enum that keeps values it doesn't know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpenEnum {
    /// Name of the Rust type.
    pub(super) name: String,
    /// What it means.
    pub(super) description: Option<String>,
    /// The values that the contract names, each with its meaning.
    pub(super) values: Vec<(String, Option<String>)>,
    /// The component that the enum is, if it isn't a part of one.
    pub(super) component: Option<String>,
}

impl OpenEnum {
    /// The format by which progenitor recognizes the enum.
    pub(super) fn format(&self) -> String {
        format!("x-open-enum:{}", self.name)
    }
}

/// A document for progenitor, and the types that it needs us to write.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) document: Value,
    pub(super) open_enums: Vec<OpenEnum>,
}

/// Prepares the merged document.
pub(super) fn prepare(merged: &Value) -> Prepared {
    let mut document = merged.clone();
    let mut open_enums = BTreeMap::new();
    let mut done = BTreeSet::new();
    for named in names(merged) {
        if !done.insert(named.place.pointer.clone()) {
            continue;
        }
        let Some(schema) = named.place.pointer.value_in_mut(&mut document) else {
            // A part of a schema that was replaced.
            continue;
        };
        let Some(members) = schema.as_object_mut() else {
            continue;
        };
        // An unset value is left out, and the server applies its default: with one here, progenitor would send it.
        members.remove("default");
        if members
            .get("x-unknown-fields")
            .is_some_and(|fields| fields == "ignore")
        {
            members.remove("additionalProperties");
        }
        if members.get("x-open-enum") == Some(&Value::Bool(true))
            && is_string_enum(named.place.value)
        {
            let open_enum = open_enum(&named);
            *schema = string_schema(schema, &open_enum.format());
            open_enums
                .entry(open_enum.name.clone())
                .or_insert(open_enum);
            continue;
        }
        // One of other values is taken as its type: it must stay open, too.
        members.remove("enum");
        if named.place.text("format") == Some(SECRET_FORMAT) {
            *schema = string_schema(schema, SECRET_FORMAT);
        } else if named.place.text("type") == Some("string") {
            members.retain(|key, value| match key.as_str() {
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

/// Leaves the successes alone: the one error type is then `()`, and every other status comes as an
/// `UnexpectedResponse`, unread. The layer above reads all error bodies, those of undeclared statuses too.
pub(super) fn keep_successes(document: &mut Value) {
    for_responses(document, |all, responses| {
        responses.retain(|code, _| is_success(code, all.value));
        // progenitor takes `default` for the error, too.
        if let Some(success) = responses.remove("default") {
            responses.insert("2XX".to_owned(), success);
        }
    });
}

/// Drops the errors whose body is described in place: they would be named as the success is, and nothing reads them.
pub(super) fn drop_inline_errors(document: &mut Value) {
    retain_responses(document, |code, response, all| {
        let schema = json_schema(response);
        is_success(code, all) || schema.is_none_or(|schema| schema.child("$ref").is_some())
    });
}

/// Keeps the responses for which `is_kept` is true, given status code, response and all responses.
pub(super) fn retain_responses(
    document: &mut Value,
    is_kept: impl Fn(&str, &Place<'_>, &Value) -> bool,
) {
    for_responses(document, |all, responses| {
        responses.retain(|code, _| {
            let response = all.child(code);
            response.is_some_and(|response| is_kept(code, &response, all.value))
        });
    });
}

/// Changes the responses of each operation, given what they were.
fn for_responses(document: &mut Value, change: impl Fn(&Place<'_>, &mut Map<String, Value>)) {
    let before = document.clone();
    for operation in operations(&before) {
        let pointer = operation.pointer().child("responses");
        let responses = pointer.value_in_mut(document);
        if let (Some(all), Some(Value::Object(responses))) =
            (Place::at(&before, &pointer), responses)
        {
            change(&all, responses);
        }
    }
}

/// Keeps the schemas among the components that operations use as `is_kept` says.
pub(super) fn retain_schemas(document: &mut Value, is_kept: impl Fn(&Use<'_>) -> bool) {
    let before = document.clone();
    let uses = uses(&before);
    if let Some(Value::Object(kept)) = document.pointer_mut("/components/schemas") {
        kept.retain(|name, _| {
            uses.get(&Pointer::component("schemas", name))
                .is_some_and(&is_kept)
        });
    }
}

fn open_enum(named: &Named<'_>) -> OpenEnum {
    let schema = named.place.value;
    let meaning = |value: &str| {
        let meanings = schema.get("x-enum-descriptions")?;
        meanings.get(value)?.as_str().map(str::to_owned)
    };
    let values = schema.get("enum").and_then(Value::as_array);
    let values = values.into_iter().flatten().filter_map(Value::as_str);
    OpenEnum {
        name: named.name.clone(),
        description: named.place.text("description").map(str::to_owned),
        values: values
            .map(|value| (value.to_owned(), meaning(value)))
            .collect(),
        component: match named.place.pointer.tokens() {
            [_, section, name] if section == "schemas" => Some(name.clone()),
            _ => None,
        },
    }
}

/// A string schema with nothing but this format: whatever else it had would hide it from progenitor's conversion.
fn string_schema(schema: &Value, format: &str) -> Value {
    let mut kept = Map::new();
    for keyword in ["nullable", "description"] {
        if let Some(value) = schema.get(keyword) {
            kept.insert(keyword.to_owned(), value.clone());
        }
    }
    kept.insert("type".to_owned(), json!("string"));
    kept.insert("format".to_owned(), json!(format));
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(schema: Value) -> (Value, Vec<OpenEnum>) {
        let document = json!({"components": {"schemas": {"T": {"properties": {"p": schema}}}}});
        let prepared = prepare(&document);
        let schema = prepared
            .document
            .pointer("/components/schemas/T/properties/p");
        (schema.unwrap().clone(), prepared.open_enums)
    }

    #[test]
    fn an_open_enum_becomes_a_format_and_a_type() {
        let (schema, open_enums) = prepared(json!({
            "type": "string", "enum": ["a", "b"], "x-open-enum": true, "nullable": true,
            "description": "d", "x-enum-descriptions": {"a": "first"}
        }));
        let expected = json!({"type": "string", "format": "x-open-enum:TP", "nullable": true, "description": "d"});
        assert_eq!(schema, expected);
        let first = ("a".to_owned(), Some("first".to_owned()));
        assert_eq!(open_enums[0].name, "TP");
        assert_eq!(open_enums[0].values, [first, ("b".to_owned(), None)]);
    }

    #[test]
    fn what_would_make_a_later_value_undecodable_or_send_a_default_is_dropped() {
        for (schema, expected) in [
            (
                json!({"additionalProperties": true, "x-unknown-fields": "ignore"}),
                json!({"x-unknown-fields": "ignore"}),
            ),
            (
                json!({"additionalProperties": true}),
                json!({"additionalProperties": true}),
            ),
            (
                json!({"type": "string", "format": "password", "minLength": 3}),
                json!({"type": "string", "format": "password"}),
            ),
            (
                json!({"type": "string", "pattern": "^a"}),
                json!({"type": "string"}),
            ),
            (
                json!({"type": "string", "format": "date-time"}),
                json!({"type": "string"}),
            ),
            (
                json!({"type": "string", "format": "uri"}),
                json!({"type": "string", "format": "uri"}),
            ),
            (
                json!({"type": "integer", "enum": [1, 2]}),
                json!({"type": "integer"}),
            ),
            (
                json!({"type": "boolean", "enum": [true]}),
                json!({"type": "boolean"}),
            ),
            (json!({"enum": [1, "a"]}), json!({})),
            (
                json!({"type": "integer", "nullable": true, "default": 3}),
                json!({"type": "integer", "nullable": true}),
            ),
        ] {
            assert_eq!(prepared(schema).0, expected);
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
