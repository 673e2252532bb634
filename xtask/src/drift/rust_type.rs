//! The Rust type that is generated for a schema, as far as its users have to know it: a change of it needs a new major
//! version, even if nothing changes on the wire.

use serde_json::Value;

use super::node::{Content, Key, Parts, Position};

/// The type for a schema of these parts; `T` stands for whatever doesn't depend on its keywords alone.
pub(super) fn rust_type(parts: &Parts<'_>, position: Position) -> Option<String> {
    let is_optional = match position {
        Position::Untyped => return None,
        Position::Property { is_required } => !is_required,
        Position::Value { is_optional } => is_optional,
    };
    let value = value_type(parts);
    let is_nullable = parts.contains_key(&Key::of("nullable", ""));
    Some(if is_optional || is_nullable {
        format!("Option<{value}>")
    } else {
        value
    })
}

fn value_type(parts: &Parts<'_>) -> String {
    let has = |keyword: &str| parts.contains_key(&Key::of(keyword, ""));
    let is_plain = !has("enum") && !has("format");
    let name = match text(parts, "type") {
        "integer" => return integer(parts),
        "array" if has("uniqueItems") => "HashSet<T>",
        // The length of a text is checked when it is made.
        "string" if is_plain && (has("minLength") || has("maxLength")) => "T (checked length)",
        "object" if has("closed") || parts.keys().any(|key| key.keyword == "property") => "T",
        "object" if has("additional properties") => "HashMap<String, T>",
        "object" => "Map<String, Value>",
        _ => "T",
    };
    name.to_owned()
}

fn integer(parts: &Parts<'_>) -> String {
    let minimum = value(parts, "minimum");
    let format = text(parts, "format");
    if minimum.is_some_and(|minimum| *minimum == 1) {
        let bits = format.trim_start_matches("uint").trim_start_matches("int");
        return format!("NonZeroU{}", if bits.is_empty() { "64" } else { bits });
    }
    let is_unsigned = format.is_empty() && minimum.is_some_and(|minimum| *minimum == 0);
    match format {
        _ if is_unsigned => "u64".to_owned(),
        "" => "i64".to_owned(),
        format => format.replace("uint", "u").replace("int", "i"),
    }
}

fn value<'a>(parts: &'a Parts<'_>, keyword: &str) -> Option<&'a Value> {
    match &parts.get(&Key::of(keyword, ""))?.content {
        Content::Value(value) => Some(value),
        _ => None,
    }
}

fn text<'a>(parts: &'a Parts<'_>, keyword: &str) -> &'a str {
    value(parts, keyword)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
