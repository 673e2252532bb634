//! The ways to create a sign-in token that are compared.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::time::Duration;

use clerk_api::Clerk;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::generated::client::Client;
use super::generated::client::types::CreateSignInTokenBody;

const KEY: &str = "sk_test_bench";
pub(crate) const USER: &str = "user_2fTGhp8m0bTfFnGJ5E9VqXyZabc";
const LIFETIME: u64 = 600;

/// One call, boxed alike for all.
pub(crate) type Sent = Pin<Box<dyn Future<Output = ()>>>;

/// A way to create a token.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Whether somebody listens to what is traced.
    pub(crate) traced: bool,
    pub(crate) send: Box<dyn Fn() -> Sent>,
    /// Bytes of the future that a caller holds, without what that allocates.
    pub(crate) future: usize,
}

impl Contender {
    fn new<S, F>(name: &'static str, send: S) -> Self
    where
        S: Fn() -> F + 'static,
        F: Future<Output = ()> + 'static,
    {
        Self {
            name,
            traced: false,
            send: Box::new(move || Box::pin(send())),
            future: size_of::<F>(),
        }
    }
}

/// All of them; the others are measured by the first.
pub(crate) fn all(url: &str) -> Vec<Contender> {
    vec![
        plain_reqwest(url),
        plain_reqwest_limited(url),
        generated_client(url),
        clerk(url),
        clerk_traced(url),
    ]
}

#[derive(Serialize)]
struct Request<'a> {
    user_id: &'a str,
    expires_in_seconds: u64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what is decoded is what is measured")]
struct Answer {
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
pub(crate) fn plain_reqwest(url: &str) -> Contender {
    by_hand("plain reqwest", url, reqwest::Client::new())
}

/// The same with the headers that [`Clerk`] sends beyond it, and with a time limit: what part of a difference is due to them?
pub(crate) fn plain_reqwest_limited(url: &str) -> Contender {
    let mut headers = HeaderMap::new();
    let version = HeaderValue::from_static("2026-05-12");
    headers.insert("clerk-api-version", version);
    let http = reqwest::Client::builder()
        .user_agent("clerk-api-rust/0.1.0")
        .default_headers(headers)
        .timeout(Duration::from_secs(10))
        .build()
        .expect("there is TLS");
    by_hand("plain, same headers, time limit", url, http)
}

fn by_hand(name: &'static str, url: &str, http: reqwest::Client) -> Contender {
    let url = format!("{url}/sign_in_tokens");
    Contender::new(name, move || {
        let (http, url) = (http.clone(), url.clone());
        async move {
            let body = Request {
                user_id: USER,
                expires_in_seconds: LIFETIME,
            };
            let request = http.post(&url).bearer_auth(KEY).json(&body);
            let response = request.send().await.expect("the server answers");
            let response = response.error_for_status().expect("the answer is 200");
            let answer: Answer = response.json().await.expect("the answer is a token");
            black_box(answer);
        }
    })
}

/// The generated client as progenitor's users have it: no retries, no limits, no checks.
pub(crate) fn generated_client(url: &str) -> Contender {
    let mut headers = HeaderMap::new();
    headers.insert(
        AUTHORIZATION,
        HeaderValue::from_static("Bearer sk_test_bench"),
    );
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .build()
        .expect("there is TLS");
    let client = Client::new_with_client(url, http, Call);
    Contender::new("generated client", move || {
        let client = client.clone();
        async move {
            let mut body = CreateSignInTokenBody::new(USER);
            body.expires_in_seconds = LIFETIME.try_into().ok();
            let answer = client.create_sign_in_token(&body).await;
            black_box(answer.expect("the answer is a token"));
        }
    })
}

pub(crate) fn clerk(url: &str) -> Contender {
    let clerk = client(url);
    Contender::new("Clerk", move || {
        let clerk = clerk.clone();
        async move {
            let call = clerk.sign_in_tokens().create(USER);
            let call = call.expires_in(Duration::from_secs(LIFETIME));
            black_box(call.send().await.expect("the answer is a token"));
        }
    })
}

fn clerk_traced(url: &str) -> Contender {
    Contender {
        name: "Clerk, traced",
        traced: true,
        ..clerk(url)
    }
}

/// A [`Clerk`] with the defaults.
pub(crate) fn client(url: &str) -> Clerk {
    let clerk = Clerk::builder().secret_key(KEY).base_url(url).build();
    clerk.expect("the settings are right")
}
