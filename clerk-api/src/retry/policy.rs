//! What a caller decides about retries.

use std::time::Duration;

use crate::error::Error;

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
/// let patient = RetryPolicy::default().with_max_attempts(6).with_max_delay(Duration::from_secs(20));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a policy has no effect until a client or a call gets it"]
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

    /// How many requests a call may send, the first one included. At least 1: with 0, building the
    /// client or sending the call is an error. Default: 4.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Upper end of the wait before the first retry. Default: 250 ms.
    pub fn with_base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Upper end of every wait; a server's `Retry-After` is not cut by it. Default: 8 s.
    pub fn with_max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Whether a create whose outcome is unknown is sent again, **at the risk of duplicates**: a token that nobody
    /// knows of, and that signs the user in until it expires. [`Response::earlier_outcome`](crate::Response::earlier_outcome)
    /// tells of it afterwards. Default: `false`.
    pub fn with_retry_unknown_outcomes(mut self, retry: bool) -> Self {
        self.retry_unknown_outcomes = retry;
        self
    }

    /// How many requests a call may send, the first one included.
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Upper end of the wait before the first retry.
    pub fn base_delay(&self) -> Duration {
        self.base_delay
    }

    /// Upper end of every wait.
    pub fn max_delay(&self) -> Duration {
        self.max_delay
    }

    /// Whether a create whose outcome is unknown is sent again.
    pub fn retry_unknown_outcomes(&self) -> bool {
        self.retry_unknown_outcomes
    }

    /// Refuses a policy that permits no attempt.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.max_attempts {
            0 => Err(Error::invalid_input(
                "max_attempts",
                "is zero: nothing would be sent",
            )),
            _ => Ok(()),
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::DEFAULT
    }
}
