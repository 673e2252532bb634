//! Answers that come late, slowly, or never.

use std::time::{Duration, Instant};

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Answer, FaultyServer};

use super::support::{
    CALLS, Call, Expected, SLACK, build, builder, client, errors, ms, quick, run_with, success,
};

fn timed_out() -> Expected {
    Expected::new(ErrorKind::Timeout, Outcome::Unknown)
}

#[tokio::test]
async fn no_answer_to_a_create_is_one_request() {
    let ran = run_with(Call::Create, [Answer::never()], |builder| {
        builder.attempt_timeout(ms(300))
    });
    let ran = ran.await;
    let error = ran.fails(timed_out().at_least(ms(300))).await;
    assert!(error.to_string().contains("not sent again"), "{error}");
}

#[tokio::test]
async fn no_answer_to_a_revoke_is_asked_for_again() {
    let ran = run_with(Call::Revoke, [Answer::never()], |builder| {
        builder.attempt_timeout(ms(200))
    });
    ran.await
        .fails(timed_out().attempts(4).at_least(ms(800)))
        .await;

    let ran = run_with(Call::Revoke, [Answer::never(), success()], |builder| {
        builder.attempt_timeout(ms(200))
    });
    let ran = ran.await;
    ran.succeeds(2);
    assert!(ran.elapsed >= ms(200));
}

#[tokio::test]
async fn no_answer_to_a_revoke_is_asked_for_until_the_deadline() {
    let ran = run_with(Call::Revoke, [Answer::never()], |builder| {
        let policy = quick().max_attempts(1000);
        builder
            .attempt_timeout(ms(150))
            .timeout(ms(900))
            .retry(policy)
    });
    let ran = ran.await;
    let error = ran.error();
    // A wait of at most 20 ms that doesn't fit any more isn't begun.
    let expected = timed_out().attempts(error.attempts()).at_least(ms(880));
    expected.check(Call::Revoke, error, ran.elapsed);
    assert!(error.to_string().contains("would not fit"), "{error}");
    // Each attempt but the last one has its full time, and the last one's may be too short to reach the server.
    assert!((2..=6).contains(&error.attempts()), "{error}");
    let begun = error.attempts() as usize;
    let arrived = ran.server.request_count();
    assert!(arrived == begun || arrived + 1 == begun, "{arrived}");
}

#[tokio::test]
async fn a_call_may_have_less_time_than_the_client_gives() {
    let server = FaultyServer::start([Answer::never()]).await;
    let clerk = client(&server.url());
    let tokens = clerk.sign_in_tokens();

    let begun = Instant::now();
    let error = tokens.create("user_1").timeout(ms(200)).await.unwrap_err();
    let expected = timed_out().at_least(ms(200));
    expected.check(Call::Create, &error, begun.elapsed());

    let begun = Instant::now();
    let call = tokens.revoke("sit_1").deadline(begun + ms(200));
    let error = call.await.unwrap_err();
    expected.check(Call::Revoke, &error, begun.elapsed());
    server.wait_for_requests(2).await;
    assert_eq!(server.request_count(), 2);
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    let begun = Instant::now();
    let passed = begun.checked_sub(ms(1)).unwrap();
    let expected = Expected::new(ErrorKind::Timeout, Outcome::NotSent).attempts(0);
    let error = clerk.sign_in_tokens().create("user_1").deadline(passed);
    expected.check(Call::Create, &error.await.unwrap_err(), begun.elapsed());
    let error = clerk.sign_in_tokens().revoke("sit_1").deadline(passed);
    expected.check(Call::Revoke, &error.await.unwrap_err(), begun.elapsed());
    assert_eq!(server.connections(), 0);
}

/// Answers of which a byte comes now and then, far too slowly.
fn drips() -> [(Answer, Option<u16>); 3] {
    let long = success().padded_to(1_000_000).drip_body(ms(40));
    let endless = success().padded_for_ever().chunked().drip_body(ms(40));
    [
        (success().drip(ms(40)), None),
        (long, Some(200)),
        (endless, Some(200)),
    ]
}

#[tokio::test]
async fn a_byte_now_and_then_does_not_extend_the_limits() {
    for (answer, status) in drips() {
        let ran = run_with(Call::Create, [answer.clone()], |builder| {
            builder.attempt_timeout(ms(300))
        });
        let ran = ran.await;
        let mut expected = timed_out().at_least(ms(300));
        expected.status = status;
        ran.fails(expected).await;

        let ran = run_with(Call::Revoke, [answer, success()], |builder| {
            builder.attempt_timeout(ms(300))
        });
        ran.await.succeeds(2);
    }
}

#[tokio::test]
async fn the_default_limits_permit_an_answer_after_seven_seconds() {
    let seven = Duration::from_secs(7);
    let three = Duration::from_secs(3);
    let patient = async |call: Call, answer: Answer, delay: Duration| {
        let server = FaultyServer::start([answer]).await;
        let url = server.url();
        let clerk = clerk_api::Clerk::builder().secret_key("sk_test_x");
        let clerk = build(clerk.base_url(format!("{url}/v1")));
        let ran = super::support::Ran::of(call, server, &clerk).await;
        ran.succeeds(1);
        assert!(ran.elapsed >= delay, "{:?}", ran.elapsed);
    };
    tokio::join!(
        patient(Call::Create, success().delay(seven), seven),
        patient(Call::Revoke, success().delay(seven), seven),
        patient(Call::Create, success().body_delay(three), three),
        patient(Call::Revoke, success().body_delay(three), three),
    );
}

#[tokio::test]
async fn a_status_counts_even_if_its_body_never_comes() {
    let body = errors("resource_not_found", "No.");
    for call in CALLS {
        let answer = Answer::status(404).json(body.clone()).stall_after(12);
        let ran = run_with(call, [answer], |builder| builder.attempt_timeout(ms(200)));
        let ran = ran.await;
        let expected = Expected::new(ErrorKind::Status, Outcome::Rejected);
        let error = ran.fails(expected.status(404).at_least(ms(200))).await;
        assert_eq!(error.response_body(), Some(&body.as_bytes()[..12]));

        let answers = [Answer::status(503).stall_after(0), success()];
        let ran = run_with(call, answers, |builder| builder.attempt_timeout(ms(200)));
        ran.await.succeeds(2);
    }
}

#[tokio::test]
async fn a_limit_beyond_what_the_clock_knows_is_none() {
    for call in CALLS {
        let ran = run_with(call, [success()], |builder| {
            builder
                .attempt_timeout(Duration::MAX)
                .timeout(Duration::MAX)
                .connect_timeout(Duration::MAX)
        });
        ran.await.succeeds(1);
    }
}

#[tokio::test]
async fn waits_end_with_the_deadline() {
    // The backoff is by far longer than the call may take: it must not be begun.
    let policy = quick()
        .base_delay(Duration::from_secs(3600))
        .max_delay(Duration::from_secs(3600));
    for call in CALLS {
        let server = FaultyServer::start([Answer::status(503)]).await;
        let clerk = build(
            builder(&server.url())
                .retry(policy.clone())
                .timeout(Duration::from_secs(5)),
        );
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(5) + SLACK);
        assert_eq!(error.outcome(), Outcome::Rejected, "{error:?}");
        assert_eq!(error.status().unwrap(), 503);
        // With full jitter a short wait is possible, though not to be expected.
        assert_eq!(error.attempts() as usize, server.request_count());
    }
}
