//! What the tests of `clerk-api` have in common.
#![allow(
    clippy::expect_used,
    reason = "test support: what can't be set up ends the test"
)]

pub mod faulty_server;
