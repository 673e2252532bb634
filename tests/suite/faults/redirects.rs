//! Redirects: never followed, since they would take a user's id, or a token's, elsewhere.

use std::time::Instant;

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Answer, FaultyServer};

use super::support::{CALLS, Expected, build, builder, client, run, success};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

fn expected(status: u16) -> Expected {
    Expected::new(ErrorKind::Status, Outcome::Rejected).status(status)
}

#[tokio::test]
async fn to_the_same_origin() {
    for call in CALLS {
        for status in STATUSES {
            for location in ["/elsewhere", "/v1/sign_in_tokens", "", "not a URL", "//"] {
                let answer = Answer::redirect(status, location);
                let ran = run(call, [answer, success()]).await;
                let error = ran.fails(expected(status)).await;
                assert!(error.is_redirect());
                assert!(error.to_string().contains("redirect"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn to_another_origin() {
    for call in CALLS {
        for status in STATUSES {
            let other = FaultyServer::start([success()]).await;
            let location = format!("{}/v1/sign_in_tokens", other.url());
            let answer = Answer::redirect(status, location).html("<h1>Moved</h1>");
            let ran = run(call, [answer, success()]).await;
            let error = ran.fails(expected(status)).await;
            assert!(error.is_redirect());
            assert_eq!((other.connections(), other.request_count()), (0, 0));
        }
    }
}

#[tokio::test]
async fn without_a_location() {
    for call in CALLS {
        for status in [300, 302, 304, 399] {
            let ran = run(call, [Answer::status(status), success()]).await;
            ran.fails(expected(status)).await;
        }
    }
}

#[tokio::test]
async fn a_callers_own_http_client_that_follows_is_found_out() {
    for call in CALLS {
        let other = FaultyServer::start([success()]).await;
        let location = format!("{}/v1/sign_in_tokens", other.url());
        let server = FaultyServer::start([Answer::redirect(302, location)]).await;
        let http = reqwest::Client::new();
        let clerk = build(builder(&server.url()).http_client(http));
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        Expected::new(ErrorKind::Status, Outcome::Unknown).check(call, &error, begun.elapsed());
        assert!(error.to_string().contains("followed a redirect"), "{error}");
        assert_eq!(server.request_count(), 1);

        let server = FaultyServer::start([success()]).await;
        let http = reqwest::Client::new();
        let clerk = build(builder(&server.url()).http_client(http));
        call.send(&clerk).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_for_another_instance_does_not_change_that() {
    let server = FaultyServer::start([Answer::redirect(307, "/elsewhere")]).await;
    let clerk = client(&server.url()).with_secret_key("sk_test_2").unwrap();
    for call in CALLS {
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        expected(307).check(call, &error, begun.elapsed());
    }
    assert_eq!(server.request_count(), 2);
}
