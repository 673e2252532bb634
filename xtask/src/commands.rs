//! What a person or a workflow runs.

pub(crate) mod ci;
pub(crate) mod codegen;
pub(crate) mod drift;
pub(crate) mod spec;
pub(crate) mod sync;
