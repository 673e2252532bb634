//! `clerk-api` as seen by the crates that depend on it.
#![allow(
    clippy::unwrap_used,
    reason = "all of it is tests, their helpers included, which Clippy doesn't take for tests"
)]

mod blocking;
mod bulk;
mod cancellation;
mod chaos;
mod connections;
mod ensure_revoked;
mod environment;
mod errors;
mod examples;
mod fake_clerk;
mod generic_calls;
mod hostile_input;
mod http2;
mod input_validation;
mod memory;
mod messages;
mod properties;
mod rate_limits;
mod redirects;
mod response_bodies;
mod retries;
mod runtimes;
mod schemas;
mod secrets;
mod support;
mod time_limits;
mod tracing;
mod typed_mocks;
mod types;
mod wire;
