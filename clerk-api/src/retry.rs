//! When a call is sent again. Everything here is pure: effects come in as arguments.

pub(crate) mod admission;
pub(crate) mod backoff;
pub(crate) mod budget;
pub(crate) mod classify;
mod policy;
pub(crate) mod retry_after;
pub(crate) mod run;

pub use policy::RetryPolicy;
