//! A server that fails on purpose, and records the requests it gets.
//!
//! Over HTTP/1.1 it writes raw bytes, so that it can do what no HTTP library lets a server do: stop in the middle of a
//! body, reset the connection after the work was done, send one byte a second. A script has the reply to the n-th
//! request. That each fault is really sent shows in the causes of the client's errors, which the suite looks at.
//!
//! [`FaultyServer`] speaks HTTP/1.1, [`FaultyHttp2Server`] HTTP/2; each also over TLS with a self-signed certificate.
//! Dropping a server ends everything that it does.

mod connection;
mod http1;
mod http2;
mod log;
mod refused_port;
mod reply;
mod request;
mod response;
mod script;
mod server;
mod tls;

pub use connection::Disconnect;
pub use h2::Reason;
pub use http1::Script;
pub use http2::{Http2Reply, Http2Request, Http2Script};
pub use refused_port::RefusedPort;
pub use reply::Reply;
pub use request::RecordedRequest;
pub use script::Scripted;
pub use server::{FaultyHttp2Server, FaultyServer, Server};
