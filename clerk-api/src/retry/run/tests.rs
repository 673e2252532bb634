use std::sync::Mutex;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn failure(kind: FailureKind) -> AttemptFailure {
    let status = match kind {
        FailureKind::Status(status) => StatusCode::from_u16(status).ok(),
        _ => None,
    };
    AttemptFailure {
        kind,
        idempotent: false,
        retry_after: None,
        status,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        detail: None,
        source: None,
    }
}

fn told_to_wait(status: u16, seconds: u64) -> AttemptFailure {
    AttemptFailure {
        retry_after: Some(Duration::from_secs(seconds)),
        ..failure(FailureKind::Status(status))
    }
}

/// A call of an operation, and what it meets.
struct Call {
    policy: RetryPolicy,
    idempotent: bool,
    timeout: Option<Duration>,
    random: f64,
    /// How long each attempt takes, as far as it may.
    latency: Duration,
}

/// What was seen of a call.
struct Seen {
    finished: Finished<()>,
    /// When each attempt began, since the call did.
    attempts_at: Vec<Duration>,
    time_limits: Vec<Duration>,
}

impl Seen {
    fn stop(&self) -> Option<Stop> {
        match &self.finished.result {
            Err(CallFailure::Attempt(_, stop)) => Some(*stop),
            _ => None,
        }
    }
}

impl Default for Call {
    fn default() -> Self {
        Self {
            policy: RetryPolicy::default(),
            idempotent: false,
            timeout: None,
            random: 0.5,
            latency: Duration::ZERO,
        }
    }
}

impl Call {
    /// Makes the call with a client of its own.
    async fn run(self, failures: impl IntoIterator<Item = AttemptFailure>) -> Seen {
        self.run_with(&Limits::new(now()), failures).await
    }

    /// Its attempts fail like this, and then succeed.
    async fn run_with(
        self,
        limits: &Limits,
        failures: impl IntoIterator<Item = AttemptFailure>,
    ) -> Seen {
        let begun = now();
        let failures = failures.into_iter().map(|failure| AttemptFailure {
            idempotent: self.idempotent,
            ..failure
        });
        let failures = Mutex::new(failures.collect::<Vec<_>>().into_iter());
        let seen = Mutex::new(Vec::new());
        let plan = Plan {
            policy: &self.policy,
            attempt_timeout: 10 * SECOND,
            deadline: self.timeout.map(|timeout| begun + timeout),
        };
        let attempt = async |limit: Duration| {
            seen.lock().unwrap().push((now() - begun, limit));
            tokio::time::sleep(self.latency.min(limit)).await;
            match failures.lock().unwrap().next() {
                Some(failure) => Err(Box::new(failure)),
                None => Ok(()),
            }
        };
        let finished = run(&plan, limits, || self.random, |_, limit| attempt(limit)).await;
        let (attempts_at, time_limits) = seen.into_inner().unwrap().into_iter().unzip();
        Seen {
            finished,
            attempts_at,
            time_limits,
        }
    }
}

fn milliseconds(times: &[Duration]) -> Vec<u128> {
    times.iter().map(Duration::as_millis).collect()
}

