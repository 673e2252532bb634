//! The result of a command.

/// The result of a command that ran without an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing differs, or everything was updated.
    Agrees,
    /// Something is stale, or upstream differs from the contract.
    Differs {
        /// The command to run next.
        next: String,
    },
}
