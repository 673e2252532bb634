//! Nothing that can be printed shows the secret key, a ticket or a link, however hard a server tries. The errors of all
//! other tests are looked at in the same way, by `Expected::check`.

use std::fmt::Debug;

use clerk_api::{Clerk, RetryPolicy, RevocationResult, Secret};
use clerk_api_tests::faulty_server::{Disconnect, FaultyServer, Reply};
use serde_json::json;
use tracing::{Level, dispatcher};

use crate::response_bodies::undecodable;
use crate::support::{
    Call, Fixture, KEY, LINK, NOT_PENDING, TICKET, assert_debug, assert_no_secret,
    assert_shows_no_secret, build, builder, success, success_with, token,
};
use crate::tracing::Recorder;

/// Error bodies that repeat a secret in every place.
fn error_bodies(secret: &str) -> Vec<String> {
    let entry = json!({
        "code": secret, "message": secret, "long_message": secret, "meta": {"param_name": secret, secret: [secret]}
    });
    let whole =
        json!({"errors": [entry, entry], "meta": {secret: secret}, "clerk_trace_id": secret});
    let with = |code: &str, long_message: &str| {
        json!({"errors": [{"code": code, "message": "m", "long_message": long_message}]})
            .to_string()
    };
    vec![
        whole.to_string(),
        format!("{whole:#}"),
        json!({"error": secret}).to_string(),
        with("c", &("x".repeat(280) + secret)),
        with(NOT_PENDING, &format!("Its status is {secret}")),
        format!("<html>{secret}</html>"),
        secret.to_owned(),
    ]
}

/// The response with a secret in its headers, those that the client reads and others.
fn with_headers(reply: Reply, secret: &str) -> Reply {
    let names = [
        "Clerk-Trace-Id",
        "cf-ray",
        "Retry-After",
        "Location",
        "Set-Cookie",
        "X-Echo",
        "Content-Type",
    ];
    let add = |reply: Reply, name| reply.header(name, secret);
    names.into_iter().fold(reply, add)
}

/// Error responses that repeat a secret.
fn error_responses(secret: &str) -> Vec<Reply> {
    let mut replies = Vec::new();
    for status in [
        400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 302, 307,
    ] {
        let reason = format!("HTTP/1.1 {status} {secret}\r\ncontent-length: 0\r\n\r\n");
        replies.push(Reply::raw(reason));
        let reply = Reply::status(status);
        replies.push(with_headers(reply.clone(), secret));
        let bodies = error_bodies(secret).into_iter();
        replies.extend(bodies.map(|body| reply.clone().body(body)));
    }
    replies
}

/// Asserts that all calls fail with each of these responses, and that neither their errors nor what is traced shows a
/// secret.
async fn assert_responses_are_safe(replies: Vec<Reply>) {
    const USER: &str = "user_observed";
    let recorder = Recorder::new(Level::TRACE);
    // The test's one thread runs the tasks of all calls, and of the HTTP client.
    let guard = dispatcher::set_default(&recorder.subscriber);
    let fixture = Fixture::sending_once().await;
    for (number, reply) in replies.into_iter().enumerate() {
        let place = format!("the error of response {number}");
        let tokens = || fixture.client([reply.clone()]).sign_in_tokens();
        let results = [tokens().create(USER).await, tokens().revoke("sit_1").await];
        for result in results {
            assert!(result.is_err(), "{place}: it succeeded");
            assert_shows_no_secret(&place, &result.unwrap_err());
        }
        // A token that isn't pending is no error here.
        match tokens().ensure_revoked("sit_1").send_with_response().await {
            Ok(response) => assert_debug(&place, &response),
            Err(error) => assert_shows_no_secret(&place, &error),
        }
    }
    let tokens = fixture.client([success_with("user_id", USER)]);
    tokens.sign_in_tokens().create(USER).await.unwrap();
    drop(guard);
    let text = recorder.text();
    for traced in ["message=debug(attempt)", r#"otel.name="CreateSignInToken""#] {
        assert!(text.contains(traced), "{traced} was not traced");
    }
    assert_no_secret("a trace", &text);
    assert!(!text.contains(USER), "the user was traced");
}

#[tokio::test]
async fn error_responses_that_repeat_a_secret_are_safe() {
    for secret in [KEY, TICKET, LINK] {
        assert_responses_are_safe(error_responses(secret)).await;
    }
}

/// JSON may escape any character, so that the bytes are not the key's.
#[tokio::test]
async fn error_responses_that_repeat_an_escaped_key_are_safe() {
    let escape = |text: &str| {
        let escaped = text.bytes().map(|byte| format!("\\u{byte:04x}"));
        escaped.collect::<String>()
    };
    let (most, last) = KEY.split_at(KEY.len() - 1);
    let mut replies = Vec::new();
    for key in [escape(KEY), most.to_owned() + &escape(last)] {
        for body in error_bodies("SECRET") {
            let body = body.replace("SECRET", &key);
            let statuses = [400, 401, 422, 500].map(Reply::status);
            replies.extend(statuses.map(|reply| reply.json(body.clone())));
        }
    }
    assert_responses_are_safe(replies).await;
}

