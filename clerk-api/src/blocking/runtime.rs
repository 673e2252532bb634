//! The runtime behind blocking calls.

use tokio::runtime::{Builder, Handle};

use crate::error::{Cause, Error};

/// A runtime whose thread takes care of the connections between calls too. Otherwise, only the next call would notice that
/// a connection was closed, and a create would fail.
#[derive(Debug)]
pub(super) struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let mut builder = Builder::new_multi_thread();
        let builder = builder.worker_threads(1).thread_name("clerk-api");
        let runtime = builder.enable_all().build().map_err(|error| {
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
                let problem = "belongs to an async runtime; use `clerk_api::Clerk` there, or a thread of `std`";
                Err(Error::invalid_input("thread", problem))
            }
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // To drop a runtime is to wait for its thread, which panics within an async runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
