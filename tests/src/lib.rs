//! What the tests of `clerk-api` have in common.

pub mod faulty_server;
