//! HTTP/2, as far as a client's retries depend on it.
//!
//! The frames are written by hand: the `h2` crate always names the last stream that it took as the last one in GOAWAY,
//! so that it can't tell a client that a stream was *not* processed. Answers carry their headers as plain literals;
//! the headers of requests are kept as they came and not decoded.

mod answer;
mod connection;
mod frame;
#[cfg(test)]
mod tests;

pub use answer::{ErrorCode, Http2Answer};
pub use connection::Http2Request;
pub(super) use connection::serve;
