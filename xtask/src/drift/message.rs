//! How a change is put into words, and where it is.

use super::change::{Side, quoted};
use super::node::{Key, Node, plain};

/// Where the walk is.
#[derive(Clone, Default)]
pub(super) struct Context {
    pub(super) side: Side,
    /// `request body`, `response 200`, …
    pub(super) part: String,
    /// The path from there: `errors[].code`.
    pub(super) path: String,
}

impl Context {
    /// Inside of a part.
    pub(super) fn below(&self, key: &Key, node: &Node<'_>) -> Self {
        let mut context = self.clone();
        let keyword = key.keyword.as_str();
        context.side = match keyword {
            "parameter" | "request body" => Side::Request,
            "response" => Side::Success,
            "error response" => Side::Error,
            "header" => Side::Header,
            "not" => Side::Negation,
            _ => self.side,
        };
        match keyword {
            "parameter" | "request body" => context.part = node.noun(key),
            "response" | "error response" => context.part = format!("response {}", key.name),
            "header" => context.part = format!("{}, {}", self.part, node.noun(key)),
            "property" => context.path = self.path_to(&key.name),
            "items" => context.path.push_str("[]"),
            "additional" => context.path.push_str("{}"),
            "discriminator" => context.path.push_str(&format!("({})", key.name)),
            "oneOf" | "anyOf" | "not" => context.path.push_str(&format!("({keyword})")),
            _ => {}
        }
        context
    }

    /// The path to a property below.
    pub(super) fn path_to(&self, property: &str) -> String {
        let separator = if self.path.is_empty() { "" } else { "." };
        format!("{}{separator}{property}", self.path)
    }
}

/// What happened to a part; `node` is the new one, or the one that was removed.
pub(super) fn message(key: &Key, node: &Node<'_>, sides: [Option<&Node<'_>>; 2]) -> String {
    let keyword = match key.keyword.as_str() {
        "open" | "closed" => "additionalProperties",
        keyword => keyword,
    };
    let verb = match sides {
        [None, _] => "added",
        [_, None] => "removed",
        _ => "changed",
    };
    let noun = match node.value() {
        Some(value) if key.name.is_empty() && verb != "changed" => {
            quoted(&format!("{keyword}: {}", plain(value)))
        }
        Some(_) if key.name.is_empty() && !WORDS.contains(&keyword) => quoted(keyword),
        _ if verb == "added" && node.mark == "required" => format!("required {}", node.noun(key)),
        _ => node.noun(key),
    };
    let values = sides.map(|node| node.and_then(Node::value).map(plain));
    match values {
        [Some(old), Some(new)] => {
            format!("{noun} changed from {} to {}", quoted(&old), quoted(&new))
        }
        _ => format!("{noun} {verb}"),
    }
}

/// Keys that are words and not keywords.
const WORDS: [&str; 4] = ["Rust type", "method", "path", "server"];
