//! Nothing that can be printed shows the secret key, a ticket or a link, however hard a server tries.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::LazyLock;

use clerk_api::types::{ClerkErrors, CreateSignInTokenBody, SignInToken};
use clerk_api::{Clerk, EnsureRevoked, Error, RetryPolicy, Secret};
use clerk_api_tests::faulty_server::{
    Answer, Disconnect, ErrorCode, FaultyHttp2Server, FaultyServer, Http2Answer, RefusedPort,
};
use serde_json::json;

use crate::support::{
    Fixture, KEY, LINK, NOT_PENDING, TICKET, Traced, build, builder, client, ms, quick, success,
    token,
};

/// Enough of each secret that a part of it that was cut off is found too.
static PARTS_OF_SECRETS: LazyLock<Vec<String>> = LazyLock::new(|| {
    // Every key begins with its prefix, and every ticket with what comes before its claims.
    let key = KEY.trim_start_matches("sk_test_");
    let mut parts = vec![key[..10].to_owned(), key[key.len() - 10..].to_owned()];
    parts.extend(TICKET.split('.').skip(1).map(|part| part[..12].to_owned()));
    // As the bytes that `Debug` shows.
    for secret in [KEY, TICKET] {
        let bytes: Vec<String> = secret
            .bytes()
            .take(8)
            .map(|byte| byte.to_string())
            .collect();
        parts.push(bytes.join(", "));
    }
    parts
});

/// Says where a secret is shown, without showing it.
#[track_caller]
fn assert_no_secret(place: &str, text: &str) {
    let mut parts = PARTS_OF_SECRETS.iter();
    assert!(
        !parts.any(|part| text.contains(part)),
        "{place} shows a secret"
    );
}

#[track_caller]
fn assert_debug(place: &str, value: &impl Debug) {
    assert_no_secret(place, &format!("{value:?} {value:#?}"));
}

/// An error, and all that lies below it.
#[track_caller]
fn assert_error(place: &str, error: &(dyn StdError + 'static)) {
    assert_no_secret(place, &format!("{error} {error:#} {error:?} {error:#?}"));
    if let Some(source) = error.source() {
        assert_error(&format!("{place}, source"), source);
    }
}

#[track_caller]
fn assert_fails<T>(place: &str, result: Result<T, Error>) {
    let error = result
        .err()
        .unwrap_or_else(|| panic!("{place}: it succeeded"));
    assert_error(place, &error);
}

/// Error bodies that repeat a secret in every place.
fn error_bodies(secret: &str) -> Vec<String> {
    let entry = json!({
        "code": secret, "message": secret, "long_message": secret, "meta": {"param_name": secret, secret: [secret]}
    });
    let whole =
        json!({"errors": [entry, entry], "meta": {secret: secret}, "clerk_trace_id": secret});
    let with = |code: &str, long_message: String| json!({"errors": [{"code": code, "message": "m", "long_message": long_message}]});
    vec![
        whole.to_string(),
        format!("{whole:#}"),
        json!({"error": secret}).to_string(),
        with("c", "x".repeat(280) + secret).to_string(),
        with(NOT_PENDING, format!("Its status is {secret}")).to_string(),
        format!("<html>{secret}</html>"),
        secret.to_owned(),
    ]
}

/// The response with a secret in its headers, those that the client reads and others.
fn with_headers(answer: Answer, secret: &str) -> Answer {
    let names = [
        "Clerk-Trace-Id",
        "cf-ray",
        "Retry-After",
        "Location",
        "Set-Cookie",
        "X-Echo",
        "Content-Type",
    ];
    let add = |answer: Answer, name| answer.header(name, secret);
    names.into_iter().fold(answer, add)
}

/// Error responses that repeat a secret, each with a name.
fn error_responses(secret: &str) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for status in [
        400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 302, 307,
    ] {
        for (number, body) in error_bodies(secret).into_iter().enumerate() {
            let name = format!("{status}, body {number}");
            let answer = Answer::status(status).body(body).reason(secret);
            let with_headers = with_headers(answer.clone(), secret);
            answers.push((format!("{name}, headers"), with_headers));
            answers.push((name, answer));
        }
    }
    answers
}

/// Responses of success that can't be used; their bodies are secrets.
fn unusable_successes() -> Vec<(String, Answer)> {
    let whole = token();
    let all = format!("key={KEY} ticket={TICKET} link={LINK} authorization=Bearer {KEY}");
    let wrong_type = whole.replace("1638000669544", &json!(LINK).to_string());
    let raw = |text: String| Answer::raw(format!("HTTP/1.1 {text}"));
    let answers = [
        ("cut JSON", Answer::ok(whole[..whole.len() - 20].to_owned())),
        ("a list", Answer::ok(json!([TICKET, LINK, KEY]).to_string())),
        ("a wrong type", Answer::ok(wrong_type)),
        (
            "an unknown field",
            Answer::ok(json!({TICKET: LINK}).to_string()),
        ),
        ("text", Answer::ok(all.clone())),
        ("headers", with_headers(Answer::ok("{"), &all)),
        ("created", Answer::status(201).json(whole.clone())),
        ("too large", success().padded_to(64 << 20)),
        ("cut", success().cut_after(330, Disconnect::Close)),
        ("reset", success().cut_after(330, Disconnect::Reset)),
        ("no status", raw(format!("{LINK} {KEY}\r\n\r\n"))),
        (
            "no length",
            raw(format!("200 OK\r\ncontent-length: {KEY}\r\n\r\n{LINK}")),
        ),
        (
            "no chunks",
            raw(format!(
                "200 OK\r\ntransfer-encoding: chunked\r\n\r\n{TICKET}\r\n{LINK}\r\n"
            )),
        ),
    ];
    answers
        .map(|(name, answer)| (name.to_owned(), answer))
        .into()
}

