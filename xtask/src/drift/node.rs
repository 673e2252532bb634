//! A part of an operation in the form that is compared: by name, whatever its order and place in the document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::change::quoted;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;

/// Which part this is of what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// OpenAPI's keyword, or the word for one entry of it: `property`, `response`. The table of rules uses it.
    pub(super) keyword: String,
    /// Which of several; empty if there can be only one.
    pub(super) name: String,
}

impl Key {
    pub(super) fn of(keyword: &str, name: &str) -> Self {
        Self {
            keyword: keyword.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// All parts of something.
pub(super) type Parts<'a> = BTreeMap<Key, Node<'a>>;

/// One part.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) at: Pointer,
    /// Stands before the keyword where the table of rules makes a difference: `required`, `optional`, `used`.
    pub(super) mark: &'static str,
    /// What to call it, if its key doesn't say it.
    pub(super) label: String,
    pub(super) content: Content<'a>,
}

/// What a part consists of.
#[derive(Clone, Debug)]
pub(super) enum Content<'a> {
    /// Is the same or isn't.
    Value(Value),
    Parts(Parts<'a>),
    /// Is expanded only when it is compared, since it may contain itself.
    Schema(Schema<'a>),
    /// The branches of a `oneOf` or `anyOf`.
    Union(Vec<Schema<'a>>),
}

impl<'a> Node<'a> {
    pub(super) fn new(at: &Pointer, content: Content<'a>) -> Self {
        Self {
            at: at.clone(),
            mark: "",
            label: String::new(),
            content,
        }
    }

    /// A part that consists of its name.
    pub(super) fn name(at: &Pointer) -> Self {
        Self::new(at, Content::Parts(Parts::new()))
    }

    pub(super) fn marked(self, mark: &'static str) -> Self {
        Self { mark, ..self }
    }

    pub(super) fn value(&self) -> Option<&Value> {
        match &self.content {
            Content::Value(value) => Some(value),
            _ => None,
        }
    }

    /// What to call it.
    pub(super) fn noun(&self, key: &Key) -> String {
        match key.keyword.as_str() {
            _ if !self.label.is_empty() => self.label.clone(),
            "additional" => "type of additional properties".to_owned(),
            keyword if key.name.is_empty() => keyword.to_owned(),
            keyword => format!("{keyword} {}", quoted(&key.name)),
        }
    }
}

/// A schema: what several places in the document require of one value.
#[derive(Clone, Debug)]
pub(super) struct Schema<'a> {
    pub(super) places: Vec<Place<'a>>,
    pub(super) position: Position,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Position {
    /// A property that an object must have.
    RequiredProperty,
    /// A property or parameter that may be left out.
    Optional,
    /// Anything else that has a Rust type: a body, an argument, an element.
    Value,
    /// A value that no generated code reads.
    Untyped,
}

/// The value of a keyword, if it has one.
pub(super) fn value<'a>(parts: &'a Parts<'_>, keyword: &str) -> Option<&'a Value> {
    parts.get(&Key::of(keyword, ""))?.value()
}

/// The text of a keyword, or an empty one.
pub(super) fn text<'a>(parts: &'a Parts<'_>, keyword: &str) -> &'a str {
    let value = value(parts, keyword);
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Adds a value, unless it is the default.
pub(super) fn add_value(parts: &mut Parts<'_>, key: Key, place: &Place<'_>) {
    if !is_default(&key.keyword, place.value) {
        let value = Content::Value(canonical(place.value));
        parts.insert(key, Node::new(&place.pointer, value));
    }
}

/// Whether a keyword with this value means the same as no keyword.
pub(super) fn is_default(keyword: &str, value: &Value) -> bool {
    const FLAGS: &str =
        "allowEmptyValue allowReserved deprecated readOnly required uniqueItems writeOnly";
    value == false && FLAGS.split(' ').any(|flag| flag == keyword)
}

/// Up to here, floats are exact integers.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value in which numbers that are equal look equal: `1`, `1.0` and `1e0`.
pub(super) fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) if float.fract() == 0.0 && float.abs() <= EXACT => json!(float as i64),
            _ => value.clone(),
        },
        Value::Array(list) => list.iter().map(canonical).collect(),
        Value::Object(map) => {
            let entries = map.iter();
            let entries = entries.map(|(key, value)| (key.clone(), canonical(value)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// A value for a message or as a name: a text without JSON's quotes, unless it would look like another value.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if serde_json::from_str::<Value>(text).is_err() => text.clone(),
        other => other.to_string(),
    }
}
