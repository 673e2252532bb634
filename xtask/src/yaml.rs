//! YAML text in one fixed style.
//!
//! Written here and not by a library, so that no update of one can change the bytes of a file that is checked in, and so
//! that readers of older YAML agree: what one of them might take for a date, a number or a boolean is quoted.

use std::fmt::Write;

use serde_json::Value;

/// A value whose mappings have an order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    /// A value without parts.
    Scalar(&'a Value),
    /// A list.
    List(Vec<Node<'a>>),
    /// A mapping, in the order in which it is written.
    Mapping(Vec<(&'a str, Node<'a>)>),
}

/// Writes a document.
pub(crate) fn write(node: &Node<'_>) -> String {
    let mut out = String::new();
    block(&mut out, node, 0, false);
    out
}

/// Writes a node from the present place in a line on; what follows in it is indented by `depth`.
///
/// `inline` where the node may begin in the present line (after `- `), otherwise after a line break.
fn block(out: &mut String, node: &Node<'_>, depth: usize, inline: bool) {
    let mut first = inline;
    let mut start_line = |out: &mut String| {
        if !std::mem::take(&mut first) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&"  ".repeat(depth));
        }
    };
    match node {
        Node::Mapping(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                start_line(out);
                out.push_str(&string(key));
                out.push(':');
                if let Some(flow) = flow(value) {
                    out.push(' ');
                    out.push_str(&flow);
                } else {
                    block(out, value, depth + 1, false);
                }
            }
        }
        Node::List(elements) if !elements.is_empty() => {
            for element in elements {
                start_line(out);
                out.push_str("- ");
                block(out, element, depth + 1, true);
            }
        }
        leaf => {
            start_line(out);
            out.push_str(&flow(leaf).unwrap_or_default());
        }
    }
    if depth == 0 {
        out.push('\n');
    }
}

/// A node that fits into a line; `None` where it has parts.
fn flow(node: &Node<'_>) -> Option<String> {
    match node {
        Node::Scalar(Value::String(text)) => Some(string(text)),
        Node::Scalar(other) => Some(other.to_string()),
        Node::List(elements) => elements.is_empty().then(|| "[]".to_owned()),
        Node::Mapping(entries) => entries.is_empty().then(|| "{}".to_owned()),
    }
}

/// A string: plain where nothing can misread it, otherwise in single quotes, in double ones only where it must be.
fn string(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    if text.chars().all(is_printable) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if is_printable(other) => out.push(other),
            other => {
                // Writing to a string can't fail.
                let _ = write!(out, "\\U{:08X}", u32::from(other));
            }
        }
    }
    out.push('"');
    out
}

/// Whether every reader takes the text, unquoted, for this very string.
fn is_plain(text: &str) -> bool {
    const RESERVED: [&str; 10] = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan",
    ];
    let begins =
        text.starts_with(|first: char| first.is_ascii_alphabetic() || "/$_".contains(first));
    let safe =
        |character: char| character.is_ascii_alphanumeric() || " /$_-.,:{}+*".contains(character);
    begins
        && text.chars().all(safe)
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether a character may stand in quotes as it is.
fn is_printable(character: char) -> bool {
    let breaks = matches!(
        character,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    );
    !character.is_control() && !breaks
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Node, string, write};
    use crate::document;

    fn node(value: &Value) -> Node<'_> {
        match value {
            Value::Object(map) => Node::Mapping(
                map.iter()
                    .map(|(key, value)| (key.as_str(), node(value)))
                    .collect(),
            ),
            Value::Array(list) => Node::List(list.iter().map(node).collect()),
            scalar => Node::Scalar(scalar),
        }
    }

    #[test]
    fn quotes_what_could_be_misread() {
        for plain in [
            "a",
            "application/json",
            "https://api.example.com/v1",
            "/a/{b}/c",
            "$ref",
            "x-y",
            "a b, c",
        ] {
            assert_eq!(string(plain), plain);
        }
        for quoted in [
            "",
            " ",
            "2026-05-12",
            "3.0.3",
            "200",
            "1e3",
            "true",
            "No",
            "~",
            "null",
            "- a",
            "a: b",
            "a:",
            "a ",
            " a",
            "#a",
            "a #b",
            "*a",
            "&a",
            "[a]",
            "{a}",
            "!a",
            "%a",
            "@a",
            "`a`",
            "?",
            "<<",
            "=",
            ".inf",
            "0x1",
            "é",
            "|",
        ] {
            assert_eq!(string(quoted), format!("'{quoted}'"));
        }
        assert_eq!(string("it's"), "'it''s'");
        assert_eq!(
            string("a\n\tb\"\\\u{7f}\u{2028}"),
            r#""a\n\tb\"\\\U0000007F\U00002028""#
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        let strings: Vec<Value> = (0..0x3000)
            .filter_map(char::from_u32)
            .map(|character| {
                json!([
                    character.to_string(),
                    format!("a{character}"),
                    format!("a{character} b"),
                    format!("{character} ")
                ])
            })
            .collect();
        let value = json!({
            "strings": strings,
            "astral \u{1f600}": "\u{10ffff}\u{feff}\u{fffe}",
            "": [[], {}, [[]], [[1, [2]], [{ "a": [{}] }]], { "a": { "b": [] }, "c": null }],
            "numbers": [0, -1, 1.5, 1e300, u64::MAX, i64::MIN],
            "flags": [true, false, null],
            "key: with 'quotes'\n": 1,
        });
        let text = write(&node(&value));
        assert_eq!(document::parse(text.as_bytes(), "test.yml").unwrap(), value);
    }
}
