//! Secrets, tokens and error responses in Clerk's form.

use clerk_api_tests::faulty_server::Reply;
use serde_json::{Value, json};

/// Long enough that no other text contains it by chance.
pub(crate) const KEY: &str = "sk_test_q7ZkW3vTn0rYb5LmKey";
/// A ticket has three parts; the middle one holds the claims.
pub(crate) const TICKET: &str =
    "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDAsInNpZCI6InNpdF8xIn0.c2lnbmF0dXJlLW9mLXRpY2tldA";
/// A link contains the ticket, as the real ones do.
pub(crate) const LINK: &str = concat!(
    "https://accounts.example.test/sign-in?__clerk_ticket=",
    "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDAsInNpZCI6InNpdF8xIn0.c2lnbmF0dXJlLW9mLXRpY2tldA"
);

/// The error code of a revoke of a token that isn't pending.
pub(crate) const NOT_PENDING: &str = "sign_in_token_cannot_be_revoked_code";

/// A token in Clerk's form, for tests that change a field.
pub(crate) fn token_value() -> Value {
    json!({
        "object": "sign_in_token", "id": "sit_1", "user_id": "user_1", "status": "pending",
        "token": TICKET, "url": LINK, "created_at": 1_638_000_669_544_i64, "updated_at": 1_638_000_669_545_i64
    })
}

pub(crate) fn token() -> String {
    token_value().to_string()
}

/// 200 with a token.
pub(crate) fn success() -> Reply {
    Reply::ok(token())
}

pub(crate) fn token_with(field: &str, value: impl Into<Value>) -> Value {
    let mut token = token_value();
    token[field] = value.into();
    token
}

/// 200 with a token that has another value in this field.
pub(crate) fn success_with(field: &str, value: &str) -> Reply {
    Reply::ok(token_with(field, value).to_string())
}

/// An error body in Clerk's form.
pub(crate) fn errors(code: &str, long_message: &str) -> String {
    let error = json!({"code": code, "message": "in short", "long_message": long_message});
    json!({"errors": [error], "clerk_trace_id": "trace_of_body"}).to_string()
}

/// The error response to a revoke of a token that was revoked before.
pub(crate) fn not_pending() -> Reply {
    let message = "It can't be revoked because its status is revoked. Only pending ones can.";
    Reply::status(400).json(errors(NOT_PENDING, message))
}
