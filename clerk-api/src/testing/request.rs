//! A request that the fake Clerk got.

use http::HeaderMap;

/// A request that a [`FakeClerk`](super::FakeClerk) got.
#[derive(Clone)]
pub struct FakeRequest {
    method: String,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl FakeRequest {
    pub(super) fn new(method: String, path: String, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self {
            method,
            path,
            headers,
            body,
        }
    }

    /// The HTTP method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, such as `/v1/sign_in_tokens`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of a header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(super) fn has_secret_key(&self) -> bool {
        self.header("authorization")
            .and_then(|value| value.strip_prefix("Bearer sk_"))
            .is_some_and(|rest| !rest.is_empty())
    }
}

impl std::fmt::Debug for FakeRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FakeRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
