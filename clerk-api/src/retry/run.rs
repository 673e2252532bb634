//! The retry loop.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::backoff;
use super::budget::Budget;
use super::failure::{AttemptFailure, FailureKind, Retryable};
use super::policy::RetryPolicy;
use super::throttle::Throttle;
use crate::error::Outcome;

/// What all calls of a client share: how much they may retry, and when they may send.
#[derive(Debug)]
pub(crate) struct Limits {
    budget: Mutex<Budget>,
    throttle: Throttle,
}

impl Limits {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            budget: Mutex::new(Budget::new(now)),
            throttle: Throttle::new(now),
        }
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        // It is held for an addition only, which can't leave it half done.
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns from a response, or from its absence.
    fn learn(&self, sent: Instant, failure: Option<&AttemptFailure>) {
        let now = now();
        match failure.map(|failure| failure.kind) {
            Some(FailureKind::Status(429)) => {
                let retry_after = failure.and_then(|failure| failure.retry_after);
                self.throttle.limited(now, sent, retry_after);
            }
            None => self.throttle.accepted(now),
            Some(_) if failure.is_some_and(|failure| failure.status.is_some()) => {
                self.throttle.accepted(now);
            }
            Some(_) => {}
        }
        if failure.is_none_or(|failure| failure.kind.is_rejection()) {
            self.budget().deposit();
        }
    }
}

/// What a call is allowed.
#[derive(Clone, Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) policy: &'a RetryPolicy,
    /// The longest time for one attempt.
    pub(crate) attempt_timeout: Duration,
    /// The end of the whole call.
    pub(crate) deadline: Option<Instant>,
    /// The least time that an attempt needs: with less left, none is begun, since it would be sent and then given up.
    pub(crate) least_time: Duration,
}

impl Plan<'_> {
    /// The time that is left of the call.
    fn remaining(&self, now: Instant) -> Option<Duration> {
        let deadline = self.deadline?;
        Some(deadline.saturating_duration_since(now))
    }

    /// The latest time at which an attempt may begin.
    fn latest_start(&self) -> Option<Instant> {
        let deadline = self.deadline?;
        Some(deadline.checked_sub(self.least_time).unwrap_or(deadline))
    }
}

/// Why there was no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The failure is final.
    Final,
    /// Whether the work was done is unknown, and doing it twice would do harm.
    MayDuplicate,
    /// The policy allows no further attempt.
    AttemptsUsed,
    /// After the wait before the next attempt, too little time would be left.
    PastDeadline,
    /// The client's retry budget is used up.
    BudgetUsed,
}

/// How a call failed.
#[derive(Debug)]
pub(crate) enum CallFailure {
    /// The last attempt failed.
    Attempt(Box<AttemptFailure>, Stop),
    /// No request was sent, since the throttle would hold it for this long, and then too little time would be left.
    Throttled(Duration),
    /// No request was sent, since too little time was left.
    NoTimeLeft,
}

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Finished<T> {
    pub(crate) result: Result<T, CallFailure>,
    /// Requests that were sent, or at least begun.
    pub(crate) attempts: u32,
    /// The worst outcome of the attempts before the last.
    pub(crate) earlier: Option<Outcome>,
}

/// What to do after a failure: wait, for less than the remaining time, and retry; or stop. `random` lies in
/// `[0, 1)`.
pub(crate) fn decide(
    policy: &RetryPolicy,
    attempts: u32,
    failure: &AttemptFailure,
    remaining: Option<Duration>,
    random: f64,
) -> Result<Duration, Stop> {
    match failure.kind.retryable() {
        Retryable::Never => return Err(Stop::Final),
        Retryable::IfIdempotent if !failure.idempotent && !policy.retry_unknown_outcomes() => {
            return Err(Stop::MayDuplicate);
        }
        Retryable::IfIdempotent | Retryable::Always => {}
    }
    if attempts >= policy.max_attempts() {
        return Err(Stop::AttemptsUsed);
    }
    let least = failure.retry_after.unwrap_or_default();
    let mut jitter = backoff::delay(policy, attempts, random);
    if failure.kind != FailureKind::Status(429) {
        // Clients with the same `Retry-After` must not come back at the same time. After a 429 the throttle spreads the calls.
        jitter = jitter.max(backoff::spread(policy, least, random));
    }
    let Some(remaining) = remaining else {
        return Ok(least.saturating_add(jitter));
    };
    if least >= remaining {
        return Err(Stop::PastDeadline);
    }
    // A wait that the server asked for and that fits must not fail because of the jitter; a backoff that doesn't fit
    // ends the call.
    match (failure.retry_after, least.saturating_add(jitter)) {
        (_, wait) if wait < remaining => Ok(wait),
        (Some(least), _) => Ok(least),
        (None, _) => Err(Stop::PastDeadline),
    }
}

/// Makes attempts until one succeeds, fails for good, or may not be repeated. `attempt` gets its number, from 1, and its
/// time limit. `retry` gets each failure that is followed by another attempt, and the delay.
pub(crate) async fn run<T, F>(
    plan: &Plan<'_>,
    limits: &Limits,
    random: impl Fn() -> f64,
    retry: impl Fn(&AttemptFailure, Duration),
    attempt: impl Fn(u32, Duration) -> F,
) -> Finished<T>
where
    F: Future<Output = Result<T, Box<AttemptFailure>>>,
{
    let mut attempts = 0;
    let mut earlier = None;
    let mut last: Option<Box<AttemptFailure>> = None;
    let result = loop {
        let turn = limits.throttle.turn(plan.latest_start()).await;
        let sent = now();
        let remaining = plan.remaining(sent);
        let refused = match turn {
            Err(wait) => Some(CallFailure::Throttled(wait)),
            Ok(()) if remaining.is_some_and(|left| left < plan.least_time || left.is_zero()) => {
                Some(CallFailure::NoTimeLeft)
            }
            Ok(()) => None,
        };
        if let Some(refused) = refused {
            break Err(match last {
                Some(failure) => CallFailure::Attempt(failure, Stop::PastDeadline),
                None => refused,
            });
        }
        if let Some(failure) = last {
            earlier = earlier.max(Some(failure.kind.outcome()));
        }
        attempts += 1;
        let limit = remaining.map_or(plan.attempt_timeout, |left| left.min(plan.attempt_timeout));
        let result = attempt(attempts, limit).await;
        limits.learn(sent, result.as_ref().err().map(AsRef::as_ref));
        let failure = match result {
            Ok(success) => break Ok(success),
            Err(failure) => failure,
        };
        match retry_delay(plan, limits, attempts, &failure, random()) {
            Ok(delay) => {
                retry(&failure, delay);
                tokio::time::sleep(delay).await;
            }
            Err(stop) => break Err(CallFailure::Attempt(failure, stop)),
        }
        last = Some(failure);
    };
    Finished {
        result,
        attempts,
        earlier,
    }
}

/// [`decide`], if the retry budget allows it.
fn retry_delay(
    plan: &Plan<'_>,
    limits: &Limits,
    attempts: u32,
    failure: &AttemptFailure,
    random: f64,
) -> Result<Duration, Stop> {
    let now = now();
    let remaining = plan.remaining(now);
    let remaining = remaining.map(|left| left.saturating_sub(plan.least_time));
    let delay = decide(plan.policy, attempts, failure, remaining, random)?;
    if failure.kind.draws_on_budget() && !limits.budget().withdraw(now) {
        return Err(Stop::BudgetUsed);
    }
    Ok(delay)
}

/// The time by the clock that tests can stop.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[cfg(test)]
mod tests;
