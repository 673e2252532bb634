//! The settings of retries.

use std::time::Duration;

use crate::error::Error;

/// How many times a call is retried, and how long it waits before.
///
/// A create is retried only if the server certainly did not process it. A revoke may be repeated, so it is retried after
/// any failure that may pass:
///
/// | what happened | create | revoke, ensure_revoked |
/// |---|---|---|
/// | could not connect (DNS, TCP, TLS), or HTTP/2 says that the request was not processed | retried | retried |
/// | status 429 or 503 | retried | retried |
/// | status 408, 500, 502, 504, or 520 to 527; connection lost; attempt timed out | **not retried**, the outcome is [`Unknown`](crate::Outcome::Unknown) | retried |
/// | any other status; a successful response that can't be used; a response that is not valid HTTP | not retried | not retried |
///
/// [`with_retry_unknown_outcomes`](Self::with_retry_unknown_outcomes) makes a create be treated like a revoke. A redirect
/// is never followed.
///
/// The wait before the nth retry is random, between zero and `base_delay` × 2ⁿ⁻¹, and at most `max_delay` (exponential
/// backoff with full jitter). If the response has a `Retry-After`, the wait is at least that long. If a wait would exceed
/// the call's time limit, the call fails immediately.
///
/// All calls of a client share a retry budget, so that retries don't prolong an outage. It starts with 20 retries. Each
/// successful call adds a fifth of a retry, as does one that the server rejects with a 4xx status (other than 408 and 429).
/// Every ten seconds add one, up to 20. Retries after a 429 are not counted.
///
/// ```
/// use std::time::Duration;
///
/// use clerk_api::RetryPolicy;
///
/// let policy = RetryPolicy::default()
///     .with_max_attempts(6)
///     .with_max_delay(Duration::from_secs(20));
/// assert_eq!(policy.max_attempts(), 6);
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

    /// One attempt, no retries.
    pub fn never() -> Self {
        Self::NEVER
    }

    /// How many requests a call may send, the first one included. At least 1: with 0, building the
    /// client or sending the call is an error. Default: 4.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest wait before the first retry. Default: 250 ms.
    pub fn with_base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest wait before any retry. It does not shorten a `Retry-After`. Default: 8 s.
    pub fn with_max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Whether a create whose outcome is unknown is retried, **at the risk of a duplicate**: a token that you don't know of,
    /// and that can be used until it expires. [`Response::earlier_outcome`](crate::Response::earlier_outcome) says if that
    /// may have happened. Default: `false`.
    pub fn with_retry_unknown_outcomes(mut self, retry: bool) -> Self {
        self.retry_unknown_outcomes = retry;
        self
    }

    /// How many requests a call may send, the first one included.
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The longest wait before the first retry.
    pub fn base_delay(&self) -> Duration {
        self.base_delay
    }

    /// The longest wait before any retry.
    pub fn max_delay(&self) -> Duration {
        self.max_delay
    }

    /// Whether a create whose outcome is unknown is retried.
    pub fn retry_unknown_outcomes(&self) -> bool {
        self.retry_unknown_outcomes
    }

    /// Fails for a policy that allows no attempt.
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
