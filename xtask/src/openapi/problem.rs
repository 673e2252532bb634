//! Problems in a document, and how they are reported.

use std::fmt;

use anyhow::{Result, bail};

use super::pointer::Pointer;

/// What to do about most problems.
pub(crate) const CORRECT: &str =
    "correct it in openapi/overlay.yml, or leave the operation out of openapi/upstream.toml";

/// One thing that has to change before the document can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The operation that contains or first uses the place; empty if there is none.
    pub(crate) operation: String,
    pub(crate) pointer: Pointer,
    /// What is wrong.
    pub(crate) reason: String,
    /// What to do.
    pub(crate) fix: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.operation.is_empty() {
            write!(formatter, "{}: ", self.operation)?;
        }
        write!(formatter, "{}: {}; {}", self.pointer, self.reason, self.fix)
    }
}

/// Fails with all problems, if there are any.
pub(crate) fn fail_on(problems: &[Problem], what: &str) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(|one| format!("\n  {one}")).collect();
    bail!("{what}:{}", lines.concat())
}
