//! An attempt that succeeded.

use http::{HeaderMap, StatusCode};

/// A decoded response.
pub(crate) struct Success<T> {
    pub(crate) value: T,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}
