//! Ways to create a sign-in token.

use std::hint::black_box;
use std::time::Duration;

use clerk_api::{API_VERSION, Clerk};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

const KEY: &str = "sk_test_bench";
pub(crate) const USER: &str = "user_2fTGhp8m0bTfFnGJ5E9VqXyZabc";
const LIFETIME: Duration = Duration::from_secs(600);

#[derive(Serialize)]
struct Request<'a> {
    user_id: &'a str,
    expires_in_seconds: u64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding it is what is measured")]
struct Token {
    id: String,
    object: String,
    status: String,
    user_id: String,
    token: Option<String>,
    url: Option<String>,
    created_at: i64,
    updated_at: i64,
}

/// What people write by hand.
pub(crate) fn plain(url: &str) -> impl AsyncFn() + use<> {
    by_hand(reqwest::Client::new(), url)
}

/// The same with the headers that [`Clerk`] sends beyond it, and with a time limit, as any client of Clerk should have.
pub(crate) fn plain_with_limit(url: &str) -> impl AsyncFn() + use<> {
    let name = HeaderName::from_static("clerk-api-version");
    let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(API_VERSION))]);
    let http = reqwest::Client::builder()
        .user_agent("clerk-api-rust/0.1.0")
        .default_headers(headers)
        .timeout(Duration::from_secs(10))
        .build();
    by_hand(http.expect("TLS is there"), url)
}

fn by_hand(http: reqwest::Client, url: &str) -> impl AsyncFn() + use<> {
    let url = format!("{url}/sign_in_tokens");
    async move || {
        let body = Request {
            user_id: USER,
            expires_in_seconds: LIFETIME.as_secs(),
        };
        let request = http.post(&url).bearer_auth(KEY).json(&body);
        let response = request.send().await.expect("the server responds");
        let response = response.error_for_status().expect("a success");
        let token: Token = response.json().await.expect("a token");
        black_box(token);
    }
}

/// This crate's client, with its defaults.
pub(crate) fn clerk(url: &str) -> impl AsyncFn() + use<> {
    let clerk = client(url);
    async move || {
        let call = clerk.sign_in_tokens().create(USER).expires_in(LIFETIME);
        black_box(call.send().await.expect("a token"));
    }
}

pub(crate) fn client(url: &str) -> Clerk {
    let clerk = Clerk::builder().secret_key(KEY).base_url(url).build();
    clerk.expect("the settings are right")
}
