//! Nothing that can be printed shows the secret key, a ticket or a link, however hard a server tries. The errors of all
//! other tests are looked at in the same way, by `Expected::check`.

use std::fmt::Debug;

use clerk_api::types::SignInToken;
use clerk_api::{Clerk, Error, RetryPolicy, RevocationResult, Secret};
use clerk_api_tests::faulty_server::{Answer, Disconnect, FaultyServer};
use serde_json::json;

use crate::support::{
    Call, Fixture, KEY, LINK, NOT_PENDING, TICKET, assert_no_secret, assert_shows_no_secret, build,
    builder, client, success, token,
};
use crate::tracing::Traced;

#[track_caller]
fn assert_debug(place: &str, value: &impl Debug) {
    assert_no_secret(place, &format!("{value:?} {value:#?}"));
}

#[track_caller]
fn assert_fails<T>(place: &str, result: Result<T, Error>) {
    let error = result
        .err()
        .unwrap_or_else(|| panic!("{place}: it succeeded"));
    assert_shows_no_secret(place, &error);
}

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
        let answer = Answer::status(status).reason(secret);
        let headers = with_headers(answer.clone(), secret);
        answers.push((format!("{status}, headers"), headers));
        for (number, body) in error_bodies(secret).into_iter().enumerate() {
            let name = format!("{status}, body {number}");
            answers.push((name, answer.clone().body(body)));
        }
    }
    answers
}

/// Responses of success that can't be used; their bodies are secrets.
fn unusable_successes() -> Vec<(String, Answer)> {
    let whole = token();
    let all = format!("key={KEY} ticket={TICKET} link={LINK} authorization=Bearer {KEY}");
    let wrong_type = whole.replace("1638000669544", &json!(LINK).to_string());
    let no_length = format!("HTTP/1.1 200 OK\r\ncontent-length: {KEY}\r\n\r\n{LINK}");
    let no_chunks = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{TICKET}\r\n");
    let unknown_field = json!({TICKET: LINK}).to_string();
    let answers = [
        ("cut JSON", Answer::ok(whole[..whole.len() - 20].to_owned())),
        ("a list", Answer::ok(json!([TICKET, LINK, KEY]).to_string())),
        ("a wrong type", Answer::ok(wrong_type)),
        ("an unknown field", Answer::ok(unknown_field)),
        ("text", Answer::ok(all.clone())),
        ("headers", with_headers(Answer::ok("{"), &all)),
        ("created", Answer::status(201).json(whole.clone())),
        ("too large", success().padded_to(64 << 20)),
        ("cut", success().cut_after(330, Disconnect::Close)),
        ("reset", success().cut_after(330, Disconnect::Reset)),
        (
            "no status",
            Answer::raw(format!("HTTP/1.1 {LINK} {KEY}\r\n\r\n")),
        ),
        ("no length", Answer::raw(no_length)),
        ("no chunks", Answer::raw(no_chunks)),
    ];
    answers
        .map(|(name, answer)| (name.to_owned(), answer))
        .into()
}

/// That all calls fail with each of these responses, and show nothing.
async fn assert_responses_are_safe(answers: Vec<(String, Answer)>) {
    let fixture = Fixture::sending_once().await;
    for (name, answer) in answers {
        let tokens = || fixture.client([answer.clone()]).sign_in_tokens();
        assert_fails(&name, tokens().create("user_1").await);
        assert_fails(&name, tokens().revoke("sit_1").await);
        // To this one a token that isn't pending is no error.
        match tokens().ensure_revoked("sit_1").send_with_response().await {
            Ok(response) => assert_debug(&name, &response),
            Err(error) => assert_shows_no_secret(&name, &error),
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
        let escaped = text.bytes().map(|byte| format!("\\u{byte:04x}"));
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
    let with_header = tokens.create("user_1").header("x-a", line);
    assert_fails("a header", with_header.await);
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
    let other = clerk.with_secret_key(KEY).unwrap();
    assert_debug("Clerk with another key", &other);
    let tokens = clerk.sign_in_tokens();
    assert_debug("SignInTokens", &tokens);
    assert_debug("RetryPolicy", &RetryPolicy::default());
    let create = tokens.create("user_1").header("x-a", KEY);
    assert_debug("CreateSignInToken", &create);
    let revoke = tokens.revoke("sit_1").header("x-a", KEY);
    assert_debug("RevokeSignInToken", &revoke);
    let ensure_revoked = tokens.ensure_revoked("sit_1").header("x-a", KEY);
    assert_debug("EnsureRevokedSignInToken", &ensure_revoked);

    let response = create.send_with_response().await.unwrap();
    assert_debug("Response", &response);
    let token: SignInToken = response.into_body();
    assert_debug("SignInToken", &token);
    assert!(format!("{token:?}").contains("sit_1"), "the rest is shown");
    assert_debug("RevocationResult", &RevocationResult::Revoked(token));
}

#[tokio::test]
async fn what_is_traced() {
    let traced = Traced::default();
    // If there is only one subscriber, tracing may ask only the thread that meets an event first, which can be another
    // test's.
    let second = ::tracing::Dispatch::new(tracing_subscriber::registry());
    // The test's one thread runs the tasks of all calls, and of the HTTP client.
    let guard = ::tracing::subscriber::set_default(traced.subscriber());
    let mut answers = unusable_successes();
    for secret in [KEY, TICKET, LINK] {
        let responses = error_responses(secret).into_iter();
        answers.extend(responses.filter(|(name, _)| !name.contains("body") || name.ends_with('0')));
    }
    assert_responses_are_safe(answers).await;
    drop((guard, second));
    let text = traced.text();
    assert!(text.contains("clerk_api: attempt"), "no attempt was traced");
    assert_no_secret("a trace", &text);
}

#[tokio::test]
async fn a_trace_id_that_repeats_a_secret_is_none() {
    let fixture = Fixture::start().await;
    for (header, expected) in [(KEY, None), (TICKET, None), ("trace_1", Some("trace_1"))] {
        let answer = success().header("clerk-trace-id", header);
        let ran = fixture.run(Call::Create, [answer]).await;
        assert!(ran.succeeds(1).trace_id() == expected);
    }
}

#[tokio::test]
async fn a_hostile_error_response_makes_one_short_line_without_secrets() {
    let fixture = Fixture::start().await;
    let upper = KEY.to_uppercase();
    let odd = "https://a.test/?__clerk_ticket=odd!ticket&x=1 %3DeyJhbGciOiJSUzI1NiJ9xyz";
    let message = format!("{upper} {odd} \u{202e}\u{2028}\u{7}");
    let errors: Vec<_> = (0..20_000)
        .map(|_| json!({"code": "c", "message": message}))
        .collect();
    let body = json!({ "errors": errors }).to_string();
    let clerk = builder(&fixture.server.url()).max_response_bytes(8 * 1024 * 1024);
    fixture.respond([Answer::status(422).json(body)]);
    let error = Call::Create.send(&build(clerk)).await.unwrap_err();
    assert_eq!(error.errors().len(), 20_000);
    let line = error.to_string();
    assert!(line.len() < 2048, "{} bytes", line.len());
    for hidden in [
        &upper,
        "odd!ticket",
        "eyJhbGci",
        "\u{202e}",
        "\u{2028}",
        "\u{7}",
    ] {
        assert!(!line.contains(hidden));
    }
    assert!(line.contains("and 19997 more"), "{line}");
}
