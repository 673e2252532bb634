//! When a call is sent again, and when it may be sent at all. Pure: a clock, chance, and sending are arguments.

pub(crate) mod backoff;
pub(crate) mod budget;
pub(crate) mod failure;
pub(crate) mod policy;
pub(crate) mod retry_after;
pub(crate) mod run;
pub(crate) mod throttle;
