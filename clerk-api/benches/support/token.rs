//! The answer to every create and every revoke: a token.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::Full;

/// As long as real ones: an id of 31 characters, a ticket of about 700.
const TICKET_LENGTH: usize = 700;

/// A token as JSON.
pub(crate) fn body() -> Bytes {
    let ticket = "e".repeat(TICKET_LENGTH);
    let token = serde_json::json!({
        "object": "sign_in_token",
        "id": "sit_2fTGhp8m0bTfFnGJ5E9VqXyZabc",
        "user_id": "user_2fTGhp8m0bTfFnGJ5E9VqXyZabc",
        "status": "pending",
        "url": format!("https://accounts.example.test/sign-in?__clerk_ticket={ticket}"),
        "token": ticket,
        "created_at": 1_638_000_669_544_i64,
        "updated_at": 1_638_000_669_544_i64,
    });
    token.to_string().into()
}

/// An answer of success with this body.
pub(crate) fn response(body: Bytes) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
