//! The retry loop. Sending, sleeping, clock, chance, budget and admission are arguments, so that it is tested without
//! any of them.

use std::future::Future;
use std::time::{Duration, Instant};

use super::RetryPolicy;
use super::backoff;
use super::classify::{Again, Failed};
use crate::error::Outcome;

/// What a call is allowed.
#[derive(Clone, Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) policy: &'a RetryPolicy,
    /// Whether doing the work twice does no harm.
    pub(crate) repeatable: bool,
    /// The longest time for one attempt.
    pub(crate) attempt_limit: Duration,
    /// The end of the whole call.
    pub(crate) deadline: Option<Instant>,
}

/// What the loop does to the world.
pub(crate) trait Effects {
    /// A good answer.
    type Answer;
    /// A failed attempt, beyond what the loop has to know of it.
    type Failure;

    fn now(&self) -> Instant;

    /// A number in `[0, 1)`.
    fn random(&mut self) -> f64;

    fn sleep(&mut self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Tells the budget that the server has done its work.
    fn deposit(&mut self);

    /// Takes one retry from the budget.
    fn withdraw(&mut self) -> bool;

    /// Waits until a request may go out, and says when that is. Says how long it would take where it is beyond the
    /// deadline.
    fn admit(
        &mut self,
        deadline: Option<Instant>,
    ) -> impl Future<Output = Result<Instant, NotAdmitted>> + Send;

    /// Sends the request once.
    fn attempt(
        &mut self,
        limit: Duration,
    ) -> impl Future<Output = Result<Self::Answer, (Failed, Self::Failure)>> + Send;
}

/// A request that would have to wait for longer than the call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    /// The client cools down after a 429.
    CoolingDown(Duration),
    /// Other calls of the client took all of the call's time.
    TimeIsUp,
}

/// Why the loop ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The last failure is final.
    Final,
    /// Whether the work was done is unknown, and doing it twice would do harm.
    WouldRisk,
    /// The policy allows no further attempt.
    AttemptsUsed,
    /// The wait before the next attempt would pass the deadline.
    PastDeadline,
    /// The client's retry budget is used up.
    BudgetUsed,
}

/// How the loop ended.
#[derive(Debug)]
pub(crate) enum End<A, F> {
    Answered(A),
    /// The last attempt failed.
    Failed {
        failed: Failed,
        failure: F,
        stop: Stop,
    },
    /// No attempt was made.
    NotAdmitted(NotAdmitted),
}

/// What the loop has to say.
#[derive(Debug)]
pub(crate) struct Finished<A, F> {
    pub(crate) end: End<A, F>,
    /// Requests that were sent, or at least begun.
    pub(crate) attempts: u32,
    /// The outcome that is worst among all attempts before the last.
    pub(crate) earlier: Option<Outcome>,
}

/// What follows from a failure: a wait, or the end.
pub(crate) fn decide(
    plan: &Plan<'_>,
    attempts: u32,
    failed: Failed,
    remaining: Option<Duration>,
    random: f64,
) -> Result<Duration, Stop> {
    let repeatable = plan.repeatable || plan.policy.retries_unknown_outcomes();
    match failed.failure.again() {
        Again::No => return Err(Stop::Final),
        Again::IfRepeatable if !repeatable => return Err(Stop::WouldRisk),
        Again::IfRepeatable | Again::Yes => {}
    }
    if attempts >= plan.policy.attempts() {
        return Err(Stop::AttemptsUsed);
    }
    let least = failed.retry_after.unwrap_or_default();
    let mut jitter = backoff::delay(plan.policy, attempts, random);
    if failed.failure.draws_on_budget() {
        // Those who were told to come back at the same time don't come back at the same time. After a 429 the client's
        // pace sees to that.
        jitter = jitter.max(backoff::spread(plan.policy, least, random));
    }
    let Some(remaining) = remaining else {
        return Ok(least.saturating_add(jitter));
    };
    if least >= remaining {
        return Err(Stop::PastDeadline);
    }
    // A server's wait that fits must not fail for the jitter; a backoff that doesn't fit is one.
    match (failed.retry_after, least.saturating_add(jitter)) {
        (_, wait) if wait < remaining => Ok(wait),
        (Some(least), _) => Ok(least),
        (None, _) => Err(Stop::PastDeadline),
    }
}

/// Sends a request until it is answered, fails for good, or may not be sent again.
pub(crate) async fn run<E: Effects>(
    effects: &mut E,
    plan: &Plan<'_>,
) -> Finished<E::Answer, E::Failure> {
    let mut attempts = 0;
    let mut earlier: Option<Outcome> = None;
    let mut last: Option<(Failed, E::Failure)> = None;
    loop {
        let admitted = effects.admit(plan.deadline).await;
        let remaining = admitted.map(|now| remaining(plan.deadline, now));
        let limit = match remaining {
            Ok(Some(remaining)) if remaining.is_zero() => Err(NotAdmitted::TimeIsUp),
            Ok(Some(remaining)) => Ok(remaining.min(plan.attempt_limit)),
            Ok(None) => Ok(plan.attempt_limit),
            Err(refused) => Err(refused),
        };
        let limit = match limit {
            Ok(limit) => limit,
            Err(refused) => {
                let end = match last {
                    Some((failed, failure)) => End::Failed {
                        failed,
                        failure,
                        stop: Stop::PastDeadline,
                    },
                    None => End::NotAdmitted(refused),
                };
                return Finished {
                    end,
                    attempts,
                    earlier,
                };
            }
        };
        if let Some((failed, _)) = &last {
            earlier = earlier.max(Some(failed.failure.outcome()));
        }
        attempts += 1;
        let (failed, failure) = match effects.attempt(limit).await {
            Ok(answer) => {
                effects.deposit();
                return Finished {
                    end: End::Answered(answer),
                    attempts,
                    earlier,
                };
            }
            Err(failure) => failure,
        };
        if failed.failure.is_refusal() {
            effects.deposit();
        }
        let remaining = self::remaining(plan.deadline, effects.now());
        let random = effects.random();
        let decision = decide(plan, attempts, failed, remaining, random).and_then(|wait| {
            let allowed = !failed.failure.draws_on_budget() || effects.withdraw();
            if allowed {
                Ok(wait)
            } else {
                Err(Stop::BudgetUsed)
            }
        });
        match decision {
            Ok(wait) => effects.sleep(wait).await,
            Err(stop) => {
                let end = End::Failed {
                    failed,
                    failure,
                    stop,
                };
                return Finished {
                    end,
                    attempts,
                    earlier,
                };
            }
        }
        last = Some((failed, failure));
    }
}

fn remaining(deadline: Option<Instant>, now: Instant) -> Option<Duration> {
    deadline.map(|deadline| deadline.saturating_duration_since(now))
}

#[cfg(test)]
mod tests;
