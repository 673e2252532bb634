//! The Rust type that is generated for a schema, as far as its users have to know it: a change of it needs a new major
//! version, even if nothing changes on the wire.

use super::node::{Key, Parts, Position, text, value};

/// The type for a schema of these parts; `T` stands for whatever doesn't depend on its keywords alone.
pub(super) fn rust_type(parts: &Parts<'_>, position: Position) -> Option<String> {
    if position == Position::Untyped {
        return None;
    }
    let is_optional = position == Position::Optional;
    let has = |keyword: &str| parts.contains_key(&Key::of(keyword, ""));
    let has_properties = parts.keys().any(|key| key.keyword == "property");
    // Lists and maps are empty if they are left out.
    let (value, may_be_empty) = match text(parts, "type") {
        "integer" => (integer(parts), false),
        "array" if has("uniqueItems") => ("HashSet<T>".to_owned(), false),
        "array" => ("Vec<T>".to_owned(), true),
        "object" if has_properties || has("closed") => ("T".to_owned(), false),
        "object" if has("additional") => ("HashMap<String, T>".to_owned(), true),
        "object" => ("Map<String, Value>".to_owned(), true),
        _ => ("T".to_owned(), false),
    };
    Some(if has("nullable") || (is_optional && !may_be_empty) {
        format!("Option<{value}>")
    } else {
        value
    })
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
