//! Arguments and settings that can't be used: the error names them, and nothing is sent.

use std::time::Duration;

use clerk_api::{Clerk, ClerkBuilder, Error, Outcome, Rate};
use clerk_api_tests::faulty_server::FaultyServer;

use crate::support::{
    KEY, LINK, TICKET, assert_debug, assert_shows_no_secret, build, client, ms, serve, success,
};

#[track_caller]
fn assert_invalid<T>(result: Result<T, Error>, parameter: &str, operation: Option<&str>) {
    let error = result
        .err()
        .unwrap_or_else(|| panic!("{parameter} was accepted"));
    assert!(error.is_invalid_input(), "{error:?}");
    assert_eq!(error.parameter(), Some(parameter), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!((error.attempts(), error.status()), (0, None));
    assert_eq!(error.operation(), operation, "{error:?}");
    assert!(error.to_string().contains(parameter), "{error}");
    assert_shows_no_secret(parameter, &error);
}

/// Also asserts that `Debug` of the builder, which has the invalid value, shows no secret.
#[track_caller]
fn assert_not_built(builder: ClerkBuilder, parameter: &str) {
    assert_debug("a builder", &builder);
    assert_invalid(builder.build(), parameter, None);
}

const CREATE: Option<&str> = Some("CreateSignInToken");
const REVOKE: Option<&str> = Some("RevokeSignInToken");

#[tokio::test]
async fn an_id_with_other_characters_is_rejected() {
    let (server, clerk) = serve([success()]).await;
    let tokens = clerk.sign_in_tokens();
    let long = "a".repeat(10 * 1024);
    let characters = [
        "", ".", "..", "a/b", "a\\b", "..\\x", "%2e%2e", "a?b#c", " ", "sit_1 ", "a\n", "ä", "١",
        "a\0", "a%00", "a;b", "a:b", "a@b",
    ];
    // The last two are easily mistaken for the id.
    let others = ["\r\nHost: x", "../../v1/users", &*long, TICKET, LINK];
    for id in characters.into_iter().chain(others) {
        assert_invalid(tokens.revoke(id).await, "sign_in_token_id", REVOKE);
        let ensured = tokens.ensure_revoked(id).await;
        assert_invalid(ensured, "sign_in_token_id", REVOKE);
    }
    for id in ["", ".", "..", "a/b", "a\\b"] {
        let call = clerk.call().send(|api| api.revoke_sign_in_token(id)).await;
        assert_invalid(call, "sign_in_token_id", REVOKE);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn invalid_arguments_of_a_create_are_rejected() {
    let server = FaultyServer::start([success()]).await;
    let tokens = client(&server.url()).sign_in_tokens();
    for id in ["", " ", "\t\n"] {
        assert_invalid(tokens.create(id).await, "user_id", CREATE);
        let created = tokens.create("user_1").org_id(id).await;
        assert_invalid(created, "org_id", CREATE);
    }
    for lifetime in [Duration::ZERO, Duration::from_nanos(1), ms(999)] {
        let created = tokens.create("user_1").expires_in(lifetime).await;
        assert_invalid(created, "expires_in", CREATE);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_reserved_or_malformed_header_is_rejected() {
    let (server, clerk) = serve([success()]).await;
    let tokens = clerk.sign_in_tokens();
    let key_and_newline = format!("{KEY}\n");
    for (name, value) in [
        ("authorization", "Bearer other"),
        ("Authorization", "Bearer other"),
        ("Clerk-API-Version", "2021-02-05"),
        ("user-agent", "other"),
        ("HOST", "other.test"),
        ("Content-Length", "3"),
        ("content-type", "text/plain"),
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("expect", "100-continue"),
        ("te", "trailers"),
        ("", "no name"),
        ("a b", "a space in the name"),
        ("x-ä", "a letter that names can't have"),
        ("x-a\r\nx-b", "c"),
        ("x-a", "b\nc"),
        ("x-a", "b\r\nauthorization: c"),
        ("x-a", "\0"),
        ("x-a", &key_and_newline),
    ] {
        let create = tokens.create("user_1").header(name, value);
        assert_invalid(create.await, "header", CREATE);
        let revoke = tokens.revoke("sit_1").header(name, value);
        assert_invalid(revoke.await, "header", REVOKE);
        // A valid header after it changes nothing.
        let ensure = tokens.ensure_revoked("sit_1").header(name, value);
        assert_invalid(ensure.header("x-good", "1").await, "header", REVOKE);
        let mut call = clerk.call().header(name, value);
        let call = call.send(|api| api.revoke_sign_in_token("sit_1")).await;
        assert_invalid(call, "header", REVOKE);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_invalid_secret_key_is_rejected() {
    let good = client("http://127.0.0.1:1");
    for key in [
        "",
        " ",
        "\n",
        "pk_test_a",
        &format!("pk_{KEY}"),
        &format!("{KEY}\n"),
        &format!("\n{KEY}"),
        &format!("{KEY} "),
        &format!("{KEY} a"),
        &format!("{KEY}\r\nx-injected: 1"),
        &format!("{KEY}\0"),
        &format!("{KEY}é"),
    ] {
        assert_invalid(Clerk::new(key), "secret_key", None);
        assert_invalid(good.with_secret_key(key), "secret_key", None);
        assert_not_built(Clerk::builder().secret_key(key), "secret_key");
    }
    assert_invalid(Clerk::builder().build(), "secret_key", None);
}

#[test]
fn an_invalid_base_url_is_rejected() {
    let with = |url: &str| Clerk::builder().secret_key(KEY).base_url(url);
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
        "ftp://localhost",
        "file:///etc/passwd",
        "ws://127.0.0.1",
        "https://api.clerk.com/v1?a=b",
        "https://api.clerk.com/v1?",
        "https://api.clerk.com/v1#a",
        "https://:word@api.clerk.com/v1",
        "http://user@127.0.0.1/v1",
        "https://",
        "data:text/plain,x",
        &format!("https://user:{KEY}@api.clerk.com"),
        &format!("https://{KEY}@api.clerk.com"),
        &format!("https://api.clerk.com?{LINK}"),
        &format!("http://{KEY}"),
        &format!("{KEY}://x"),
        &format!("https://a b{KEY}"),
        &format!("https://a:{KEY}"),
        TICKET,
    ] {
        assert_not_built(with(url), "base_url");
    }
    // Without TLS only on this machine.
    for url in [
        "https://api.clerk.com/v1",
        "https://proxy.example.com/clerk/v1/",
        "http://localhost:8080/v1",
        "http://127.0.0.1:1",
        "http://[::1]:1/v1",
    ] {
        build(with(url));
    }
}

#[test]
fn an_invalid_setting_of_the_client_is_rejected() {
    let good = || Clerk::builder().secret_key(KEY);
    let zero = Duration::ZERO;
    let line = format!("{KEY}\n");
    for (builder, parameter) in [
        (good().api_version(""), "api_version"),
        (good().api_version("2026\n"), "api_version"),
        (good().api_version(&line), "api_version"),
        (good().user_agent_suffix(line), "user_agent_suffix"),
        (good().user_agent_suffix("a\r\nb: c"), "user_agent_suffix"),
        (good().connect_timeout(zero), "connect_timeout"),
        (good().attempt_timeout(zero), "attempt_timeout"),
        (good().operation_timeout(zero), "operation_timeout"),
    ] {
        assert_invalid(builder.build(), parameter, None);
    }
}

#[test]
fn an_invalid_rate_or_concurrency_is_rejected() {
    for (requests, period, parameter) in [
        (0, Duration::from_secs(1), "requests"),
        (1, Duration::ZERO, "period"),
        (1, Duration::MAX, "period"),
    ] {
        assert_invalid(Rate::new(requests, period), parameter, None);
    }
    let tokens = client("http://127.0.0.1:1").sign_in_tokens();
    let many = tokens.create_many(["user_1"]).concurrency(0);
    assert_invalid(many.start(), "concurrency", None);
}
