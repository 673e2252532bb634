//! What goes over the wire, byte for byte.

use std::time::Duration;

use clerk_api::Error;
use clerk_api_tests::faulty_server::{Answer, FaultyServer, RecordedRequest};

use crate::support::{KEY, builder, clerk, predicates, token_json};

const VERSION: &str = "2026-05-12";

async fn server() -> FaultyServer {
    FaultyServer::start([Answer::ok(token_json("pending").to_string())]).await
}

/// What the client calls itself. All crates of the workspace have one version.
fn user_agent() -> String {
    format!("clerk-api-rust/{}", env!("CARGO_PKG_VERSION"))
}

/// The headers, sorted by name.
fn headers(request: &RecordedRequest) -> Vec<(String, String)> {
    let mut headers = request.headers().to_vec();
    headers.sort();
    headers
}

/// The headers of every request, and these, sorted by name.
fn expected(server: &FaultyServer, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let host = server.address().to_string();
    let (key, user_agent) = (format!("Bearer {KEY}"), user_agent());
    let common = [
        ("accept", "application/json"),
        ("authorization", &key),
        ("clerk-api-version", VERSION),
        ("host", &host),
        ("user-agent", &user_agent),
    ];
    let all = common.iter().chain(more);
    let mut all: Vec<(String, String)> = all
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    all.sort();
    all
}

#[track_caller]
fn assert_headers(server: &FaultyServer, request: &RecordedRequest, more: &[(&str, &str)]) {
    let same = headers(request) == expected(server, more);
    // Names only: the values hold the key.
    let names: Vec<&str> = request
        .headers()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(same, "other headers than expected: {names:?}");
}

/// The one request that a server got.
fn only(server: &FaultyServer) -> RecordedRequest {
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

#[tokio::test]
async fn a_create() {
    let server = server().await;
    let tokens = clerk(server.url() + "/v1").sign_in_tokens();
    tokens.create("user_1").await.unwrap();
    let request = only(&server);
    let body = r#"{"user_id":"user_1"}"#;
    assert!(
        request
            .raw()
            .starts_with(b"POST /v1/sign_in_tokens HTTP/1.1\r\n")
    );
    assert!(
        request
            .raw()
            .ends_with(format!("\r\n\r\n{body}").as_bytes())
    );
    let more = [
        ("content-type", "application/json"),
        ("content-length", "20"),
    ];
    assert_headers(&server, &request, &more);
    assert_eq!(request.header("api-version"), None);
}

#[tokio::test]
async fn a_create_with_all_options() {
    let server = server().await;
    let tokens = clerk(server.url()).sign_in_tokens();
    let create = tokens.create("user_\"1\" ä").org_id("org_1");
    create
        .expires_in(Duration::from_millis(600_999))
        .await
        .unwrap();
    let request = only(&server);
    let body = r#"{"expires_in_seconds":600,"org_id":"org_1","user_id":"user_\"1\" ä"}"#;
    assert_eq!(String::from_utf8_lossy(request.body()), body);
    let length = body.len().to_string();
    let more = [
        ("content-type", "application/json"),
        ("content-length", length.as_str()),
    ];
    assert_headers(&server, &request, &more);
}

#[tokio::test]
async fn what_is_unset_is_left_out_and_never_null() {
    let server = server().await;
    let tokens = clerk(server.url()).sign_in_tokens();
    tokens.create("user_1").org_id("org_1").await.unwrap();
    let minute = Duration::from_secs(60);
    tokens.create("user_1").expires_in(minute).await.unwrap();
    let requests = server.requests();
    let bodies = requests
        .iter()
        .map(|request| String::from_utf8_lossy(request.body()));
    assert_eq!(
        bodies.collect::<Vec<_>>(),
        [
            r#"{"org_id":"org_1","user_id":"user_1"}"#,
            r#"{"expires_in_seconds":60,"user_id":"user_1"}"#
        ]
    );
}

#[tokio::test]
async fn a_revoke_has_a_length_and_nothing_to_measure() {
    let server = server().await;
    let tokens = clerk(server.url() + "/v1").sign_in_tokens();
    tokens.revoke("sit_A-z_09").await.unwrap();
    tokens.ensure_revoked("sit_A-z_09").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let line = b"POST /v1/sign_in_tokens/sit_A-z_09/revoke HTTP/1.1\r\n";
        assert!(request.raw().starts_with(line));
        assert!(request.raw().ends_with(b"\r\n\r\n"));
        assert_headers(&server, &request, &[("content-length", "0")]);
        assert_eq!(request.header("content-type"), None);
        assert_eq!(request.header("transfer-encoding"), None);
    }
}

