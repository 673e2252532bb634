//! Redirects are never followed: that would take the key, and a user's or a token's id, elsewhere.

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{FaultyServer, RefusedPort, Reply};

use crate::support::{CALLS, Expected, Fixture, TICKET, success};

#[tokio::test]
async fn redirects_are_errors_and_not_followed() {
    let fixture = Fixture::start().await;
    let other = FaultyServer::start([success()]).await;
    let elsewhere = format!("{}/v1/sign_in_tokens", other.url());
    let locations = ["/v1/sign_in_tokens", "", "not a URL", "//", &elsewhere];
    for status in [301, 302, 303, 307, 308] {
        for location in locations {
            for call in CALLS {
                let reply = Reply::redirect(status, location).html("<h1>Moved</h1>");
                let ran = fixture.run(call, [reply, success()]).await;
                let error = ran.fails(Expected::rejected(status)).await;
                assert!(error.is_redirect());
                assert!(error.to_string().contains("redirect"), "{error}");
            }
        }
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_user_supplied_http_client_that_follows_redirects_is_detected() {
    let other = FaultyServer::start([success()]).await;
    let refused = RefusedPort::take();
    let fixture = Fixture::with(|builder| builder.http_client(reqwest::Client::new())).await;
    for call in CALLS {
        // The second can't be followed, but the request was sent before.
        for host in [other.url(), refused.url()] {
            let location = format!("{host}/v1/sign_in_tokens?{TICKET}");
            let redirected = Reply::redirect(302, location);
            let ran = fixture.run(call, [redirected, success()]).await;
            let error = ran
                .fails(Expected::new(ErrorKind::Status, Outcome::Unknown))
                .await;
            assert!(error.to_string().contains("followed a redirect"), "{error}");
        }
        fixture.run(call, [success()]).await.succeeds(1);
    }
}
