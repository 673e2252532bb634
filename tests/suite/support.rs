//! What more than one of these tests needs.

use std::time::Duration;

use clerk_api::types::{ClerkErrors, SignInToken};
use clerk_api::{Clerk, ClerkBuilder, Error, RetryPolicy};
use serde_json::{Value, json};

/// The key of every client here, unless a test is about keys.
pub(crate) const KEY: &str = "sk_test_suite";

/// The ticket and the link of [`token`]. No text that is shown may have either.
pub(crate) const TICKET: &str = "eyJ0aWNrZXQ.eyJzdCI6MX0.c2ln";
pub(crate) const LINK: &str = "https://example.test/sign-in?ticket=eyJ0aWNrZXQ.eyJzdCI6MX0.c2ln";

/// The code that a revoke of a token which isn't pending is answered with.
pub(crate) const NOT_PENDING: &str = "sign_in_token_cannot_be_revoked_code";

/// As many attempts as by default, without the waits.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default()
        .base_delay(Duration::from_micros(100))
        .max_delay(Duration::from_millis(1))
}

/// The settings of a client that retries quickly. Each client starts with a full retry budget.
pub(crate) fn builder(base_url: impl Into<String>) -> ClerkBuilder {
    Clerk::builder()
        .secret_key(KEY)
        .base_url(base_url)
        .retry(quick())
}

pub(crate) fn clerk(base_url: impl Into<String>) -> Clerk {
    builder(base_url).build().unwrap()
}

/// A token as the server sends it.
pub(crate) fn token_json(status: &str) -> Value {
    json!({
        "object": "sign_in_token", "id": "sit_1", "status": status, "user_id": "user_1", "token": TICKET, "url": LINK,
        "created_at": 1_638_000_669_544_i64, "updated_at": 1_638_000_669_545_i64,
    })
}

pub(crate) fn token(status: &str) -> SignInToken {
    serde_json::from_value(token_json(status)).unwrap()
}

/// An error body with one error and a trace id.
pub(crate) fn errors_json(code: &str, long_message: &str, meta: Value) -> Value {
    json!({
        "errors": [{"code": code, "message": "in short", "long_message": long_message, "meta": meta}],
        "clerk_trace_id": "trace_body",
    })
}

pub(crate) fn errors(code: &str, long_message: &str, meta: Value) -> ClerkErrors {
    serde_json::from_value(errors_json(code, long_message, meta)).unwrap()
}

/// The names of the predicates that hold.
pub(crate) fn predicates(error: &Error) -> Vec<&'static str> {
    type Predicate = fn(&Error) -> bool;
    let all: [(&str, Predicate); 16] = [
        ("invalid_input", Error::is_invalid_input),
        ("connect", Error::is_connect),
        ("timeout", Error::is_timeout),
        ("connection_lost", Error::is_connection_lost),
        ("rate_limited", Error::is_rate_limited),
        ("decode", Error::is_decode),
        ("body_too_large", Error::is_body_too_large),
        ("bad_request", Error::is_bad_request),
        ("not_pending", Error::is_not_pending),
        ("unauthorized", Error::is_unauthorized),
        ("forbidden", Error::is_forbidden),
        ("not_found", Error::is_not_found),
        ("conflict", Error::is_conflict),
        ("unprocessable", Error::is_unprocessable),
        ("redirect", Error::is_redirect),
        ("server_error", Error::is_server_error),
    ];
    let hold = all.into_iter().filter(|(_, holds)| holds(error));
    hold.map(|(name, _)| name).collect()
}

/// That no text which shows an error has a key, a ticket or a link.
#[track_caller]
pub(crate) fn assert_no_secret(shown: &str) {
    for secret in [KEY, TICKET, LINK] {
        assert!(!shown.contains(secret), "a secret is shown");
    }
}

/// That an error is shown on one line, without secrets, here nor in `Debug`.
#[track_caller]
pub(crate) fn assert_shown_well(error: &Error) {
    let line = error.to_string();
    assert_eq!(line.lines().count(), 1, "{line}");
    assert_no_secret(&line);
    assert_no_secret(&format!("{error:?}"));
    assert_no_secret(&format!("{error:#?}"));
}
