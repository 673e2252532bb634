//! Checks on the wire that the server does each fault that the suite relies on.

mod http1;
mod http2;
