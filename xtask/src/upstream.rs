//! Clerk's published documents: reading them, and the record of what was taken from them.

pub(crate) mod digest;
pub(crate) mod manifest;
pub(crate) mod source;
