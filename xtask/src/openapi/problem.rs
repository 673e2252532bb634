//! A problem in a document, as it is reported.

use std::fmt;

use super::pointer::Pointer;

/// One thing that has to change before code can be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The operation that it belongs to, or the first that leads to it.
    pub(crate) operation: String,
    /// The place in contract + overlay.
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
