//! The inner value of the generated client: what the hook needs to send a call's requests, and what it learns of the
//! responses beyond progenitor's result.

use std::fmt;
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};

use crate::operation::Operation;
use crate::retry::policy::RetryPolicy;
use crate::shared::Shared;

/// One call, as its hook sees it. One attempt after another uses it, never two at once.
pub struct Exchange {
    pub(crate) shared: Arc<Shared>,
    /// Nearly all calls have none, and a call is moved with what is in it.
    options: Option<Box<Options>>,
    state: Mutex<State>,
}

/// What a caller sets for one call.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) operation_timeout: Option<Duration>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) retry_policy: Option<RetryPolicy>,
    pub(crate) headers: HeaderMap,
    /// What is wrong with a header that can't be sent: an error as soon as the call is sent.
    pub(crate) invalid_header: Option<String>,
}

#[derive(Default)]
pub(crate) struct State {
    /// The operation, as soon as its first request is made.
    pub(crate) operation: Option<&'static Operation>,
    /// Whether requests are only to tell their operation, and not to be sent.
    pub(crate) identify_only: bool,
    /// The time limit of the present attempt.
    pub(crate) attempt_limit: Duration,
    /// Whether the present attempt's request is sent or given up, if that is watched.
    pub(crate) claim: Option<Arc<AtomicU8>>,
    /// The response to the present attempt.
    pub(crate) received: Received,
}

/// As much of a response as has arrived.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: HeaderMap,
    /// The whole body, unless it arrived in several chunks.
    first_chunk: Bytes,
    chunks: BytesMut,
    /// Whether the body is larger than allowed.
    pub(crate) too_large: bool,
    /// Whether the response may be another server's.
    pub(crate) redirected: bool,
}

impl Exchange {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            options: None,
            state: Mutex::default(),
        }
    }

    /// The call's options, to set them.
    pub(crate) fn options_mut(&mut self) -> &mut Options {
        self.options.get_or_insert_default()
    }

    /// The call's options, if any are set.
    pub(crate) fn options(&self) -> Option<&Options> {
        self.options.as_deref()
    }

    /// Notes the operation, and says whether it is the first. Of several, one that must not be repeated counts.
    pub(crate) fn set_operation(&self, operation: &'static Operation) -> bool {
        let mut state = self.state();
        let first = state.operation.is_none();
        if state.operation.is_none_or(|known| known.idempotent) {
            state.operation = Some(operation);
        }
        first
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // It is held for assignments only, which can't leave it half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Exchange {
    /// The same settings, for another call, which sends nothing until that begins. So a clone that a closure makes in an
    /// attempt can't send what the call would never learn of.
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
            options: self.options.clone(),
            state: Mutex::new(State {
                identify_only: true,
                ..State::default()
            }),
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Exchange").finish_non_exhaustive()
    }
}

impl Received {
    pub(crate) fn length(&self) -> usize {
        self.first_chunk.len().max(self.chunks.len())
    }

    /// Keeps the first chunk as it is, since most bodies are one chunk; copies only if there are more.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        if self.first_chunk.is_empty() {
            self.first_chunk = chunk;
            return;
        }
        if self.chunks.is_empty() {
            self.chunks.extend_from_slice(&self.first_chunk);
        }
        self.chunks.extend_from_slice(&chunk);
    }

    /// The body, as far as it has arrived.
    pub(crate) fn body(&mut self) -> Bytes {
        if !self.chunks.is_empty() {
            self.first_chunk = std::mem::take(&mut self.chunks).freeze();
        }
        self.first_chunk.clone()
    }
}
