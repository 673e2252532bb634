//! A server that fails on purpose, and remembers what it was asked.
//!
//! It speaks raw TCP, so that it can do what no HTTP library lets a server do: stop in the middle of a body, reset the
//! connection after the work was done, send one byte a second. A script says what happens to the n-th request:
//!
//! ```no_run
//! # use clerk_api_tests::faulty_server::{Answer, FaultyServer};
//! # async fn example() {
//! let server = FaultyServer::start([
//!     Answer::reset_before_answer(),
//!     Answer::status(503).header("retry-after", 1),
//!     Answer::ok(r#"{"object":"sign_in_token"}"#),
//! ])
//! .await;
//! // … call server.url() …
//! assert_eq!(server.request_count(), 3);
//! # }
//! ```
//!
//! [`FaultyServer`] speaks HTTP/1.1, [`FaultyHttp2Server`] HTTP/2; each also with a certificate that nobody trusts.
//! A server ends all that it does when it is dropped.

mod answer;
mod connection;
mod http1;
mod http2;
mod listener;
mod log;
mod refused_port;
mod request;
mod response;
mod script;
mod server;
#[cfg(test)]
mod tests;
mod tls;

pub use answer::Answer;
pub use connection::Disconnect;
pub use http2::{ErrorCode, Http2Answer, Http2Request};
pub use refused_port::RefusedPort;
pub use request::RecordedRequest;
pub use script::Scripted;
pub use server::Server;

/// A faulty HTTP/1.1 server.
pub type FaultyServer = Server<RecordedRequest>;

/// What a [`FaultyServer`] does with each request.
pub type Script = Scripted<RecordedRequest, Answer>;

/// A faulty HTTP/2 server.
pub type FaultyHttp2Server = Server<Http2Request>;

/// What a [`FaultyHttp2Server`] does with each request.
pub type Http2Script = Scripted<Http2Request, Http2Answer>;
