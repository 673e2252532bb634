//! What is sent, byte for byte: request lines, headers, bodies, and over which connections.

use std::time::Duration;

use clerk_api_tests::faulty_server::{FaultyServer, RecordedRequest, Reply};

use crate::support::{KEY, build, builder, client, ms, success, success_with};

fn user_agent() -> String {
    // All crates of the workspace have the same version.
    format!("clerk-api-rust/{}", env!("CARGO_PKG_VERSION"))
}

/// Asserts that a request has this line, these headers in addition to those of every request, and this body.
#[track_caller]
pub(crate) fn assert_sent(
    request: &RecordedRequest,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) {
    let raw = request.raw();
    assert!(raw.starts_with(line.as_bytes()), "{}", request.path());
    assert!(raw.ends_with(format!("\r\n\r\n{body}").as_bytes()));
    let (key, user_agent) = (format!("Bearer {KEY}"), user_agent());
    let mut expected = vec![
        ("accept", "application/json"),
        ("authorization", &key),
        ("clerk-api-version", "2026-05-12"),
        ("host", request.header("host").unwrap()),
        ("user-agent", &user_agent),
    ];
    expected.extend(headers);
    expected.sort_unstable();
    let headers = request.headers().iter();
    let mut sent: Vec<_> = headers.map(|(name, value)| (&**name, &**value)).collect();
    sent.sort_unstable();
    // Names only, because the values contain the key.
    let names: Vec<&str> = sent.iter().map(|(name, _)| *name).collect();
    assert!(sent == expected, "other headers than expected: {names:?}");
}

#[tokio::test]
async fn create_sends_user_organization_and_lifetime() {
    let odd_user = "user_\"1\" ä";
    let last = success_with("user_id", odd_user);
    let server = FaultyServer::start([success(), success(), success(), last]).await;
    let tokens = client(&server.url()).sign_in_tokens();
    let minute = Duration::from_secs(60);
    let create = || tokens.create("user_1");
    create().await.unwrap();
    create().org_id("org_1").await.unwrap();
    create().expires_in(minute).await.unwrap();
    let all = tokens.create(odd_user).org_id("org_1");
    all.expires_in(ms(600_999)).await.unwrap();
    for (request, body) in server.requests().iter().zip([
        r#"{"user_id":"user_1"}"#,
        r#"{"org_id":"org_1","user_id":"user_1"}"#,
        r#"{"expires_in_seconds":60,"user_id":"user_1"}"#,
        r#"{"expires_in_seconds":600,"org_id":"org_1","user_id":"user_\"1\" ä"}"#,
    ]) {
        let length = body.len().to_string();
        let headers = [
            ("content-length", length.as_str()),
            ("content-type", "application/json"),
        ];
        let line = "POST /v1/sign_in_tokens HTTP/1.1\r\n";
        assert_sent(request, line, &headers, body);
    }
    assert_eq!(server.request_count(), 4);
}

#[tokio::test]
async fn revoke_sends_an_empty_body() {
    let server = FaultyServer::start([success_with("id", "sit_A-z_09")]).await;
    let tokens = client(&server.url()).sign_in_tokens();
    tokens.revoke("sit_A-z_09").await.unwrap();
    tokens.ensure_revoked("sit_A-z_09").await.unwrap();
    for request in server.requests() {
        let line = "POST /v1/sign_in_tokens/sit_A-z_09/revoke HTTP/1.1\r\n";
        assert_sent(&request, line, &[("content-length", "0")], "");
    }
    assert_eq!(server.request_count(), 2);
}

#[tokio::test]
async fn a_base_url_may_have_a_path_and_slashes_at_its_end() {
    let server = FaultyServer::start([success()]).await;
    let url = server.url();
    for (end, path) in [
        ("", ""),
        ("/", ""),
        ("/v1", "/v1"),
        ("/v1//", "/v1"),
        ("/proxy/a%20b/v1//", "/proxy/a%20b/v1"),
    ] {
        let clerk = build(builder(&url).base_url(format!("{url}{end}")));
        clerk.sign_in_tokens().create("user_1").await.unwrap();
        clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
        let requests = server.requests();
        let paths = requests.iter().rev().map(RecordedRequest::path);
        let revoke = format!("{path}/sign_in_tokens/sit_1/revoke");
        let create = format!("{path}/sign_in_tokens");
        assert!(paths.take(2).eq([revoke, create]), "{end}");
    }
}

#[tokio::test]
async fn api_version_and_user_agent_can_be_set() {
    let server = FaultyServer::start([success()]).await;
    let builder = builder(&server.url()).api_version("2025-11-10");
    let clerk = build(builder.user_agent_suffix("shop/1.4 (test)"));
    clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("clerk-api-version"), Some("2025-11-10"));
    let user_agent = user_agent() + " shop/1.4 (test)";
    assert_eq!(request.header("user-agent"), Some(user_agent.as_str()));
}

#[tokio::test]
async fn a_header_of_one_call_is_sent_with_all_its_attempts() {
    let server = FaultyServer::start([Reply::status(503), success()]).await;
    let tokens = client(&server.url()).sign_in_tokens();
    let create = tokens.create("user_1").header("X-Request-Id", "first");
    create.header("x-request-id", "r1").await.unwrap();
    let revoke = tokens.revoke("sit_1").header("x-request-id", "r2");
    revoke.await.unwrap();
    let ensure = tokens.ensure_revoked("sit_1").header("x-request-id", "r3");
    ensure.await.unwrap();
    tokens.revoke("sit_1").await.unwrap();
    let requests = server.requests();
    let values = requests
        .iter()
        .map(|request| request.header("x-request-id"));
    let expected = [Some("r1"), Some("r1"), Some("r2"), Some("r3"), None];
    assert_eq!(values.collect::<Vec<_>>(), expected);
    assert!(requests[0].raw() == requests[1].raw(), "they differ");
}

#[tokio::test]
async fn clones_and_clients_with_another_key_share_a_connection() {
    let server = FaultyServer::start([success()]).await;
    let first = client(&server.url());
    let second = first.with_secret_key("sk_test_second").unwrap();
    for clerk in [&first, &second, &first.clone(), &second.clone()] {
        clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
        // The pool takes a connection back in its own task.
        tokio::time::sleep(ms(5)).await;
    }
    let (first, second) = (format!("Bearer {KEY}"), "Bearer sk_test_second");
    let requests = server.requests();
    let keys = requests
        .iter()
        .map(|request| request.header("authorization"));
    let expected = [&first, second, &first, second].map(Some);
    assert!(keys.eq(expected), "other keys than expected");
    assert_eq!(server.connections(), 1);
}
