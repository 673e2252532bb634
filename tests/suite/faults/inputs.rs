//! Arguments and settings that won't do: told at once, by name, before anything is sent.

use std::time::Duration;

use clerk_api::{Clerk, Error, Outcome};
use clerk_api_tests::faulty_server::FaultyServer;

use super::support::{CALLS, KEY, build, builder, client, ms, success};

#[track_caller]
fn is_refused(error: &Error, parameter: &str) {
    assert!(error.is_invalid_input(), "{error:?}");
    assert_eq!(error.parameter(), Some(parameter), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!((error.attempts(), error.status()), (0, None));
    assert!(error.to_string().contains(parameter), "{error}");
}

fn bad_ids() -> Vec<String> {
    let long = "a".repeat(10 * 1024);
    let ids = [
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        "%2e%2e",
        "a?b#c",
        " ",
        "sit_1 ",
        "a\n",
        "\r\nHost: x",
        "ä",
        "١",
        "a\0",
        "../../v1/users",
        "sit_1/../sit_2",
        "a%00",
        "a;b",
        "a:b",
        "a@b",
        &long,
    ];
    ids.map(str::to_owned).to_vec()
}

#[tokio::test]
async fn ids_that_could_make_another_request() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    let tokens = clerk.sign_in_tokens();
    for id in bad_ids() {
        let error = tokens.revoke(&id).await.unwrap_err();
        is_refused(&error, "sign_in_token_id");
        assert_eq!(error.operation(), Some("RevokeSignInToken"));
        let error = tokens.ensure_revoked(&id).await.unwrap_err();
        is_refused(&error, "sign_in_token_id");
    }
    assert_eq!((server.connections(), server.request_count()), (0, 0));
}

#[tokio::test]
async fn ids_that_could_make_another_request_of_the_generated_client() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    for id in bad_ids() {
        let error = clerk.api().revoke_sign_in_token(&id).await.unwrap_err();
        is_refused(&Error::from(error), "sign_in_token_id");
    }
    assert_eq!((server.connections(), server.request_count()), (0, 0));
}

#[tokio::test]
async fn ids_as_they_are() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    for id in ["sit_29w83sxmDNGwOuEthce5gg56FcC", "a", "-", "A_z-09"] {
        clerk.sign_in_tokens().revoke(id).await.unwrap();
        let path = format!("/v1/sign_in_tokens/{id}/revoke");
        assert_eq!(server.requests().last().unwrap().path(), path);
    }
}

#[tokio::test]
async fn users_and_organizations_that_are_empty() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    let tokens = clerk.sign_in_tokens();
    for id in ["", " ", "\t\n"] {
        let error = tokens.create(id).await.unwrap_err();
        is_refused(&error, "user_id");
        assert_eq!(error.operation(), Some("CreateSignInToken"));
        let error = tokens.create("user_1").org_id(id).await.unwrap_err();
        is_refused(&error, "org_id");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn lifetimes_below_a_second() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    let tokens = clerk.sign_in_tokens();
    for lifetime in [Duration::ZERO, Duration::from_nanos(1), ms(999)] {
        let error = tokens.create("user_1").expires_in(lifetime).await;
        is_refused(&error.unwrap_err(), "expires_in");
    }
    assert_eq!(server.connections(), 0);

    let call = tokens.create("user_1").expires_in(ms(1999));
    call.await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(server.requests()[0].body()).unwrap();
    assert_eq!(body["expires_in_seconds"], 1);
}

#[tokio::test]
async fn headers_that_can_not_be_sent() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    let tokens = clerk.sign_in_tokens();
    for (name, value) in [
        ("x-a", "b\nc"),
        ("x-a", "b\r\nauthorization: c"),
        ("x a", "b"),
        ("", "b"),
        ("x-a\r\nx-b", "c"),
        ("authorization", "Bearer other"),
        ("Content-Length", "0"),
        ("HOST", "example.test"),
        ("transfer-encoding", "chunked"),
    ] {
        let call = tokens.create("user_1").header(name, value);
        is_refused(&call.await.unwrap_err(), "header");
        let call = tokens.revoke("sit_1").header(name, value);
        is_refused(&call.await.unwrap_err(), "header");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn keys() {
    let good = client("http://127.0.0.1:1");
    for key in [
        "",
        " ",
        "\n",
        "sk_test_a\n",
        "\nsk_test_a",
        "sk_test_a\r\nx-injected: 1",
        "sk_test a",
        "sk_test_a\0",
        "sk_tést_a",
        "pk_test_a",
    ] {
        let error = Clerk::new(key).unwrap_err();
        is_refused(&error, "secret_key");
        let error = good.with_secret_key(key).unwrap_err();
        is_refused(&error, "secret_key");
    }
    is_refused(&Clerk::builder().build().unwrap_err(), "secret_key");
}

#[test]
fn base_urls() {
    for url in [
        "",
        "api.clerk.com",
        "//api.clerk.com/v1",
        "http://api.clerk.com/v1",
        "HTTP://api.clerk.com/v1",
        "http://10.0.0.1",
        "http://127.0.0.1.example.test",
        "http://localhost.example.test",
        "http://0.0.0.0",
        "ftp://api.clerk.com",
        "file:///etc/passwd",
        "ws://127.0.0.1",
        "https://api.clerk.com/v1?a=b",
        "https://api.clerk.com/v1?",
        "https://api.clerk.com/v1#a",
        "https://user@api.clerk.com/v1",
        "https://user:word@api.clerk.com/v1",
        "https://:word@api.clerk.com/v1",
        "http://user@127.0.0.1/v1",
        "https://",
        "data:text/plain,x",
    ] {
        let builder = Clerk::builder().secret_key(KEY).base_url(url);
        match builder.build() {
            Ok(clerk) => panic!("{url}: {clerk:?}"),
            Err(error) => is_refused(&error, "base_url"),
        }
    }
    for url in [
        "https://api.clerk.com/v1",
        "http://localhost:1",
        "http://127.0.0.1:1/v1",
        "http://[::1]:1",
    ] {
        build(Clerk::builder().secret_key(KEY).base_url(url));
    }
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_base_url_makes_no_difference() {
    let server = FaultyServer::start([success()]).await;
    let url = server.url();
    let mut requests = Vec::new();
    for end in ["/v1", "/v1/", "/v1//"] {
        let clerk = build(builder(&url).base_url(format!("{url}{end}")));
        for call in CALLS {
            call.send(&clerk).await.unwrap();
        }
        let requested = server.requests();
        let last = &requested[requested.len() - 2..];
        requests.push([last[0].raw().to_vec(), last[1].raw().to_vec()]);
    }
    assert!(requests.iter().all(|request| *request == requests[0]));

    for end in ["", "/"] {
        let clerk = build(builder(&url).base_url(format!("{url}{end}")));
        clerk.sign_in_tokens().create("user_1").await.unwrap();
        assert_eq!(server.requests().last().unwrap().path(), "/sign_in_tokens");
    }
}