#[tokio::test]
async fn a_base_url_may_have_a_path_and_slashes_at_its_end() {
    for (path, create, revoke) in [
        ("", "/sign_in_tokens", "/sign_in_tokens/sit_1/revoke"),
        ("/", "/sign_in_tokens", "/sign_in_tokens/sit_1/revoke"),
        (
            "/v1/",
            "/v1/sign_in_tokens",
            "/v1/sign_in_tokens/sit_1/revoke",
        ),
        (
            "/proxy/a%20b/v1//",
            "/proxy/a%20b/v1/sign_in_tokens",
            "/proxy/a%20b/v1/sign_in_tokens/sit_1/revoke",
        ),
    ] {
        let server = server().await;
        let clerk = clerk(server.url() + path);
        clerk.sign_in_tokens().create("user_1").await.unwrap();
        clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
        clerk.api().revoke_sign_in_token("sit_1").await.unwrap();
        let requests = server.requests();
        let paths: Vec<&str> = requests.iter().map(RecordedRequest::path).collect();
        assert_eq!(paths, [create, revoke, revoke], "{path}");
    }
}

#[tokio::test]
async fn settings_that_are_headers() {
    let server = server().await;
    let clerk = builder(server.url())
        .api_version("2025-11-10")
        .user_agent_suffix("shop/1.4 (test)")
        .build()
        .unwrap();
    clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
    let request = only(&server);
    assert_eq!(request.header("clerk-api-version"), Some("2025-11-10"));
    let user_agent = user_agent() + " shop/1.4 (test)";
    assert_eq!(request.header("user-agent"), Some(user_agent.as_str()));
}

#[tokio::test]
async fn a_header_of_one_call_goes_with_that_call_and_all_its_attempts() {
    let server = FaultyServer::start([
        Answer::status(503),
        Answer::ok(token_json("pending").to_string()),
    ])
    .await;
    let tokens = clerk(server.url()).sign_in_tokens();
    let create = tokens.create("user_1").header("X-Request-Id", "first");
    create.header("x-request-id", "r1").await.unwrap();
    tokens
        .revoke("sit_1")
        .header("x-request-id", "r2")
        .await
        .unwrap();
    let ensure = tokens.ensure_revoked("sit_1").header("x-request-id", "r3");
    ensure.await.unwrap();
    tokens.revoke("sit_1").await.unwrap();
    let requests = server.requests();
    let values: Vec<Option<&str>> = requests
        .iter()
        .map(|request| request.header("x-request-id"))
        .collect();
    assert_eq!(
        values,
        [Some("r1"), Some("r1"), Some("r2"), Some("r3"), None]
    );
    assert_eq!(requests[0].body(), requests[1].body());
    assert_eq!(headers(&requests[0]), headers(&requests[1]));
}

