//! Time limits of attempts and calls, and responses that come late, slowly, or never.

use std::time::{Duration, Instant};

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{FaultyServer, Reply};

use crate::support::{
    CALLS, Call, Expected, Fixture, Ran, build, builder, client, errors, ms, quick, serve, success,
};

fn timed_out() -> Expected {
    Expected::new(ErrorKind::Timeout, Outcome::Unknown)
}

/// How long an attempt may take in some of these tests. Long enough to send a request on a busy machine.
const ATTEMPT: Duration = ms(500);

/// With less time for an attempt than the responses take. Fixtures are made before the calls begin, because making a
/// client takes time that the calls would lose.
async fn impatient() -> Fixture {
    Fixture::with(|builder| builder.attempt_timeout(ATTEMPT)).await
}

#[tokio::test]
async fn an_attempt_without_a_response_times_out() {
    let fixtures = [impatient().await, impatient().await, impatient().await];
    let script = [Reply::never(), success()];
    let (create, revoke, revoke_in_vain) = tokio::join!(
        fixtures[0].run(Call::Create, script.clone()),
        fixtures[1].run(Call::Revoke, script),
        fixtures[2].run(Call::Revoke, [Reply::never()]),
    );
    create.fails(timed_out().at_least(ATTEMPT)).await;
    revoke.succeeds(2);
    assert!(revoke.elapsed >= ATTEMPT);
    let expected = timed_out().attempts(4).at_least(4 * ATTEMPT);
    revoke_in_vain.fails(expected).await;
}

#[tokio::test]
async fn slow_bytes_do_not_extend_the_time_limit() {
    let long = success().padded_to(1_000_000).drip_body(ms(40));
    let endless = success().padded_for_ever().chunked().drip_body(ms(40));
    for (reply, status) in [
        (success().drip(ms(40)), None),
        (long, Some(200)),
        (endless, Some(200)),
        (success().stall_after(330), Some(200)),
    ] {
        let fixtures = [impatient().await, impatient().await];
        let script = [reply, success()];
        let (create, revoke) = tokio::join!(
            fixtures[0].run(Call::Create, script.clone()),
            fixtures[1].run(Call::Revoke, script),
        );
        let expected = timed_out().status(status).at_least(ATTEMPT);
        create.fails(expected).await;
        revoke.succeeds(2);
    }
}

#[tokio::test]
async fn a_status_counts_even_if_its_body_stalls() {
    let body = errors("resource_not_found", "No.");
    let not_found = Reply::status(404).json(body.clone()).stall_after(12);
    let unavailable = Reply::status(503).stall_after(0);
    for call in CALLS {
        let fixtures = [impatient().await, impatient().await];
        let (failed, retried) = tokio::join!(
            fixtures[0].run(call, [not_found.clone()]),
            fixtures[1].run(call, [unavailable.clone(), success()]),
        );
        let expected = Expected::rejected(404).at_least(ATTEMPT);
        let error = failed.fails(expected).await;
        assert_eq!(error.response_body(), Some(&body.as_bytes()[..12]));
        retried.succeeds(2);
    }
}

#[tokio::test]
async fn attempts_end_with_the_time_limit_of_the_call() {
    let policy = quick().with_max_attempts(1000);
    let fixture = Fixture::with(|builder| {
        let builder = builder.attempt_timeout(ms(150)).operation_timeout(ms(900));
        builder.retry_policy(policy)
    })
    .await;
    let ran = fixture.run(Call::Revoke, [Reply::never()]).await;
    let error = ran.error();
    // A delay of at most 20 ms that doesn't fit is not started.
    let expected = timed_out().attempts(error.attempts()).at_least(ms(880));
    expected.check(Call::Revoke, error, ran.elapsed);
    // Each attempt but the last has its full time.
    assert!((2..=6).contains(&error.attempts()), "{error}");
}

#[tokio::test]
async fn the_time_limit_of_a_call_overrides_the_clients() {
    let server = FaultyServer::start([Reply::never()]).await;
    let expected = timed_out().at_least(ms(200));
    let clerk = build(builder(&server.url()).operation_timeout(ms(200)));
    for call in CALLS {
        expected.check_call(call, &clerk).await;
    }

    let tokens = client(&server.url()).sign_in_tokens();
    let create = tokens.create("user_1").operation_timeout(ms(200));
    let error = create.await.unwrap_err();
    expected.check(Call::Create, &error, error.elapsed());
    let begun = Instant::now();
    let revoke = tokens.revoke("sit_1").deadline(begun + ms(200));
    let error = revoke.operation_timeout(Duration::MAX).await.unwrap_err();
    assert!(begun.elapsed() >= ms(200));
    // The call's own time begins later than the deadline was set.
    let any_time = expected.at_least(Duration::ZERO);
    any_time.check(Call::Revoke, &error, begun.elapsed());
    let ensure = tokens.ensure_revoked("sit_1").operation_timeout(ms(200));
    let error = ensure.await.unwrap_err();
    expected.check(Call::Revoke, &error, error.elapsed());
    server.wait_for_requests(5).await;
    assert_eq!(server.request_count(), 5);
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let server = FaultyServer::start([success()]).await;
    let tokens = client(&server.url()).sign_in_tokens();
    let begun = Instant::now();
    let passed = begun.checked_sub(ms(1)).unwrap();
    let expected = Expected::new(ErrorKind::Timeout, Outcome::NotSent).attempts(0);
    let error = tokens.create("user_1").deadline(passed).await.unwrap_err();
    expected.check(Call::Create, &error, begun.elapsed());
    let error = tokens.revoke("sit_1").deadline(passed).await.unwrap_err();
    expected.check(Call::Revoke, &error, begun.elapsed());
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_delay_beyond_the_deadline_is_not_started() {
    let hour = Duration::from_secs(3600);
    let policy = quick().with_base_delay(hour).with_max_delay(hour);
    let fixture =
        Fixture::with(|builder| builder.retry_policy(policy).operation_timeout(ms(5000))).await;
    for call in CALLS {
        let ran = fixture.run(call, [Reply::status(503)]).await;
        let error = ran.error();
        // The wait is random: a short one is possible, though not to be expected.
        let expected = Expected::rejected(503).attempts(error.attempts());
        let line = ran.fails(expected).await.to_string();
        assert!(line.contains("too little of"), "{line}");
    }
}

#[tokio::test]
async fn the_default_time_limits_allow_slow_responses() {
    let patient = async |call: Call, reply: Reply, delay: Duration| {
        let (server, clerk) = serve([reply]).await;
        let ran = Ran::of(call, server, &clerk).await;
        ran.succeeds(1);
        assert!(ran.elapsed >= delay, "{:?}", ran.elapsed);
    };
    let (long, short) = (ms(5500), ms(3000));
    tokio::join!(
        patient(Call::Create, success().delay(long), long),
        patient(Call::Revoke, success().delay(long), long),
        patient(Call::Create, success().body_delay(short), short),
        patient(Call::Revoke, success().body_delay(short), short),
    );
}

#[tokio::test]
async fn the_longest_duration_means_no_limit() {
    let fixture = Fixture::with(|builder| {
        builder
            .attempt_timeout(Duration::MAX)
            .operation_timeout(Duration::MAX)
            .connect_timeout(Duration::MAX)
    })
    .await;
    for call in CALLS {
        fixture.run(call, [success()]).await.succeeds(1);
    }
}
