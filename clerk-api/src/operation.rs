//! What the handwritten layer knows of an operation.

/// One operation of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The contract's operationId.
    pub(crate) id: &'static str,
    /// The generated client's name for it.
    pub(crate) name: &'static str,
    /// The HTTP method.
    pub(crate) method: &'static str,
    /// The path below the base URL, with its parameters in braces.
    pub(crate) path: &'static str,
    /// Whether sending it twice has the effect of sending it once (RFC 9110, 9.2.2).
    pub(crate) idempotent: bool,
}
