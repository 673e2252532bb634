//! `clerk-api` as those who depend on it see it.
#![allow(
    clippy::unwrap_used,
    reason = "all of it is tests, their helpers included, which Clippy doesn't take for tests"
)]

mod answers;
mod api;
mod attempts;
mod blocking;
mod bulk;
mod configuration;
mod fake;
mod faults;
mod observe;
mod refusals;
mod schemas;
mod support;
mod types;
mod wire;
