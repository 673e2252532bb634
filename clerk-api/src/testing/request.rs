//! A request that the fake Clerk received.

use std::fmt;

use bytes::Bytes;
use http::Request;

/// A request that a [`FakeClerk`](crate::testing::FakeClerk) received.
#[derive(Clone)]
pub struct FakeRequest(pub(super) Request<Bytes>);

impl FakeRequest {
    /// The HTTP method.
    pub fn method(&self) -> &str {
        self.0.method().as_str()
    }

    /// The path, such as `/v1/sign_in_tokens`.
    pub fn path(&self) -> &str {
        self.0.uri().path()
    }

    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        self.0.body()
    }
}

impl fmt::Debug for FakeRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FakeRequest({} {})", self.method(), self.path())
    }
}
