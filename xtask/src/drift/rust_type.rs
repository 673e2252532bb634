//! The Rust type that is generated for a schema, as far as its users have to know it: a change of it needs a new major
//! version, even if nothing changes on the wire.

use serde_json::Value;

use super::node::{Key, Parts, Position, text, value};

/// The type for a schema of these parts; `T` stands for whatever doesn't depend on its keywords alone.
pub(super) fn rust_type(parts: &Parts<'_>, position: Position) -> Option<String> {
    if position == Position::Untyped {
        return None;
    }
    let has = |keyword: &str| parts.contains_key(&Key::of(keyword, ""));
    let has_properties = parts.keys().any(|key| key.keyword == "property");
    // Lists and maps are empty if they are left out.
    let (value, may_be_empty) = match text(parts, "type") {
        "integer" => (integer(parts), false),
        "array" if has("uniqueItems") => ("Vec<T>".to_owned(), false),
        "array" => match value(parts, "minItems") {
            Some(length) if value(parts, "maxItems") == Some(length) => {
                (format!("[T; {length}]"), false)
            }
            _ => ("Vec<T>".to_owned(), true),
        },
        "object" if has_properties => ("T".to_owned(), false),
        "object" if has("additional") => ("HashMap<String, T>".to_owned(), true),
        "object" => ("Map<String, Value>".to_owned(), true),
        _ => ("T".to_owned(), false),
    };
    let is_optional = position == Position::Optional && !may_be_empty;
    Some(if has("nullable") || is_optional {
        format!("Option<{value}>")
    } else {
        value
    })
}

/// Rust's integers with their limits.
const INTEGERS: [(&str, f64, f64); 8] = [
    ("i8", i8::MIN as f64, i8::MAX as f64),
    ("u8", u8::MIN as f64, u8::MAX as f64),
    ("i16", i16::MIN as f64, i16::MAX as f64),
    ("u16", u16::MIN as f64, u16::MAX as f64),
    ("i32", i32::MIN as f64, i32::MAX as f64),
    ("u32", u32::MIN as f64, u32::MAX as f64),
    ("i64", i64::MIN as f64, i64::MAX as f64),
    ("u64", u64::MIN as f64, u64::MAX as f64),
];

/// The format says which integer, or bounds that are exactly the limits of one.
fn integer(parts: &Parts<'_>) -> String {
    let bound = |keyword| value(parts, keyword).and_then(Value::as_f64);
    let (minimum, maximum) = (bound("minimum"), bound("maximum"));
    let format = text(parts, "format");
    let name = format.replace("uint", "u").replace("int", "i");
    let by_format = INTEGERS.iter().find(|(known, ..)| *known == name);
    if minimum == Some(1.0) {
        let bits = by_format.map_or("64", |(name, ..)| &name[1..]);
        return format!("NonZeroU{bits}");
    }
    let is_exact = |bound: Option<f64>, limit| bound.is_none_or(|bound| bound == limit);
    let by_bounds = || {
        minimum.or(maximum)?;
        // The widest comes first: `minimum: 0` alone is `u64`.
        let mut integers = INTEGERS.iter().rev();
        integers.find(|(_, least, most)| is_exact(minimum, *least) && is_exact(maximum, *most))
    };
    let integer = by_format.or_else(by_bounds);
    integer.map_or("i64", |(name, ..)| name).to_owned()
}
