//! Paths of files, relative to the root of the repository.

/// The contract.
pub(crate) const CONTRACT: &str = "openapi/sign-in-tokens.yml";

/// The operations of the contract, and the document that it was cut from.
pub(crate) const UPSTREAM: &str = "openapi/upstream.toml";

/// Our changes and additions to the contract.
pub(crate) const OVERLAY: &str = "openapi/overlay.yml";

/// The generated code.
pub(crate) const GENERATED: &str = "clerk-api/src/generated";
