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
        idempotent: true,
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

/// Makes a call whose attempts fail like this and then succeed, each after this latency or at its time limit. Returns the
/// result, and for each attempt when it began and its time limit. There is half of the possible jitter.
async fn call(
    limits: &Limits,
    timeout: Option<Duration>,
    latency: Duration,
    failures: impl IntoIterator<Item = AttemptFailure>,
) -> (Result<(), CallFailure>, Vec<(Duration, Duration)>) {
    let begun = now();
    let failures = Mutex::new(failures.into_iter().collect::<Vec<_>>().into_iter());
    let attempts = Mutex::new(Vec::new());
    let attempt = async |limit: Duration| {
        attempts.lock().unwrap().push((now() - begun, limit));
        tokio::time::sleep(latency.min(limit)).await;
        let failure = failures.lock().unwrap().next();
        failure.map_or(Ok(()), |failure| Err(Box::new(failure)))
    };
    let plan = Plan {
        policy: &RetryPolicy::default(),
        attempt_timeout: 10 * SECOND,
        deadline: timeout.map(|timeout| begun + timeout),
        least_time: SECOND,
    };
    let finished = run(&plan, limits, || 0.5, |_, _| {}, |_, limit| attempt(limit)).await;
    let attempts = attempts.into_inner().unwrap();
    assert_eq!(finished.attempts as usize, attempts.len());
    (finished.result, attempts)
}

#[tokio::test(start_paused = true)]
async fn delays_grow() {
    let failures = [(); 3].map(|()| failure(FailureKind::NotConnected));
    let (result, attempts) = call(&Limits::new(now()), None, Duration::ZERO, failures).await;
    assert!(result.is_ok());
    let begun: Vec<_> = attempts
        .iter()
        .map(|(begun, _)| begun.as_millis())
        .collect();
    assert_eq!(begun, [0, 125, 375, 875]);
}

#[tokio::test(start_paused = true)]
async fn no_attempt_gets_more_time_than_the_call_has() {
    let failures = [(); 4].map(|()| failure(FailureKind::TimedOut));
    let begun = now();
    let limits = Limits::new(begun);
    let (result, attempts) = call(&limits, Some(25 * SECOND), 60 * SECOND, failures).await;
    let Err(CallFailure::Attempt(_, stop)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(stop, Stop::PastDeadline);
    assert_eq!(now(), begun + 25 * SECOND);
    let ends = attempts.iter().map(|(begun, limit)| *begun + *limit);
    assert!(ends.max() == Some(25 * SECOND) && attempts.len() == 3);
}

#[tokio::test(start_paused = true)]
async fn no_attempt_is_begun_with_too_little_time_to_be_answered() {
    let limits = Limits::new(now());
    // A timed-out attempt leaves a second, less the delay.
    let failures = [(); 4].map(|()| failure(FailureKind::TimedOut));
    let (result, attempts) = call(&limits, Some(11 * SECOND), 60 * SECOND, failures).await;
    assert!(matches!(
        result,
        Err(CallFailure::Attempt(_, Stop::PastDeadline))
    ));
    assert_eq!(attempts.len(), 1);
    // The throttle's turn would come in time, but too late for an attempt.
    limits.learn(now(), Some(&told_to_wait(429, 10)));
    let (result, attempts) = call(&limits, Some(11 * SECOND), SECOND, []).await;
    assert!(matches!(result, Err(CallFailure::Throttled(wait)) if wait < 11 * SECOND));
    assert!(attempts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn calls_share_a_retry_budget_but_rate_limits_do_not_draw_on_it() {
    let limits = Limits::new(now());
    let mut retries = 0;
    for _ in 0..30 {
        let failures = [(); 4].map(|()| failure(FailureKind::NotConnected));
        let (_, attempts) = call(&limits, None, Duration::ZERO, failures).await;
        retries += attempts.len() - 1;
    }
    assert_eq!(retries, 20);
    let limited = [failure(FailureKind::Status(429))];
    let (result, attempts) = call(&limits, None, Duration::ZERO, limited).await;
    assert!(result.is_ok() && attempts.len() == 2);
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
    let policy = RetryPolicy::default().with_base_delay(SECOND / 4);
    for (status, random, remaining, delay) in [
        (503, 0.0, None, 3000),
        (503, 1.0, None, 4500),
        (429, 1.0, None, 3250),
        // The jitter must not make a wait that fits too long.
        (503, 1.0, Some(4 * SECOND), 3000),
    ] {
        let failure = told_to_wait(status, 3);
        let decision = decide(&policy, 1, &failure, remaining, random);
        assert_eq!(decision, Ok(Duration::from_millis(delay)), "{status}");
    }
}
