//! The connection is lost when the server has already done the work.

use clerk_api::types::SignInTokenStatus;
use clerk_api::{EnsureRevoked, ErrorKind, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, Disconnect, FaultyServer};

use super::support::{Call, Expected, Ran, client, ms, not_pending, quick, run, run_with, success};

/// Every way to lose an answer, with the status that is known all the same.
fn losses() -> Vec<(Answer, Option<u16>)> {
    let mut losses = vec![
        (Answer::close_before_answer(), None),
        (Answer::reset_before_answer(), None),
        (Answer::raw(""), None),
        (Answer::raw("HTTP/1.1 200 OK\r\ncontent-le"), None),
        (Answer::raw("\u{0}\u{1}this is no HTTP\r\n\r\n"), None),
    ];
    for how in [Disconnect::Close, Disconnect::Reset] {
        for length in [0, 20] {
            let cut = success().cut_after(length, how);
            losses.push((cut.clone(), Some(200)));
            losses.push((cut.chunked(), Some(200)));
        }
    }
    losses
}

fn lost() -> Expected {
    Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown)
}

#[tokio::test]
async fn a_lost_create_is_not_sent_again() {
    for (answer, status) in losses() {
        let ran = run(Call::Create, [answer, success()]).await;
        let mut expected = lost();
        expected.status = status;
        let error = ran.fails(expected).await;
        assert!(error.to_string().contains("not sent again"), "{error}");
    }
}

#[tokio::test]
async fn a_lost_create_is_sent_again_where_the_caller_risks_a_duplicate() {
    for (answer, _) in losses() {
        let ran = run_with(Call::Create, [answer, success()], |builder| {
            builder.retry(quick().retry_unknown_outcomes(true))
        });
        ran.await.succeeds(2);
    }
}

#[tokio::test]
async fn a_lost_revoke_is_sent_again() {
    for (answer, status) in losses() {
        let ran = run(Call::Revoke, [answer.clone(), success()]).await;
        ran.succeeds(2);

        let ran = run(Call::Revoke, [answer]).await;
        let mut expected = lost().attempts(4);
        expected.status = status;
        ran.fails(expected).await;
    }
}

#[tokio::test]
async fn a_revoke_that_meets_its_own_work_says_so() {
    let losses = losses().into_iter().map(|(answer, _)| answer);
    for answer in losses.chain([Answer::status(500), Answer::status(504)]) {
        let ran = run(Call::Revoke, [answer, not_pending()]).await;
        let expected = Expected::new(ErrorKind::Status, Outcome::Unknown);
        let error = ran.fails(expected.status(400).attempts(2)).await;
        assert!(error.is_not_pending(), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("earlier attempt may have done it"), "{text}");
    }
    // Without an earlier attempt, or with one that surely did nothing, it is somebody else's work.
    for script in [
        vec![not_pending()],
        vec![Answer::status(503), not_pending()],
    ] {
        let attempts = script.len();
        let ran = run(Call::Revoke, script).await;
        let expected = Expected::new(ErrorKind::Status, Outcome::Rejected).status(400);
        let attempts = u32::try_from(attempts).unwrap();
        let error = ran.fails(expected.attempts(attempts)).await;
        assert!(error.is_not_pending(), "{error:?}");
        assert!(!error.to_string().contains("earlier"), "{error}");
    }
}

#[tokio::test]
async fn a_lost_revoke_is_success_for_whoever_wants_the_token_dead() {
    for (answer, _) in losses() {
        let server = FaultyServer::start([answer, not_pending()]).await;
        let clerk = client(&server.url());
        let ended = clerk.sign_in_tokens().ensure_revoked("sit_1").await;
        let ended = ended.unwrap();
        assert!(
            matches!(
                ended,
                EnsureRevoked::AlreadyInactive(SignInTokenStatus::Revoked)
            ),
            "{ended:?}"
        );
        assert_eq!(server.request_count(), 2);
    }
}

#[tokio::test]
async fn no_retry_means_no_retry() {
    let ran = run_with(Call::Revoke, [Answer::reset_before_answer()], |builder| {
        builder.retry(RetryPolicy::never())
    });
    ran.await.fails(lost()).await;
}

/// A connection that the client keeps, and that the server ends as the second request comes on it.
#[tokio::test]
async fn a_kept_connection_that_ends_as_the_next_request_comes() {
    for how in [Disconnect::Close, Disconnect::Reset] {
        let script = [success().then_disconnect_on_next_request(how), success()];
        let server = FaultyServer::start(script.clone()).await;
        let clerk = client(&server.url());
        Call::Create.send(&clerk).await.unwrap();
        let ran = Ran::of(Call::Create, server, &clerk).await;
        lost().check(Call::Create, ran.error(), ran.elapsed);
        assert_eq!(ran.server.request_count(), 2, "{how:?}");
        assert_eq!(ran.server.connections(), 1, "{how:?}");

        let server = FaultyServer::start(script).await;
        let clerk = client(&server.url());
        Call::Revoke.send(&clerk).await.unwrap();
        let response = Call::Revoke.send(&clerk).await.unwrap();
        assert_eq!(response.attempts(), 2, "{how:?}");
        assert_eq!(server.request_count(), 3, "{how:?}");
        assert_eq!(server.connections(), 2, "{how:?}");
    }
}

/// A connection that ended while nobody used it: the client may notice in time, or write to it in vain.
#[tokio::test]
async fn a_kept_connection_that_ended_while_idle() {
    for how in [Disconnect::Close, Disconnect::Reset] {
        let script = [success().then_disconnect_when_idle(ms(10), how), success()];
        let server = FaultyServer::start(script.clone()).await;
        let clerk = client(&server.url());
        Call::Create.send(&clerk).await.unwrap();
        server.wait_until_disconnected().await;
        match Call::Create.send(&clerk).await {
            Ok(response) => assert_eq!(response.attempts(), 1),
            Err(error) => {
                lost().check(Call::Create, &error, error.elapsed());
            }
        }
        assert!(server.request_count() <= 2, "{how:?}");

        let server = FaultyServer::start(script).await;
        let clerk = client(&server.url());
        Call::Revoke.send(&clerk).await.unwrap();
        server.wait_until_disconnected().await;
        Call::Revoke.send(&clerk).await.unwrap();
        assert_eq!(server.request_count(), 2, "{how:?}");
    }
}
