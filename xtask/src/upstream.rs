//! Clerk's published documents: reading them, and recording what was taken from them.

pub(crate) mod digest;
pub(crate) mod manifest;
pub(crate) mod source;
