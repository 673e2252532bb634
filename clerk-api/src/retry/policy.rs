//! What a caller decides about retries.

use std::time::Duration;

/// How often a call is sent again, and how long it waits before.
///
/// What is retried doesn't depend on it, with one exception
/// ([`retry_unknown_outcomes`](Self::retry_unknown_outcomes)): only what is known not to have been done, unless the
/// operation is idempotent, as a revoke is.
///
/// | what happened | create | revoke, ensure_revoked |
/// |---|---|---|
/// | no connection; or HTTP/2 says "not processed" | again | again |
/// | 429, 503 | again, after `Retry-After` | again, after `Retry-After` |
/// | 408, 500, 502, 504, 520 to 527; connection lost; attempt's time up | not again | again |
/// | any other status; a success that can't be used | not again | not again |
///
/// All calls of a client share 20 retries, to which each call that succeeds adds a fifth of one, and time one in ten
/// seconds; those after a 429 don't count. Where none is left the error says that too many of the client's calls fail.
///
/// Before the n-th retry the client waits for a random time between nothing and `base_delay` × 2ⁿ⁻¹, at most
/// `max_delay` (exponential backoff with full jitter). A `Retry-After` of the server is waited for in full before
/// that. A wait that would pass the call's deadline isn't begun: the call ends at once.
///
/// ```
/// # use clerk_api::RetryPolicy;
/// # use std::time::Duration;
/// let patient = RetryPolicy::default().max_attempts(6).max_delay(Duration::from_secs(20));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    retry_unknown_outcomes: bool,
}

impl RetryPolicy {
    pub(crate) const DEFAULT: Self = Self {
        max_attempts: 4,
        base_delay: Duration::from_millis(250),
        max_delay: Duration::from_secs(8),
        retry_unknown_outcomes: false,
    };

    pub(crate) const NEVER: Self = Self {
        max_attempts: 1,
        ..Self::DEFAULT
    };

    /// One attempt and no retry.
    pub fn never() -> Self {
        Self::NEVER
    }

    /// How many requests a call may send, the first one included. At least 1 (0 counts as 1). Default: 4.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Upper end of the wait before the first retry. Default: 250 ms.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Upper end of every wait; a server's `Retry-After` is not cut by it. Default: 8 s.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Whether a create whose outcome is unknown is sent again, **at the risk of duplicates**: a token that nobody
    /// knows of, and that signs the user in until it expires. [`Response::earlier_outcome`](crate::Response::earlier_outcome)
    /// tells of it afterwards. Default: `false`.
    pub fn retry_unknown_outcomes(mut self, retry: bool) -> Self {
        self.retry_unknown_outcomes = retry;
        self
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.max_attempts
    }

    pub(crate) fn delays(&self) -> (Duration, Duration) {
        (self.base_delay, self.max_delay)
    }

    pub(crate) fn retries_unknown_outcomes(&self) -> bool {
        self.retry_unknown_outcomes
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::DEFAULT
    }
}