#[tokio::test]
async fn unusable_successes_are_safe() {
    let all = format!("key={KEY} ticket={TICKET} link={LINK} authorization=Bearer {KEY}");
    let no_status = format!("HTTP/1.1 {LINK} {KEY}\r\n\r\n");
    let no_length = format!("HTTP/1.1 200 OK\r\ncontent-length: {KEY}\r\n\r\n{LINK}");
    let no_chunks = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{TICKET}\r\n");
    let bodies = undecodable().into_iter().map(|(body, _)| Reply::ok(body));
    let others = [
        Reply::ok(json!([TICKET, LINK, KEY]).to_string()),
        Reply::ok(json!({TICKET: LINK}).to_string()),
        Reply::ok(all.clone()),
        with_headers(Reply::ok("{"), &all),
        Reply::status(201).json(token()),
        success().padded_to(64 << 20),
        success().cut_after(330, Disconnect::Close),
        success().cut_after(330, Disconnect::Reset),
        Reply::raw(no_status),
        Reply::raw(no_length),
        Reply::raw(no_chunks),
    ];
    assert_responses_are_safe(bodies.chain(others).collect()).await;
}

#[tokio::test]
async fn responses_that_repeat_a_key_of_another_shape_are_safe() {
    const ODD_KEY: &str = "of-another-shape-0123456789";
    for (status, body) in [(200, "{}".to_owned()), (401, format!("<{ODD_KEY}>"))] {
        let reply = Reply::status(status).body(body);
        let server = FaultyServer::start([reply.header("clerk-trace-id", ODD_KEY)]).await;
        let clerk = build(Clerk::builder().secret_key(ODD_KEY).base_url(server.url()));
        let error = clerk.sign_in_tokens().create("user_1").await.unwrap_err();
        assert_eq!(error.trace_id(), Some("[redacted]"));
        assert!(!format!("{error} {error:?}").contains(ODD_KEY));
    }
}

#[tokio::test]
async fn debug_output_of_public_types_is_safe() {
    let server = FaultyServer::start([with_headers(success(), LINK)]).await;
    let builder = builder(&server.url());
    let clerk = build(builder.clone());
    let tokens = clerk.sign_in_tokens();
    let create = tokens.create("user_1").header("x-a", KEY);
    let revoke = tokens.revoke("sit_1").header("x-a", KEY);
    let ensure_revoked = tokens.ensure_revoked("sit_1").header("x-a", KEY);
    let response = create.clone().send_with_response().await.unwrap();
    let token = response.body().clone();
    assert!(format!("{token:?}").contains("sit_1"), "the rest is shown");
    let values: [(&str, &dyn Debug); 12] = [
        ("Secret", &Some(Secret::new(KEY))),
        ("ClerkBuilder", &builder),
        ("Clerk", &clerk),
        (
            "Clerk with another key",
            &clerk.with_secret_key(KEY).unwrap(),
        ),
        ("SignInTokens", &tokens),
        ("RetryPolicy", &RetryPolicy::default()),
        ("CreateSignInToken", &create),
        ("RevokeSignInToken", &revoke),
        ("EnsureRevokedSignInToken", &ensure_revoked),
        ("Response", &response),
        ("SignInToken", &token),
        (
            "RevocationResult",
            &RevocationResult::Revoked(token.clone()),
        ),
    ];
    for (name, value) in values {
        assert_debug(name, value);
    }
}

#[tokio::test]
async fn a_trace_id_that_repeats_a_secret_is_dropped() {
    let fixture = Fixture::start().await;
    for (header, expected) in [(KEY, None), (TICKET, None), ("trace_1", Some("trace_1"))] {
        let reply = success().header("clerk-trace-id", header);
        let ran = fixture.run(Call::Create, [reply]).await;
        assert!(ran.succeeds(1).trace_id() == expected);
    }
}

#[tokio::test]
async fn a_hostile_error_response_becomes_one_short_line() {
    let upper = KEY.to_uppercase();
    let odd = "https://a.test/?__clerk_ticket=odd!ticket&x=1 %3DeyJhbGciOiJSUzI1NiJ9xyz";
    let message = format!("{upper} {odd} \u{202e}\u{2028}\u{7}");
    let errors = vec![json!({"code": "c", "message": message}); 20_000];
    let body = json!({ "errors": errors }).to_string();
    let server = FaultyServer::start([Reply::status(422).json(body)]).await;
    let clerk = build(builder(&server.url()).max_response_bytes(8 << 20));
    let error = Call::Create.send(&clerk).await.unwrap_err();
    assert_eq!(error.errors().len(), 20_000);
    let line = error.to_string();
    assert!(line.len() < 2048, "{} bytes", line.len());
    for hidden in [&*upper, "odd!ticket", "eyJhbGci"] {
        assert!(!line.contains(hidden));
    }
    assert!(!line.contains(['\u{202e}', '\u{2028}', '\u{7}']));
    assert!(line.contains("and 19997 more"), "{line}");
}
