//! When a call is retried, and when it may be sent. No I/O: time, randomness, and sending are arguments.

pub(crate) mod backoff;
pub(crate) mod budget;
pub(crate) mod failure;
pub(crate) mod policy;
pub(crate) mod retry_after;
pub(crate) mod run;
pub(crate) mod throttle;
