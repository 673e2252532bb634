//! From the merged document to one that progenitor turns into the types that we want.
//!
//! progenitor replaces a schema by a type of ours where the schema is exactly one that it was told of. So every secret
//! and every open enum becomes a string with a format of its own.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use crate::schemas;

/// The format of schemas whose values are secrets (OpenAPI's own).
pub(crate) const SECRET_FORMAT: &str = "password";

/// Formats that typify has a type for from a crate that `clerk-api` doesn't link, as it has for `pattern`. A text that
/// isn't as they say would make an answer undecodable; what is sent is the server's to check.
const CHECKED_FORMATS: [&str; 3] = ["date", "date-time", "uuid"];

/// An enum that keeps values it doesn't know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenEnum {
    /// Name of the Rust type.
    pub(crate) name: String,
    /// What it means.
    pub(crate) description: Option<String>,
    /// The values that the contract names, each with its meaning.
    pub(crate) values: Vec<(String, Option<String>)>,
    /// The component that the enum is, where it isn't a part of one.
    pub(crate) component: Option<String>,
}

impl OpenEnum {
    /// The format by which progenitor recognises the enum.
    pub(crate) fn format(&self) -> String {
        format!("x-open-enum:{}", self.name)
    }
}

/// A document for progenitor, and the types that it needs us to write.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) document: Value,
    pub(crate) open_enums: Vec<OpenEnum>,
}

/// Prepares the merged document.
pub(crate) fn prepare(merged: &Value) -> Result<Prepared> {
    let mut document = merged.clone();
    let mut open_enums = BTreeMap::<String, (OpenEnum, String)>::new();
    let mut clash = None;
    schemas::visit(&mut document, &mut |place, schema| {
        if schema["x-unknown-fields"] == "ignore" {
            remove(schema, "additionalProperties");
        }
        if schema["x-open-enum"] == true {
            let open_enum = open_enum(place, schema);
            *schema = string_schema(schema, &open_enum.format());
            let earlier = open_enums
                .entry(open_enum.name.clone())
                .or_insert_with(|| (open_enum.clone(), place.pointer.clone()));
            if earlier.0 != open_enum {
                clash = Some((open_enum.name, earlier.1.clone(), place.pointer.clone()));
            }
        } else if schema["format"] == SECRET_FORMAT {
            *schema = string_schema(schema, SECRET_FORMAT);
        } else if schema["type"] == "string" {
            remove(schema, "pattern");
            if schema["format"]
                .as_str()
                .is_some_and(|format| CHECKED_FORMATS.contains(&format))
            {
                remove(schema, "format");
            }
        }
    });
    if let Some((name, one, other)) = clash {
        bail!(
            "#{other}: its enum would be the Rust type `{name}`, as that of #{one} is, which has other values; give one of them a name of its own as a component"
        );
    }
    let open_enums = open_enums.into_values().map(|(open_enum, _)| open_enum);
    Ok(Prepared {
        document,
        open_enums: open_enums.collect(),
    })
}

fn open_enum(place: &schemas::Place, schema: &Value) -> OpenEnum {
    let meaning = |value: &str| {
        let text = schema["x-enum-descriptions"][value].as_str();
        text.map(str::to_owned)
    };
    let values = schema["enum"].as_array().into_iter().flatten();
    OpenEnum {
        name: place.type_name.clone(),
        description: schema["description"].as_str().map(str::to_owned),
        values: values
            .filter_map(Value::as_str)
            .map(|value| (value.to_owned(), meaning(value)))
            .collect(),
        component: place.component.clone(),
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

fn remove(schema: &mut Value, keyword: &str) {
    if let Some(object) = schema.as_object_mut() {
        object.remove(keyword);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_schemas(schemas: Value) -> Value {
        json!({"components": {"schemas": schemas}})
    }

    #[test]
    fn an_open_enum_becomes_a_format_and_a_type() {
        let prepared = prepare(&with_schemas(json!({"Token": {"properties": {"status": {
            "type": "string", "enum": ["a", "b"], "x-open-enum": true, "nullable": true,
            "description": "d", "x-enum-descriptions": {"a": "first"}
        }}}})))
        .unwrap();
        assert_eq!(
            prepared
                .document
                .pointer("/components/schemas/Token/properties/status"),
            Some(
                &json!({"type": "string", "format": "x-open-enum:TokenStatus", "nullable": true, "description": "d"})
            )
        );
        assert_eq!(
            prepared.open_enums,
            [OpenEnum {
                name: "TokenStatus".to_owned(),
                description: Some("d".to_owned()),
                values: vec![
                    ("a".to_owned(), Some("first".to_owned())),
                    ("b".to_owned(), None)
                ],
                component: None,
            }]
        );
    }

    #[test]
    fn unknown_fields_are_allowed_only_where_they_are_said_to_be_ignored() {
        let prepared = prepare(&with_schemas(json!({
            "Closed": {"additionalProperties": true, "x-unknown-fields": "ignore"},
            "Map": {"additionalProperties": true}
        })))
        .unwrap();
        let schemas = &prepared.document["components"]["schemas"];
        assert_eq!(schemas["Closed"].get("additionalProperties"), None);
        assert_eq!(schemas["Map"]["additionalProperties"], true);
    }

    #[test]
    fn a_secret_keeps_nothing_that_would_hide_it() {
        let prepared = prepare(&with_schemas(json!({
            "T": {"properties": {"key": {"type": "string", "format": "password", "minLength": 3, "nullable": true}}}
        })))
        .unwrap();
        assert_eq!(
            prepared
                .document
                .pointer("/components/schemas/T/properties/key"),
            Some(&json!({"type": "string", "format": "password", "nullable": true}))
        );
    }

    #[test]
    fn a_text_is_a_text_whatever_it_should_look_like() {
        let prepared = prepare(&with_schemas(json!({
            "A": {"type": "string", "pattern": "^a"},
            "B": {"type": "string", "format": "date-time"},
            "C": {"type": "string", "format": "uri"}
        })))
        .unwrap();
        assert_eq!(
            prepared.document["components"]["schemas"],
            json!({"A": {"type": "string"}, "B": {"type": "string"}, "C": {"type": "string", "format": "uri"}})
        );
    }

    #[test]
    fn two_enums_of_one_name_and_other_values_are_an_error() {
        let error = prepare(&with_schemas(json!({
            "Ab": {"properties": {"c": {"type": "string", "enum": ["a"], "x-open-enum": true}}},
            "ab": {"properties": {"c": {"type": "string", "enum": ["b"], "x-open-enum": true}}}
        })))
        .unwrap_err()
        .to_string();
        assert!(error.contains("`AbC`"), "{error}");
    }
}