#[tokio::test]
async fn a_header_that_will_not_do_ends_the_call_before_anything_is_sent() {
    let server = server().await;
    let tokens = clerk(server.url()).sign_in_tokens();
    for (name, value) in [
        ("authorization", "Bearer other"),
        ("Authorization", "Bearer other"),
        ("Clerk-API-Version", "2021-02-05"),
        ("user-agent", "other"),
        ("host", "other.test"),
        ("content-length", "3"),
        ("content-type", "text/plain"),
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("expect", "100-continue"),
        ("te", "trailers"),
        ("", "no name"),
        ("a b", "a space in the name"),
        ("x-ä", "a letter that names can't have"),
        ("x-a", "two\r\nlines: 1"),
        ("x-a", "\0"),
    ] {
        let errors = [
            tokens.create("user_1").header(name, value).await.err(),
            tokens.revoke("sit_1").header(name, value).await.err(),
            // A good one after it doesn't make up for it.
            tokens
                .ensure_revoked("sit_1")
                .header(name, value)
                .header("x-good", "1")
                .await
                .err(),
        ];
        let operations = [
            "CreateSignInToken",
            "RevokeSignInToken",
            "RevokeSignInToken",
        ];
        for (error, operation) in errors.into_iter().zip(operations) {
            let error: Error = error.unwrap();
            assert_eq!(predicates(&error), ["invalid_input"], "{name:?}");
            assert_eq!(error.parameter(), Some("header"), "{name:?}");
            assert_eq!(error.operation(), Some(operation), "{name:?}");
            assert_eq!(error.attempts(), 0, "{name:?}");
        }
    }
    assert_eq!((server.request_count(), server.connections()), (0, 0));
}

#[tokio::test]
async fn an_argument_that_will_not_do_ends_the_call_before_anything_is_sent() {
    let server = server().await;
    let clerk = clerk(server.url());
    let tokens = clerk.sign_in_tokens();
    for id in [
        "", ".", "..", "a/b", "..\\x", "%2e%2e", "a?b", "a#b", " ", "ä", "a\n",
    ] {
        // The generated client's ids are checked where all its calls pass; one that changes the whole path is told as that.
        let generated = clerk.api().revoke_sign_in_token(id).await.err();
        for (error, parameters) in [
            (tokens.revoke(id).await.err(), &["sign_in_token_id"][..]),
            (tokens.ensure_revoked(id).await.err(), &["sign_in_token_id"]),
            (generated.map(Error::from), &["sign_in_token_id", "path"]),
        ] {
            let error = error.unwrap();
            assert_eq!(predicates(&error), ["invalid_input"], "{id:?}");
            assert!(parameters.contains(&error.parameter().unwrap()), "{id:?}");
            assert_eq!(error.operation(), Some("RevokeSignInToken"), "{id:?}");
        }
    }
    let short = Duration::from_millis(999);
    for (create, parameter) in [
        (tokens.create(""), "user_id"),
        (tokens.create(" \t"), "user_id"),
        (tokens.create("user_1").org_id(""), "org_id"),
        (tokens.create("user_1").expires_in(short), "expires_in"),
        (
            tokens.create("user_1").expires_in(Duration::ZERO),
            "expires_in",
        ),
    ] {
        let error = create.await.unwrap_err();
        assert_eq!(predicates(&error), ["invalid_input"], "{parameter}");
        assert_eq!(error.parameter(), Some(parameter));
        assert_eq!(error.operation(), Some("CreateSignInToken"));
    }
    assert_eq!((server.request_count(), server.connections()), (0, 0));
}

#[tokio::test]
async fn another_key_goes_over_the_same_connection() {
    let server = server().await;
    let first = clerk(server.url());
    let second = first.with_secret_key("sk_test_second").unwrap();
    for clerk in [&first, &second, &first.clone(), &second.clone()] {
        clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
        // The pool takes a connection back in a task of its own.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (first, second) = (format!("Bearer {KEY}"), "Bearer sk_test_second");
    let requests = server.requests();
    let keys: Vec<bool> = requests
        .iter()
        .map(|request| request.header("authorization") == Some(second))
        .collect();
    assert_eq!(keys, [false, true, false, true]);
    assert_eq!(requests[2].header("authorization"), Some(first.as_str()));
    assert_eq!(server.connections(), 1);
}
