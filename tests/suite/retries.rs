//! Which failures are sent again, how often, and what the outcome is when attempts end differently.

use std::time::Duration;

use clerk_api::{Clerk, ErrorKind, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::{Disconnect, FaultyServer, Reply};
use tokio::task::JoinSet;

use crate::support::{
    CALLS, CLOSED, Call, Expected, Fixture, RESET, build, builder, errors, not_pending, quick,
    success,
};

/// A response, or the lack of one, and the error of a call that isn't sent again after it.
type Failure = (Reply, Expected);

fn status(status: u16, outcome: Outcome) -> Failure {
    let reply = Reply::status(status).json(errors("some_code", "Some words."));
    (reply, Expected::of_status(status, outcome))
}

fn lost(reply: Reply, cause: &'static str) -> Failure {
    let expected = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
    (reply, expected.caused_by(cause))
}

/// The server has done nothing: any request is sent again.
fn retried_always() -> Vec<Failure> {
    let (unavailable, expected) = status(503, Outcome::Rejected);
    vec![
        status(429, Outcome::Rejected),
        (unavailable.clone().html("<h1>Sorry</h1>"), expected),
        // A status counts even if its body is cut off.
        (
            unavailable.clone().cut_after(9, Disconnect::Close),
            expected,
        ),
        (unavailable, expected),
    ]
}

/// The server may have done the work: only what may be done twice is sent again.
fn retried_if_idempotent() -> Vec<Failure> {
    let statuses = [408, 500, 502, 504, 520, 522, 524, 527].into_iter();
    let mut failures: Vec<_> = statuses
        .map(|code| status(code, Outcome::Unknown))
        .collect();
    let (failed, expected) = status(500, Outcome::Unknown);
    let cut_head = Reply::raw("HTTP/1.1 200 OK\r\ncontent-le");
    failures.extend([
        (
            failed.cut_after(9, Disconnect::Reset),
            expected.caused_by(RESET),
        ),
        lost(Reply::close_before_response(), CLOSED),
        lost(Reply::reset_before_response(), RESET),
        lost(cut_head, CLOSED),
    ]);
    let (cut_body, cut_chunks) = (
        "end of file before message length reached",
        "unexpected EOF during chunk size line",
    );
    for (how, of_body, of_chunks) in [
        (Disconnect::Close, cut_body, cut_chunks),
        (Disconnect::Reset, RESET, RESET),
    ] {
        for length in [0, 20] {
            let cut = success().cut_after(length, how);
            for (reply, cause) in [(cut.clone(), of_body), (cut.chunked(), of_chunks)] {
                let (reply, expected) = lost(reply, cause);
                failures.push((reply, expected.status(200)));
            }
        }
    }
    failures
}

/// Another attempt would end in the same way.
fn never_retried() -> Vec<Failure> {
    let rejected = [
        300, 301, 302, 307, 308, 399, 400, 401, 402, 403, 404, 405, 409, 410, 411, 413, 418, 422,
        451, 499,
    ];
    let rejected = rejected
        .into_iter()
        .map(|code| status(code, Outcome::Rejected));
    let unknown = [501, 505].map(|code| status(code, Outcome::Unknown));
    // It never has a body.
    let not_modified = (Reply::status(304), Expected::rejected(304));
    let not_http = Reply::raw("\u{0}\u{1}this is no HTTP\r\n\r\n");
    let many_headers = (0..101).fold(success(), |reply, n| reply.header(format!("x-{n}"), n));
    let invalid = [not_http, many_headers].map(|reply| {
        let expected = Expected::new(ErrorKind::InvalidResponse, Outcome::Unknown);
        (reply, expected)
    });
    let statuses = rejected.chain(unknown).chain([not_modified]);
    statuses.chain(invalid).collect()
}

#[tokio::test]
async fn rejected_requests_are_retried() {
    let fixture = Fixture::start().await;
    for (reply, _) in retried_always() {
        for call in CALLS {
            let script = [reply.clone(), success()];
            fixture.run(call, script).await.succeeds(2);
        }
    }
}

#[tokio::test]
async fn requests_with_unknown_outcomes_are_retried_if_idempotent() {
    let fixture = Fixture::start().await;
    for (reply, expected) in retried_if_idempotent() {
        let script = [reply, success()];
        fixture.run(Call::Revoke, script.clone()).await.succeeds(2);
        let ran = fixture.run(Call::Create, script).await;
        let error = ran.fails(expected).await;
        assert!(
            error.to_string().contains("may have processed it"),
            "{error}"
        );
    }
}

/// With a client that sends creates again even if that may make a second token.
async fn with_opt_in() -> Fixture {
    Fixture::with(|builder| builder.retry_policy(quick().with_retry_unknown_outcomes(true))).await
}

#[tokio::test]
async fn creates_with_unknown_outcomes_are_retried_if_the_caller_opts_in() {
    let fixture = with_opt_in().await;
    for (reply, _) in retried_if_idempotent() {
        let ran = fixture.run(Call::Create, [reply, success()]).await;
        ran.succeeds(2);
    }
}

#[tokio::test]
async fn final_failures_are_not_retried_even_if_the_caller_opts_in() {
    for fixture in [Fixture::start().await, with_opt_in().await] {
        for (reply, expected) in never_retried() {
            for call in CALLS {
                let script = [reply.clone(), success()];
                fixture.run(call, script).await.fails(expected).await;
            }
        }
    }
}

#[tokio::test]
async fn four_attempts_are_made_by_default() {
    let run = async |call: Call, failures: Vec<Failure>| {
        let fixture = Fixture::start().await;
        for (reply, expected) in failures {
            let ran = fixture.run(call, [reply]).await;
            let error = ran.fails(expected.attempts(4)).await;
            if error.is_rate_limited() {
                assert_eq!(error.code(), Some("some_code"));
            }
        }
    };
    // All at the same time, because they wait for the rate limit.
    tokio::join!(
        run(Call::Create, retried_always()),
        run(Call::Revoke, retried_always()),
        run(Call::Revoke, retried_if_idempotent()),
    );
}

#[tokio::test]
async fn the_policy_of_a_call_overrides_the_clients() {
    // A call that isn't sent again waits for nothing.
    let hours = Duration::from_secs(3600);
    let once = RetryPolicy::never()
        .with_base_delay(hours)
        .with_max_delay(hours);
    for (of_client, of_call, expected) in [
        (once.clone(), None, 1),
        (once.clone().with_retry_unknown_outcomes(true), None, 1),
        (quick().with_max_attempts(2), None, 2),
        (quick().with_max_attempts(7), None, 7),
        (once.clone(), Some(quick()), 4),
        (quick(), Some(once), 1),
        (quick(), Some(quick().with_max_attempts(3)), 3),
    ] {
        let fixture = Fixture::with(|builder| builder.retry_policy(of_client)).await;
        let tokens = || fixture.client([Reply::status(503)]).sign_in_tokens();
        let (mut create, mut revoke) = (tokens().create("user_1"), tokens().revoke("sit_1"));
        let mut ensure_revoked = tokens().ensure_revoked("sit_1");
        if let Some(policy) = of_call {
            create = create.retry_policy(policy.clone());
            revoke = revoke.retry_policy(policy.clone());
            ensure_revoked = ensure_revoked.retry_policy(policy);
        }
        for error in [
            create.await.unwrap_err(),
            revoke.await.unwrap_err(),
            ensure_revoked.await.unwrap_err(),
        ] {
            assert_eq!(error.attempts(), expected, "{error}");
            assert_eq!(error.outcome(), Outcome::Rejected);
        }
        assert_eq!(fixture.server.request_count(), 3 * expected as usize);
    }
}

#[tokio::test]
async fn the_outcome_is_the_worst_of_all_attempts() {
    use Outcome::{Rejected, Unknown};
    let fixture = with_opt_in().await;
    let limited = Reply::status(429).header("Retry-After", 0);
    let statuses = |statuses: &[u16]| statuses.iter().copied().map(Reply::status).collect();
    for (earlier, worst) in [
        (vec![], None),
        (statuses(&[503]), Some(Rejected)),
        (statuses(&[503, 503, 503]), Some(Rejected)),
        (statuses(&[500]), Some(Unknown)),
        (statuses(&[503, 500]), Some(Unknown)),
        (statuses(&[503, 500, 503]), Some(Unknown)),
        (vec![Reply::status(504), limited], Some(Unknown)),
        (vec![Reply::reset_before_response()], Some(Unknown)),
    ] {
        let attempts = u32::try_from(earlier.len()).unwrap() + 1;
        let then = |last| earlier.iter().cloned().chain([last]);
        for call in CALLS {
            for last in [Reply::status(409), not_pending()] {
                let ran = fixture.run(call, then(last)).await;
                let error = ran.error();
                let outcome = worst.unwrap_or(Rejected);
                assert_eq!((error.outcome(), error.attempts()), (outcome, attempts));
                let line = error.to_string();
                let unknown = worst == Some(Unknown);
                assert_eq!(line.contains("earlier attempt"), unknown, "{line}");
            }
            let ran = fixture.run(call, then(success())).await;
            let response = ran.succeeds(attempts);
            assert_eq!(response.earlier_outcome(), worst, "{attempts} attempts");
        }
    }
}

/// All calls of a client share twenty retries, and time adds one in ten seconds.
#[tokio::test]
async fn an_outage_costs_few_more_requests_than_calls() {
    for call in CALLS {
        let server = FaultyServer::start([Reply::status(503)]).await;
        let clerk = build(builder(&server.url()));
        let mut calls = JoinSet::new();
        for _ in 0..200 {
            let clerk: Clerk = clerk.clone();
            calls.spawn(async move { call.send(&clerk).await.unwrap_err() });
        }
        let errors = calls.join_all().await;
        let attempts: u32 = errors.iter().map(|error| error.attempts()).sum();
        assert_eq!(attempts as usize, server.request_count());
        assert!((220..=230).contains(&attempts), "{attempts}");
    }
}
