//! How a change is put into words.

use serde_json::Value;

use super::change::{Edit, Side, quoted};
use super::node::{Content, Key, Node, plain};

/// Where the walk is.
#[derive(Clone, Default)]
pub(super) struct Context {
    pub(super) side: Side,
    /// `request body`, `response 200`, …
    pub(super) part: String,
    /// The way from there: `errors[].code`.
    pub(super) trail: String,
}

impl Context {
    /// Inside of a part.
    pub(super) fn below(&self, key: &Key, node: &Node<'_>) -> Self {
        let mut context = self.clone();
        let side = match key.keyword.as_str() {
            "parameter" | "request body" => Some(Side::Request),
            "response" => Some(Side::Success),
            "error response" => Some(Side::Error),
            "header" => Some(Side::Header),
            "not" => Some(Side::Negation),
            _ => None,
        };
        context.side = side.unwrap_or(self.side);
        match key.keyword.as_str() {
            "parameter" | "request body" => context.part = key.noun(node),
            "response" | "error response" => context.part = format!("response {}", key.name),
            "header" => context.part = format!("{}, {}", self.part, key.noun(node)),
            "property" => context.trail = self.path_to(&key.name),
            "items" => context.trail.push_str("[]"),
            "additional" => context.trail.push_str("{}"),
            "discriminator" => context.trail = format!("{}({})", self.trail, key.name),
            "oneOf" | "anyOf" | "not" => context.trail = format!("{}({})", self.trail, key.keyword),
            _ => {}
        }
        context
    }

    /// What stands before a message.
    pub(super) fn prefix(&self) -> String {
        if self.trail.is_empty() {
            String::new()
        } else {
            format!("{}: ", quoted(&self.trail))
        }
    }

    /// The way to a property below.
    pub(super) fn path_to(&self, property: &str) -> String {
        let separator = if self.trail.is_empty() { "" } else { "." };
        format!("{}{separator}{property}", self.trail)
    }
}

impl Key {
    /// What to call a part of this key.
    pub(super) fn noun(&self, node: &Node<'_>) -> String {
        if !node.label.is_empty() {
            return node.label.clone();
        }
        if self.keyword == "additional" {
            return "type of additional properties".to_owned();
        }
        if self.name.is_empty() {
            return self.keyword.clone();
        }
        format!("{} {}", self.keyword, quoted(&self.name))
    }
}

/// What a value was and is; nothing if it has parts.
pub(super) fn value_message(
    key: &Key,
    old: Option<&Node<'_>>,
    new: Option<&Node<'_>>,
) -> Option<String> {
    let mut values = Vec::new();
    for node in [old, new] {
        values.push(match node.map(|node| &node.content) {
            None => None,
            Some(Content::Value(value)) => Some(value),
            Some(_) => return None,
        });
    }
    // A flag that isn't said is false.
    let is_flag = !["open", "closed", "default", "explode"].contains(&key.keyword.as_str())
        && values.contains(&Some(&Value::Bool(true)));
    let shown = |value: Option<&Value>| match value {
        Some(Value::Array(bound)) if bound.last().is_some_and(|last| last == "exclusive") => {
            format!("{} (exclusive)", quoted(&plain(&bound[0])))
        }
        Some(value) => quoted(&plain(value)),
        None if is_flag => quoted("false"),
        None => "none".to_owned(),
    };
    let noun = match key.keyword.trim_end_matches(" body") {
        "open" | "closed" => quoted("additionalProperties"),
        keyword if !key.name.is_empty() => format!("{keyword} {}", quoted(&key.name)),
        keyword @ ("path" | "method" | "server" | "operationId" | "Rust type") => {
            keyword.to_owned()
        }
        keyword => quoted(keyword),
    };
    let [was, is] = [values[0], values[1]].map(shown);
    Some(format!("{noun} was {was}, is {is}"))
}

/// That something with parts of its own came or went.
pub(super) fn came_or_went(edit: Edit, noun: &str) -> String {
    match edit {
        Edit::Added => format!("new {noun}"),
        Edit::Removed => format!("{noun} is gone"),
        _ => format!("{noun} changed"),
    }
}
