//! What the generated code expects around it, when nobody stands behind its hook.

/// The inner value of a generated client without a handwritten layer.
#[derive(Clone, Debug)]
pub(crate) struct Call;

impl progenitor_client::ClientHooks<Call> for super::generated::client::Client {}
