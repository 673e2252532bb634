//! The rate limits of a server.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How a limit counts. Clerk says how many requests it takes in 10 seconds, and not how it counts them.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Window {
    /// From the first request on, and anew after the period.
    Fixed,
    /// Over the period before each request: no period at all has more. The strictest way.
    Sliding,
}

/// So many requests in a period.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Limit {
    pub(crate) requests: u32,
    pub(crate) period: Duration,
    pub(crate) window: Window,
}

/// A limit, and the requests that it took.
pub(crate) struct RateLimit {
    limit: Limit,
    /// Of the period that is under way, oldest first.
    taken: VecDeque<Instant>,
}

impl RateLimit {
    pub(crate) fn new(limit: Limit) -> Self {
        Self {
            limit,
            taken: VecDeque::new(),
        }
    }

    /// Takes a request, or says after which time it might be.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let period = self.limit.period;
        let is_over = |taken: &Instant| now.duration_since(*taken) >= period;
        match self.limit.window {
            Window::Fixed => {
                if self.taken.front().is_some_and(is_over) {
                    self.taken.clear();
                }
            }
            Window::Sliding => {
                while self.taken.front().is_some_and(is_over) {
                    self.taken.pop_front();
                }
            }
        }
        match self.taken.front() {
            Some(oldest) if self.taken.len() >= self.limit.requests as usize => {
                Err(period.saturating_sub(now.duration_since(*oldest)))
            }
            _ => {
                self.taken.push_back(now);
                Ok(())
            }
        }
    }
}
