//! A model of a server with a rate limit.

use std::collections::VecDeque;
use std::time::Duration;

use super::scenarios::Setup;

/// How it responds to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    /// 429, with its `Retry-After`.
    Limited(Duration),
    /// 503, without a `Retry-After`.
    Unavailable,
}

pub(super) struct Server {
    setup: Setup,
    /// When it accepted the requests that still count.
    accepted: VecDeque<Duration>,
    has_said_429: bool,
}

impl Server {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            setup: setup.clone(),
            accepted: VecDeque::new(),
            has_said_429: false,
        }
    }

    pub(super) fn take(&mut self, at: Duration) -> Verdict {
        let setup = &self.setup;
        if setup.outage.contains(&at) {
            return Verdict::Unavailable;
        }
        if let Some((when, retry_after)) = setup.lone_429
            && !self.has_said_429
            && when <= at
        {
            self.has_said_429 = true;
            return Verdict::Limited(retry_after);
        }
        let Some(limit) = setup.limit_at(at) else {
            return Verdict::Accepted;
        };
        let window = setup.window;
        let begun = match setup.sliding {
            true => at.saturating_sub(window),
            false => window * (at.as_nanos() / window.as_nanos()) as u32,
        };
        while self.accepted.front().is_some_and(|first| *first < begun) {
            self.accepted.pop_front();
        }
        let Some(over) = self.accepted.len().checked_sub(limit) else {
            self.accepted.push_back(at);
            return Verdict::Accepted;
        };
        let oldest = match setup.sliding {
            true => self.accepted[over],
            false => begun,
        };
        // Clerk sends whole seconds, and not zero.
        let seconds = (oldest + window - at).as_secs_f64().ceil().max(1.0);
        Verdict::Limited(Duration::from_secs_f64(seconds))
    }
}