/// That all calls fail with each of these responses, and show nothing.
async fn assert_responses_are_safe(answers: Vec<(String, Answer)>) {
    let fixture = Fixture::with(|builder| builder.retry(RetryPolicy::never())).await;
    for (name, answer) in answers {
        let tokens = || fixture.client([answer.clone()]).sign_in_tokens();
        assert_fails(&name, tokens().create("user_1").await);
        assert_fails(&name, tokens().revoke("sit_1").await);
        // To this one a token that isn't pending is no error.
        match tokens().ensure_revoked("sit_1").with_response().await {
            Ok(response) => assert_debug(&name, &response),
            Err(error) => assert_error(&name, &error),
        }
    }
}

#[tokio::test]
async fn error_responses_that_repeat_a_secret() {
    for secret in [KEY, TICKET, LINK] {
        assert_responses_are_safe(error_responses(secret)).await;
    }
}

/// JSON may write any character by its number, so that the bytes are not the key's.
#[tokio::test]
async fn error_responses_that_repeat_the_key_in_disguise() {
    let escape = |text: &str| {
        let escaped = text
            .chars()
            .map(|character| format!("\\u{:04x}", u32::from(character)));
        escaped.collect::<String>()
    };
    let (most, last) = KEY.split_at(KEY.len() - 1);
    let mut answers = Vec::new();
    for key in [escape(KEY), most.to_owned() + &escape(last)] {
        for body in error_bodies("SECRET") {
            let body = body.replace("SECRET", &key);
            for status in [400, 401, 422, 500] {
                let answer = Answer::status(status).json(body.clone());
                answers.push((format!("{status}"), answer));
            }
        }
    }
    assert_responses_are_safe(answers).await;
}

#[tokio::test]
async fn responses_of_success_that_can_not_be_used() {
    assert_responses_are_safe(unusable_successes()).await;
}

#[tokio::test]
async fn a_key_of_another_shape_that_is_repeated() {
    const ODD_KEY: &str = "of-another-shape-0123456789";
    for (status, body) in [(200, "{}".to_owned()), (401, format!("<{ODD_KEY}>"))] {
        let answer = Answer::status(status).body(body);
        let server = FaultyServer::start([answer.header("clerk-trace-id", ODD_KEY)]).await;
        let clerk = build(Clerk::builder().secret_key(ODD_KEY).base_url(server.url()));
        let error = clerk.sign_in_tokens().create("user_1").await.unwrap_err();
        assert_eq!(error.trace_id(), Some("[redacted]"));
        assert!(!format!("{error} {error:?}").contains(ODD_KEY));
    }
}

#[tokio::test]
async fn failures_without_a_response() {
    let refused = RefusedPort::take();
    let untrusted = FaultyServer::start_tls([success()]).await;
    let silent = FaultyServer::start([Answer::never()]).await;
    let stalled = FaultyServer::start([success().stall_after(330)]).await;
    let reset = FaultyServer::start([Answer::reset_before_answer()]).await;
    let closed = FaultyServer::start([Answer::close_before_answer()]).await;
    // A redirect that was followed, which only a user-supplied HTTP client does.
    let elsewhere = silent.url().replace("127.0.0.1", "localhost");
    let redirect = Answer::redirect(307, format!("{elsewhere}/?{TICKET}"));
    let redirecting = FaultyServer::start([redirect]).await;
    let following = builder(&redirecting.url()).http_client(reqwest::Client::new());
    for (name, builder) in [
        ("refused", builder(&refused.url())),
        ("untrusted", builder(&untrusted.url())),
        ("silent", builder(&silent.url())),
        ("stalled", builder(&stalled.url())),
        ("reset", builder(&reset.url())),
        ("closed", builder(&closed.url())),
        ("unresolved", builder("https://does-not-exist.invalid")),
        ("redirected", following),
    ] {
        let clerk = build(
            builder
                .attempt_timeout(ms(200))
                .retry(quick().max_attempts(2)),
        );
        assert_fails(name, clerk.sign_in_tokens().create("user_1").await);
        assert_fails(name, clerk.sign_in_tokens().revoke("sit_1").await);
        assert_debug(name, &clerk);
    }
}

