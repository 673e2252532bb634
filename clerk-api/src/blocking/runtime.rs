//! The runtime behind blocking calls.

use std::future::Future;

use tokio::runtime::{Builder, Handle};

use crate::error::Error;

/// A runtime with one thread, which keeps the connections alive between calls: without it, the end of a connection would
/// be seen only by the next call on it, and a create would be lost.
#[derive(Debug)]
pub(super) struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("clerk-api")
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| {
            Error::invalid_input("runtime", "can't be started").because(&error, "")
        })?;
        Ok(Self(Some(runtime)))
    }

    /// Blocks until the call is over.
    pub(super) fn wait<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match &self.0 {
            Some(runtime) if Handle::try_current().is_err() => runtime.block_on(call),
            _ => {
                let problem =
                    "is async: a blocking call would hold it up; use `clerk_api::Clerk` here";
                Err(Error::invalid_input("runtime", problem))
            }
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // A runtime that is dropped waits for its thread, which an async context doesn't allow.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
