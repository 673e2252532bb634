//! What a command found.

/// What a command found; trouble is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All agrees, or was made to.
    Agrees,
    /// Something is stale.
    Stale {
        /// The command that fixes it.
        next: &'static str,
    },
    /// Upstream differs from the contract.
    Drifted {
        /// The commands that adopt it.
        next: String,
    },
}
