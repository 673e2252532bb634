//! Where the files stand, from the root of the repository.

/// The contract.
pub(crate) const CONTRACT: &str = "openapi/sign-in-tokens.yml";

/// Which operations the contract has, and which document it was cut from.
pub(crate) const UPSTREAM: &str = "openapi/upstream.toml";

/// What we change in the contract and add to it.
pub(crate) const OVERLAY: &str = "openapi/overlay.yml";

/// The generated code.
pub(crate) const GENERATED: &str = "clerk-api/src/generated";