#[tokio::test]
async fn failures_of_http2() {
    for (name, answer) in [
        ("refused", Http2Answer::refused_stream()),
        (
            "go away",
            Http2Answer::go_away_processed(ErrorCode::InternalError),
        ),
        ("reset", Http2Answer::reset_stream(ErrorCode::InternalError)),
        (
            "500",
            Http2Answer::status(500)
                .header("clerk-trace-id", KEY)
                .body(format!("{KEY} {LINK}")),
        ),
        (
            "cut",
            Http2Answer::ok(token()).then_reset_stream(ErrorCode::Cancel),
        ),
        ("undecodable", Http2Answer::ok(format!("[{}]", token()))),
    ] {
        let server = FaultyHttp2Server::start([answer]).await;
        let http = reqwest::Client::builder().http2_prior_knowledge();
        let http = http.retry(reqwest::retry::never()).build().unwrap();
        let clerk = build(builder(&server.url()).http_client(http));
        assert_fails(name, clerk.sign_in_tokens().create("user_1").await);
        assert_fails(name, clerk.sign_in_tokens().revoke("sit_1").await);
    }
}

#[tokio::test]
async fn invalid_input() {
    let clerk = client("http://127.0.0.1:1");
    for key in [
        format!("{KEY}\n"),
        format!("{KEY} "),
        format!("pk_{KEY}"),
        format!("{KEY}ä"),
    ] {
        let builder = Clerk::builder().secret_key(key.clone());
        assert_debug("a builder with a bad key", &builder);
        assert_fails("a bad key", builder.build());
        assert_fails("another bad key", clerk.with_secret_key(key));
    }
    let good = || Clerk::builder().secret_key(KEY);
    for url in [
        format!("https://user:{KEY}@api.clerk.com"),
        format!("https://{KEY}@api.clerk.com"),
        format!("https://api.clerk.com?{LINK}"),
        format!("http://{KEY}"),
        format!("{KEY}://x"),
        format!("https://a b{KEY}"),
        format!("https://a:{KEY}"),
        TICKET.to_owned(),
    ] {
        let builder = good().base_url(url);
        assert_debug("a builder with a bad URL", &builder);
        assert_fails("a bad URL", builder.build());
    }
    let line = format!("{KEY}\n");
    assert_fails("a user agent", good().user_agent_suffix(&line).build());
    assert_fails("a version", good().api_version(&line).build());
    let tokens = clerk.sign_in_tokens();
    assert_fails(
        "a header",
        tokens.create("user_1").header("x-a", line).await,
    );
    // To give the ticket or the link instead of the id is a mistake that is easily made.
    for id in [TICKET, LINK] {
        assert_fails("an id", tokens.revoke(id).await);
        assert_fails("an id", tokens.ensure_revoked(id).await);
    }
}

#[tokio::test]
async fn debug_of_every_public_type() {
    assert_debug("Secret", &Some(Secret::new(KEY)));
    let server = FaultyServer::start([with_headers(success(), LINK)]).await;
    let builder = builder(&server.url());
    assert_debug("ClerkBuilder", &builder);
    let clerk = build(builder);
    assert_debug("Clerk", &clerk);
    assert_debug(
        "Clerk with another key",
        &clerk.with_secret_key(KEY).unwrap(),
    );
    let tokens = clerk.sign_in_tokens();
    assert_debug("SignInTokens", &tokens);
    assert_debug("RetryPolicy", &RetryPolicy::default());
    let create = tokens.create("user_1").header("x-a", KEY);
    assert_debug("CreateSignInToken", &create);
    let revoke = tokens.revoke("sit_1").header("x-a", KEY);
    assert_debug("RevokeSignInToken", &revoke);
    let ensure_revoked = tokens.ensure_revoked("sit_1").header("x-a", KEY);
    assert_debug("EnsureRevokedSignInToken", &ensure_revoked);

    let response = create.with_response().await.unwrap();
    assert_debug("Response", &response);
    let token: SignInToken = response.into_value();
    assert_debug("SignInToken", &token);
    assert!(format!("{token:?}").contains("sit_1"), "the rest is shown");
    assert_debug("EnsureRevoked", &EnsureRevoked::Revoked(token));
    assert_debug(
        "CreateSignInTokenBody",
        &CreateSignInTokenBody::new("user_1"),
    );
    let errors: ClerkErrors = serde_json::from_value(json!({"errors": []})).unwrap();
    assert_debug("ClerkErrors", &errors);
}

#[tokio::test]
async fn what_is_traced() {
    let traced = Traced::default();
    // If there is only one subscriber, tracing may ask only the thread that meets an event first, which can be another
    // test's.
    let second = tracing::Dispatch::new(tracing_subscriber::registry());
    // The test's one thread runs the tasks of all calls, and of the HTTP client.
    let guard = tracing::subscriber::set_default(traced.subscriber());
    let mut answers = unusable_successes();
    for secret in [KEY, TICKET, LINK] {
        answers.extend(
            error_responses(secret)
                .into_iter()
                .filter(|(name, _)| name.contains("body 0")),
        );
    }
    assert_responses_are_safe(answers).await;
    drop((guard, second));
    let text = traced.text();
    assert!(text.contains("clerk_api: attempt"), "no attempt was traced");
    assert_no_secret("a trace", &text);
}
