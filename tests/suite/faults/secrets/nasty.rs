//! Answers that repeat secrets wherever an answer can.

use clerk_api_tests::faulty_server::{Answer, Disconnect};
use serde_json::json;

use super::super::support::{KEY, LINK, TICKET, success, token};

/// A text that names all secrets, as a server might that repeats what it got.
pub(super) fn all_secrets() -> String {
    format!("key={KEY} ticket={TICKET} link={LINK} authorization=Bearer {KEY}")
}

/// Bodies of refusals that repeat the secret key in every place.
fn refusals(secret: &str) -> Vec<String> {
    let entry = json!({
        "code": secret, "message": secret, "long_message": secret, "meta": {"param_name": secret, secret: [secret]}
    });
    let whole =
        json!({"errors": [entry, entry], "meta": {secret: secret}, "clerk_trace_id": secret});
    vec![
        whole.to_string(),
        format!("{whole:#}"),
        json!({"error": secret}).to_string(),
        json!({"errors": [{"code": "c", "message": "m", "long_message": "x".repeat(280) + secret}]})
            .to_string(),
        format!("<html>{secret}</html>"),
        secret.to_owned(),
    ]
}

/// The answer with secrets in its headers as well, those that a client reads and others.
pub(super) fn with_headers(answer: Answer, secret: &str) -> Answer {
    [
        "Clerk-Trace-Id",
        "cf-ray",
        "Retry-After",
        "Location",
        "Set-Cookie",
        "X-Echo",
        "Content-Type",
    ]
    .into_iter()
    .fold(answer, |answer, name| answer.header(name, secret))
}

/// Every faulty answer of the table, as nasty as it can be.
pub(super) fn answers(secret: &str) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for status in [
        400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 302, 307,
    ] {
        for (number, body) in refusals(secret).into_iter().enumerate() {
            let answer = Answer::status(status).body(body).reason(secret);
            answers.push((
                format!("{status}, body {number}, headers"),
                with_headers(answer.clone(), secret),
            ));
            answers.push((format!("{status}, body {number}"), answer));
        }
    }
    answers
}

/// Answers of success that can't be used; their bodies are secrets.
pub(super) fn unusable() -> Vec<(String, Answer)> {
    let whole = token();
    let mut answers = vec![
        ("cut JSON", Answer::ok(whole[..whole.len() - 20].to_owned())),
        ("a list", Answer::ok(json!([TICKET, LINK, KEY]).to_string())),
        (
            "a wrong type",
            Answer::ok(token().replace("1638000669544", &json!(LINK).to_string())),
        ),
        (
            "an unknown field and none else",
            Answer::ok(json!({TICKET: LINK}).to_string()),
        ),
        ("text", Answer::ok(format!("{KEY} {LINK}"))),
        ("created", Answer::status(201).json(whole.clone())),
        ("too large", success().padded_to(64 << 20)),
        ("cut", success().cut_after(330, Disconnect::Close)),
        ("reset", success().cut_after(330, Disconnect::Reset)),
        (
            "a header that is none",
            Answer::raw(format!("HTTP/1.1 {LINK} {KEY}\r\n\r\n")),
        ),
        (
            "a length that is none",
            Answer::raw(format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {KEY}\r\n\r\n{LINK}"
            )),
        ),
        (
            "chunks that are none",
            Answer::raw(format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{TICKET}\r\n{LINK}\r\n"
            )),
        ),
    ]
    .into_iter()
    .map(|(name, answer)| (name.to_owned(), answer))
    .collect::<Vec<_>>();
    answers.push((
        "cut JSON, headers".to_owned(),
        with_headers(Answer::ok("{"), &all_secrets()),
    ));
    answers
}
