//! What the handwritten layer knows of an operation.

use crate::generated::operations::OPERATIONS;

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

impl Operation {
    /// The operation that the generated client calls `name`.
    pub(crate) fn by_name(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_create_is_never_repeated_unasked_and_a_revoke_may_be() {
        let idempotent = |name| Operation::by_name(name).map(|operation| operation.idempotent);
        assert_eq!(idempotent("create_sign_in_token"), Some(false));
        assert_eq!(idempotent("revoke_sign_in_token"), Some(true));
        assert_eq!(idempotent("another"), None);
    }
}
