//! One change: what happened to what, and how bad it is.

use serde::Serialize;

use crate::openapi::pointer::Pointer;

/// How bad a change is for a client that is already released, and for code that uses the regenerated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    /// Words, or the same said otherwise.
    Docs,
    /// Released clients keep working, and so does code that uses them.
    Compatible,
    /// Released clients, or code that uses the regenerated crate, must change.
    Breaking,
}

impl Class {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Docs => "docs",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// What happened to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    Added,
    Removed,
    Changed,
    /// Fewer values are allowed.
    Narrowed,
    /// More values are allowed.
    Widened,
}

/// Who writes a value and who reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// The operation itself.
    #[default]
    Operation,
    /// The client writes it, the server checks it.
    Request,
    /// The server writes it, released clients decode it into generated types.
    Success,
    /// The server writes it, released clients take from it what they understand.
    Error,
    /// The server writes it, no generated code reads it.
    Header,
    /// What a value must not be.
    Negation,
}

/// One change of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    pub(crate) class: Class,
    /// The operationId, or method and path if there is none.
    pub(crate) operation: String,
    /// The place in the upstream document; for what is gone, the place in the contract.
    pub(crate) pointer: String,
    /// What changed.
    pub(crate) message: String,
    /// What that means for a released client, and for the regenerated crate.
    pub(crate) effect: String,
}

/// A change in one part of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) class: Class,
    /// `request body`, `response 200`, …; empty for the operation itself.
    pub(super) part: String,
    pub(super) at: Pointer,
    pub(super) message: String,
    pub(super) effect: String,
}

/// The changes of one operation. The same finding at one place in several parts (a component that many responses use) is
/// one change.
pub(super) fn changes(operation: &str, findings: Vec<Finding>) -> Vec<Change> {
    let mut groups: Vec<(Finding, Vec<String>)> = Vec::new();
    for finding in findings {
        let is_same = |known: &Finding| {
            (&known.at, &known.message, &known.effect)
                == (&finding.at, &finding.message, &finding.effect)
        };
        match groups.iter_mut().find(|(known, _)| is_same(known)) {
            Some((_, parts)) if parts.contains(&finding.part) => {}
            Some((_, parts)) => parts.push(finding.part),
            None => {
                let parts = vec![finding.part.clone()];
                groups.push((finding, parts));
            }
        }
    }
    let changes = groups.into_iter().map(|(finding, parts)| {
        let parts = parts.join(", ");
        Change {
            class: finding.class,
            operation: operation.to_owned(),
            pointer: finding.at.to_string(),
            message: if parts.is_empty() {
                finding.message
            } else {
                format!("{parts}: {}", finding.message)
            },
            effect: finding.effect,
        }
    });
    changes.collect()
}

/// A name or value from a document for a message: on one line, not too long, unable to end its quotes.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let clean = |character: char| match character {
        '`' => '\'',
        control if control.is_control() => ' ',
        other => other,
    };
    let mut shown: String = text.chars().take(LONGEST).map(clean).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_in_several_parts_is_one_change() {
        let finding = |(part, message): (&str, &str)| Finding {
            class: Class::Compatible,
            part: part.to_owned(),
            at: Pointer::root(),
            message: message.to_owned(),
            effect: "Nothing.".to_owned(),
        };
        let found = [("a", "one"), ("b", "one"), ("b", "one"), ("", "other")];
        let changes = changes("Get", found.map(finding).into()).into_iter();
        let messages: Vec<String> = changes.map(|change| change.message).collect();
        assert_eq!(messages, ["a, b: one", "other"]);
    }

    #[test]
    fn a_name_stays_in_its_quotes() {
        assert_eq!(quoted("org_id"), "`org_id`");
        assert_eq!(quoted("a`\n::error::b"), "`a' ::error::b`");
        let long = quoted(&"é".repeat(100));
        assert_eq!(long.chars().count(), 83, "{long}");
    }
}
