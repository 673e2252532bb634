//! OpenAPI 3.0 documents: loading, walking, slicing, patching and checking them.

pub(crate) mod keywords;
pub(crate) mod lint;
pub(crate) mod load;
pub(crate) mod operations;
pub(crate) mod overlay;
pub(crate) mod place;
pub(crate) mod pointer;
pub(crate) mod problem;
pub(crate) mod refs;
pub(crate) mod responses;
pub(crate) mod server;
pub(crate) mod shape;
pub(crate) mod slice;
pub(crate) mod uses;
pub(crate) mod walk;
