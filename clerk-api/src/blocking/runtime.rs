//! The runtime behind blocking calls.

use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Handle};
use tokio::task::coop;

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
            let source = Cause::new(&error, "");
            Error::invalid_input("runtime", "can't be started").with_source(Some(source))
        })?;
        Ok(Self(Some(runtime)))
    }

    /// Blocks until the call is over.
    pub(super) fn wait<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match &self.0 {
            Some(runtime) if !runs_a_task() => runtime.block_on(call),
            _ => {
                let problem = "runs async tasks; use `clerk_api::Clerk` there, or `spawn_blocking`";
                Err(Error::invalid_input("thread", problem))
            }
        }
    }
}

/// Whether this thread runs a task of a tokio runtime, which must not block.
fn runs_a_task() -> bool {
    // A task may do a limited number of operations (128) before it has to yield. Threads that may block have no such
    // limit, those of `spawn_blocking` included. Tokio has no other public way to distinguish them.
    let mut context = Context::from_waker(Waker::noop());
    let mut has_reached_limit = || match coop::poll_proceed(&mut context) {
        Poll::Ready(operation) => {
            operation.made_progress();
            false
        }
        Poll::Pending => true,
    };
    Handle::try_current().is_ok() && (0..1024).any(|_| has_reached_limit())
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // To drop a runtime is to wait for its thread, which panics within an async runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
