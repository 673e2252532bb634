//! What a command found.

/// What a verb found; trouble is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All agrees, or was made to.
    Agrees,
    /// Something is stale.
    Stale {
        /// The command that mends it.
        next: &'static str,
    },
    /// Upstream says something else than the contract.
    Drifted {
        /// The commands that take it over.
        next: String,
    },
}
