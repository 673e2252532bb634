//! One change: what happened to what, and how bad it is.

use serde::Serialize;

/// How bad a change is for a client that is already released, and for code that uses the regenerated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    /// A change of words, or of structure that no client notices.
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
    /// The server writes it, released clients read what they understand of it.
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
    /// The place in the upstream document; for what was removed, the place in the contract.
    pub(crate) pointer: String,
    /// What changed.
    pub(crate) message: String,
    /// What that means for a released client, and for the regenerated crate.
    pub(crate) effect: String,
}

/// Merges changes that differ only in the part of the operation (a component that many responses use), and puts the
/// parts (`request body`, `response 200`; empty for the operation itself) before the messages.
pub(super) fn merged(changes: impl Iterator<Item = (String, Change)>) -> Vec<Change> {
    let mut groups: Vec<(Vec<String>, Change)> = Vec::new();
    for (part, change) in changes {
        match groups.iter_mut().find(|(_, known)| *known == change) {
            Some((parts, _)) if parts.contains(&part) => {}
            Some((parts, _)) => parts.push(part),
            None => groups.push((vec![part], change)),
        }
    }
    let changes = groups.into_iter().map(|(parts, mut change)| {
        if parts != [""] {
            change.message = format!("{}: {}", parts.join(", "), change.message);
        }
        change
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
