//! The runtime behind blocking calls.

use std::future::Future;

use tokio::runtime::{Builder, Handle};

use crate::error::{Cause, Error};

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
            let source = Cause::of(&error, "");
            Error::invalid_input("runtime", "can't be started").with_source(Some(source))
        })?;
        Ok(Self(Some(runtime)))
    }

    /// Blocks until the call is over.
    pub(super) fn wait<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match &self.0 {
            Some(runtime) if Handle::try_current().is_err() => runtime.block_on(call),
            _ => {
                let problem = "belongs to an async runtime, which a blocking call would hold up; use `clerk_api::Clerk` here, or a thread of `std`";
                Err(Error::invalid_input("thread", problem))
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
