//! What a command found.

/// What a command found; trouble is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All agrees, or was made to.
    Agrees,
    /// Something is stale, or upstream differs from the contract.
    Differs {
        /// The command that comes next.
        next: String,
    },
}