#[tokio::test(start_paused = true)]
async fn a_success_ends_the_call() {
    let seen = Call::default().run([]).await;
    assert!(seen.finished.result.is_ok());
    assert_eq!((seen.finished.attempts, seen.finished.earlier), (1, None));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_done_is_retried_with_growing_delays() {
    let unavailable = || failure(FailureKind::Status(503));
    let seen = Call::default()
        .run([failure(FailureKind::NotSent), unavailable(), unavailable()])
        .await;
    assert!(seen.finished.result.is_ok());
    assert_eq!(seen.finished.attempts, 4);
    assert_eq!(seen.finished.earlier, Some(Outcome::Rejected));
    assert_eq!(milliseconds(&seen.attempts_at), [0, 125, 375, 875]);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_bounded() {
    let failures = [(); 4].map(|()| failure(FailureKind::NotSent));
    let seen = Call::default().run(failures).await;
    assert_eq!(seen.finished.attempts, 4);
    assert_eq!(seen.stop(), Some(Stop::AttemptsUsed));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_retried_only_if_that_does_no_harm() {
    for kind in [
        FailureKind::ConnectionLost,
        FailureKind::TimedOut,
        FailureKind::Status(500),
        FailureKind::Status(502),
    ] {
        let seen = Call::default().run([failure(kind)]).await;
        assert_eq!(seen.stop(), Some(Stop::MayDuplicate), "{kind:?}");
        assert_eq!(seen.finished.attempts, 1, "{kind:?}");

        let idempotent = Call {
            idempotent: true,
            ..Call::default()
        };
        let opted_in = Call {
            policy: RetryPolicy::default().retry_unknown_outcomes(true),
            ..Call::default()
        };
        for call in [idempotent, opted_in] {
            let seen = call.run([failure(kind)]).await;
            assert_eq!(seen.finished.attempts, 2, "{kind:?}");
            assert_eq!(seen.finished.earlier, Some(Outcome::Unknown), "{kind:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_earlier_unknown_outcome_is_not_forgotten() {
    let call = Call {
        idempotent: true,
        ..Call::default()
    };
    let failures = [
        failure(FailureKind::TimedOut),
        failure(FailureKind::Status(503)),
        failure(FailureKind::Status(400)),
    ];
    let seen = call.run(failures).await;
    assert_eq!(seen.stop(), Some(Stop::Final));
    assert_eq!(seen.finished.earlier, Some(Outcome::Unknown));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_does_not_fit_ends_the_call_at_once() {
    let call = Call {
        timeout: Some(30 * SECOND),
        ..Call::default()
    };
    let begun = now();
    let seen = call.run([told_to_wait(429, 86_400)]).await;
    assert_eq!(seen.stop(), Some(Stop::PastDeadline));
    assert_eq!(now(), begun);
}

#[tokio::test(start_paused = true)]
async fn jitter_does_not_make_a_requested_wait_too_long() {
    let call = Call {
        policy: RetryPolicy::default().base_delay(5 * SECOND),
        timeout: Some(10 * SECOND),
        random: 0.999,
        ..Call::default()
    };
    let seen = call.run([told_to_wait(503, 9)]).await;
    assert_eq!(milliseconds(&seen.attempts_at), [0, 9000]);
}

#[tokio::test(start_paused = true)]
async fn no_attempt_gets_more_time_than_the_call_has() {
    let call = Call {
        idempotent: true,
        timeout: Some(25 * SECOND),
        random: 0.0,
        latency: Duration::from_secs(86_400),
        ..Call::default()
    };
    let begun = now();
    let seen = call
        .run([(); 4].map(|()| failure(FailureKind::TimedOut)))
        .await;
    assert_eq!(seen.time_limits, [10, 10, 5].map(Duration::from_secs));
    assert_eq!(seen.stop(), Some(Stop::PastDeadline));
    assert_eq!(now(), begun + 25 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn calls_of_one_client_share_a_retry_budget() {
    let limits = Limits::new(now());
    let mut retries = 0;
    for _ in 0..30 {
        let call = Call {
            random: 0.0,
            ..Call::default()
        };
        let failures = [(); 4].map(|()| failure(FailureKind::NotSent));
        let seen = call.run_with(&limits, failures).await;
        retries += seen.finished.attempts - 1;
    }
    assert_eq!(retries, 20);
    // A rate limit doesn't draw on it.
    let seen = Call::default()
        .run_with(&limits, [failure(FailureKind::Status(429))])
        .await;
    assert_eq!(seen.finished.attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_holds_back_all_calls_of_the_client() {
    let limits = Limits::new(now());
    let short = || Call {
        timeout: Some(3 * SECOND),
        ..Call::default()
    };
    let limited = short().run_with(&limits, [told_to_wait(429, 60)]).await;
    assert_eq!(limited.stop(), Some(Stop::PastDeadline));
    let begun = now();
    let seen = short().run_with(&limits, []).await;
    assert!(matches!(
        seen.finished.result,
        Err(CallFailure::Throttled(wait)) if wait >= 60 * SECOND
    ));
    assert_eq!((seen.finished.attempts, now()), (0, begun));
    let seen = Call::default().run_with(&limits, []).await;
    assert!(seen.attempts_at[0] >= 60 * SECOND);
}

#[test]
fn only_a_healthy_server_fills_the_budget() {
    for (failure, refilled) in [
        (None, true),
        (Some(failure(FailureKind::Status(404))), true),
        (Some(failure(FailureKind::Status(500))), false),
        (Some(failure(FailureKind::Status(408))), false),
        (Some(failure(FailureKind::ConnectionLost)), false),
        (Some(failure(FailureKind::Status(429))), false),
    ] {
        let now = Instant::now();
        let limits = Limits::new(now);
        while limits.budget().withdraw(now) {}
        for _ in 0..6 {
            limits.learn(now, failure.as_ref());
        }
        assert_eq!(limits.budget().withdraw(now), refilled, "{failure:?}");
    }
}

#[test]
fn clients_that_are_told_to_come_back_do_not_come_all_at_once() {
    let policy = RetryPolicy::default();
    let wait = |status, random| decide(&policy, 1, &told_to_wait(status, 3), None, random);
    assert_eq!(wait(503, 0.0), Ok(3 * SECOND));
    assert_eq!(wait(503, 1.0), Ok(Duration::from_millis(4500)));
    assert_eq!(wait(429, 1.0), Ok(Duration::from_millis(3250)));
}

#[test]
fn delays_stay_within_the_policy_whatever_comes() {
    let policy = RetryPolicy::default();
    for seed in 0..1000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let retry_after = random.bool().then(|| SECOND * random.u32(0..100));
        let remaining = random
            .bool()
            .then(|| Duration::from_millis(random.u64(0..50_000)));
        let attempts = random.u32(1..6);
        let failure = AttemptFailure {
            retry_after,
            ..failure(FailureKind::Status(503))
        };
        let decision = decide(&policy, attempts, &failure, remaining, random.f64());
        let Ok(delay) = decision else { continue };
        let least = retry_after.unwrap_or_default();
        assert!(delay >= least && delay <= least + 8 * SECOND, "{delay:?}");
        assert!(remaining.is_none_or(|remaining| delay < remaining));
        assert!(attempts < 4);
    }
}
