//! A server that does what it is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use http_body_util::Full;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::rate_limit::{Limit, RateLimit};
use crate::support::server::{Behaviour, Server};
use crate::support::token;

/// What the server is told.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) enum Command {
    /// Every request is answered with success, and at once. So it begins.
    Answer,
    /// Every request waits for its answer until another command comes.
    Hold,
    /// Says how many wait.
    CountHeld,
    /// Requests beyond a limit are answered 429, the others with success; each after a time.
    Limit { limit: Limit, after: Duration },
    /// Every request is answered 503, with so many seconds in `Retry-After`.
    Fail { retry_after: Option<u32> },
    /// Every request's connection is closed without an answer.
    Drop,
    /// From now on it is written down what comes in.
    Record,
    /// Says what came in.
    Report,
}

/// A request that came in.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Seen {
    /// Since the recording began.
    pub(crate) at: Duration,
    /// What it was answered; none where its connection was closed.
    pub(crate) status: Option<u16>,
}

/// Tells a server something. Gives its reply, as JSON.
pub(crate) fn tell(server: &mut Server, command: Command) -> serde_json::Value {
    let line = serde_json::to_string(&command).expect("a command is JSON");
    let reply = server.tell(&line).expect("the server lives");
    serde_json::from_str(&reply).expect("a reply is JSON")
}

/// What a server has seen since it was told to record.
pub(crate) fn seen(server: &mut Server) -> Vec<Seen> {
    serde_json::from_value(tell(server, Command::Report)).expect("a report is a list of requests")
}

/// The server's side.
pub(crate) struct Told {
    body: Bytes,
    state: Mutex<State>,
}

struct State {
    mode: Mode,
    recording: Option<(Instant, Vec<Seen>)>,
}

enum Mode {
    Answer,
    Hold { held: usize, released: Arc<Notify> },
    Limit { limit: RateLimit, after: Duration },
    Fail { retry_after: Option<u32> },
    Drop,
}

/// What a request gets, and when.
struct Reaction {
    status: Option<StatusCode>,
    retry_after: Option<u32>,
    after: Duration,
    released: Option<Arc<Notify>>,
}

impl Told {
    pub(crate) fn new() -> Self {
        Self {
            body: token::body(),
            state: Mutex::new(State {
                mode: Mode::Answer,
                recording: None,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn react(&mut self, now: Instant) -> Reaction {
        let mut reaction = Reaction {
            status: Some(StatusCode::OK),
            retry_after: None,
            after: Duration::ZERO,
            released: None,
        };
        match &mut self.mode {
            Mode::Answer => {}
            Mode::Hold { held, released } => {
                *held += 1;
                reaction.released = Some(released.clone());
            }
            Mode::Limit { limit, after } => {
                reaction.after = *after;
                if let Err(wait) = limit.take(now) {
                    reaction.status = Some(StatusCode::TOO_MANY_REQUESTS);
                    // The header has whole seconds; too early would be too early.
                    reaction.retry_after = wait.as_millis().div_ceil(1000).try_into().ok();
                }
            }
            Mode::Fail { retry_after } => {
                reaction.status = Some(StatusCode::SERVICE_UNAVAILABLE);
                reaction.retry_after = *retry_after;
            }
            Mode::Drop => reaction.status = None,
        }
        if let Some((began, seen)) = &mut self.recording {
            let status = reaction.status.map(|status| status.as_u16());
            let at = now.duration_since(*began);
            seen.push(Seen { at, status });
        }
        reaction
    }

    fn switch_to(&mut self, mode: Mode) {
        if let Mode::Hold { released, .. } = std::mem::replace(&mut self.mode, mode) {
            released.notify_waiters();
        }
    }
}

impl Behaviour for Told {
    async fn answer(&self) -> Option<http::Response<Full<Bytes>>> {
        let (reaction, released) = {
            let mut state = self.state();
            let reaction = state.react(Instant::now());
            // In line before the lock is given back, so that the release is not missed.
            let released = reaction.released.clone().map(Notify::notified_owned);
            (reaction, released)
        };
        if let Some(released) = released {
            released.await;
        }
        if !reaction.after.is_zero() {
            tokio::time::sleep(reaction.after).await;
        }
        let status = reaction.status?;
        let mut response = token::response(if status.is_success() {
            self.body.clone()
        } else {
            Bytes::new()
        });
        *response.status_mut() = status;
        if let Some(seconds) = reaction.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        Some(response)
    }

    fn told(&self, line: &str) -> String {
        let command = serde_json::from_str(line).expect("a command");
        let mut state = self.state();
        let nothing = "null".to_owned();
        let mode = match command {
            Command::Answer => Mode::Answer,
            Command::Hold => Mode::Hold {
                held: 0,
                released: Arc::new(Notify::new()),
            },
            Command::Limit { limit, after } => Mode::Limit {
                limit: RateLimit::new(limit),
                after,
            },
            Command::Fail { retry_after } => Mode::Fail { retry_after },
            Command::Drop => Mode::Drop,
            Command::CountHeld => {
                return match state.mode {
                    Mode::Hold { held, .. } => held.to_string(),
                    _ => nothing,
                };
            }
            Command::Record => {
                state.recording = Some((Instant::now(), Vec::new()));
                return nothing;
            }
            Command::Report => {
                let (_, seen) = state.recording.take().unwrap_or((Instant::now(), vec![]));
                return serde_json::to_string(&seen).expect("requests are JSON");
            }
        };
        state.switch_to(mode);
        nothing
    }
}
