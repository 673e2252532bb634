//! One thing that changed, and how bad it is.

use serde::Serialize;

use crate::openapi::pointer::Pointer;

/// How bad a change is: for a client that is already released, and for the Rust API that regeneration gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    /// Words only.
    Docs,
    /// Released clients keep working.
    Compatible,
    /// Released clients, or those who use the regenerated crate, have to change something.
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

/// One change of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    pub(crate) class: Class,
    /// The operationId, or method and path where there is none.
    pub(crate) operation: String,
    /// Where in the upstream document; for what is gone, where it was in the contract.
    pub(crate) pointer: String,
    /// What changed.
    pub(crate) message: String,
    /// What that means for a client.
    pub(crate) effect: String,
}

/// What a rule found, before it is known of which operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) class: Class,
    pub(crate) message: String,
    pub(crate) effect: String,
    /// Below the object that the rule looked at: the keyword, and what is in it.
    pub(crate) below: Vec<String>,
    /// Whether the place is in the contract, since upstream has it no longer.
    pub(crate) is_gone: bool,
}

impl Finding {
    pub(crate) fn breaking(message: impl Into<String>, effect: impl Into<String>) -> Self {
        Self::new(Class::Breaking, message, effect)
    }

    pub(crate) fn compatible(message: impl Into<String>, effect: impl Into<String>) -> Self {
        Self::new(Class::Compatible, message, effect)
    }

    /// What no rule can judge is breaking, and says why.
    pub(crate) fn unclear(message: impl Into<String>) -> Self {
        Self::breaking(
            format!("{} (unclear)", message.into()),
            "unclear, so taken for breaking: no rule judges this; compare the two documents there",
        )
    }

    fn new(class: Class, message: impl Into<String>, effect: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            effect: effect.into(),
            below: Vec::new(),
            is_gone: false,
        }
    }

    /// Says where, below the object that was looked at.
    pub(crate) fn at<'a>(mut self, below: impl IntoIterator<Item = &'a str>) -> Self {
        self.below = below.into_iter().map(str::to_owned).collect();
        self
    }

    /// Says that the place is there no longer.
    pub(crate) fn gone(mut self) -> Self {
        self.is_gone = true;
        self
    }
}

/// What was found in one part of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// `request body`, `response 200`, …; empty for the operation itself.
    pub(crate) part: String,
    pub(crate) pointer: String,
    pub(crate) finding: Finding,
}

impl Found {
    /// Something that is found of the operation itself.
    pub(crate) fn whole(pointer: &Pointer, finding: Finding) -> Self {
        Self {
            part: String::new(),
            pointer: pointer.to_string(),
            finding,
        }
    }
}

/// The changes of one operation: what is found at one place for several parts (a component that is met in many
/// responses) is one change.
pub(crate) fn changes(operation: &str, found: Vec<Found>) -> Vec<Change> {
    let mut groups: Vec<(Found, Vec<String>)> = Vec::new();
    for found in found {
        let group = groups
            .iter_mut()
            .find(|(known, _)| known.pointer == found.pointer && known.finding == found.finding);
        match group {
            Some((_, parts)) => parts.push(found.part),
            None => {
                let part = found.part.clone();
                groups.push((found, vec![part]));
            }
        }
    }
    let changes = groups.into_iter().map(|(found, mut parts)| {
        parts.dedup();
        let parts = parts.join(", ");
        Change {
            class: found.finding.class,
            operation: operation.to_owned(),
            pointer: found.pointer,
            message: if parts.is_empty() {
                found.finding.message
            } else {
                format!("{parts}: {}", found.finding.message)
            },
            effect: found.finding.effect,
        }
    });
    changes.collect()
}

/// A name or value from a document, for a message: on one line, not too long, unable to end its quotes.
pub(crate) fn quoted(text: &str) -> String {
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

/// Several of them.
pub(crate) fn quoted_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Finding, Found, changes, quoted};

    #[test]
    fn one_place_in_several_parts_is_one_change() {
        let found = |part: &str, message: &str| Found {
            part: part.to_owned(),
            pointer: "#/a".to_owned(),
            finding: Finding::compatible(message, "nothing"),
        };
        let found = vec![
            found("response 400", "one"),
            found("response 404", "one"),
            found("", "other"),
        ];
        let messages: Vec<String> = changes("Get", found)
            .into_iter()
            .map(|change| change.message)
            .collect();
        assert_eq!(messages, ["response 400, response 404: one", "other"]);
    }

    #[test]
    fn what_is_quoted_stays_in_its_quotes() {
        assert_eq!(quoted("org_id"), "`org_id`");
        assert_eq!(quoted("a`\n::error::b"), "`a' ::error::b`");
        let long = quoted(&"é".repeat(100));
        assert_eq!(long.chars().count(), 83, "{long}");
    }
}
