//! The ways to create a sign-in token that are compared.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::time::Duration;

use clerk_api::Clerk;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::generated::client::types::CreateSignInTokenBody;

const KEY: &str = "sk_test_bench";
const USER: &str = "user_2fTGhp8m0bTfFnGJ5E9VqXyZabc";
const LIFETIME: u64 = 600;

/// One call, boxed alike for all.
type Sent = Pin<Box<dyn Future<Output = ()>>>;

/// A way to create a token.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Whether somebody listens to what is traced.
    pub(crate) traced: bool,
    pub(crate) send: Box<dyn Fn() -> Sent>,
}

/// All of them; the others are measured by the first.
pub(crate) fn all(url: &str) -> Vec<Contender> {
    vec![
        plain_reqwest(url),
        generated_client(url),
        clerk("Clerk", url, false),
        clerk("Clerk, traced", url, true),
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
fn plain_reqwest(url: &str) -> Contender {
    let http = reqwest::Client::new();
    let url = format!("{url}/sign_in_tokens");
    let send = move || -> Sent {
        let (http, url) = (http.clone(), url.clone());
        Box::pin(async move {
            let body = Request {
                user_id: USER,
                expires_in_seconds: LIFETIME,
            };
            let request = http.post(&url).bearer_auth(KEY).json(&body);
            let response = request.send().await.expect("the server answers");
            let response = response.error_for_status().expect("the answer is 200");
            let answer: Answer = response.json().await.expect("the answer is a token");
            black_box(answer);
        })
    };
    Contender {
        name: "plain reqwest",
        traced: false,
        send: Box::new(send),
    }
}

/// The generated client as progenitor's users have it: no retries, no limits, no checks.
fn generated_client(url: &str) -> Contender {
    let mut headers = HeaderMap::new();
    headers.insert(
        AUTHORIZATION,
        HeaderValue::from_static("Bearer sk_test_bench"),
    );
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .build()
        .expect("there is TLS");
    let client = crate::generated::client::Client::new_with_client(url, http, crate::call::Call);
    let send = move || -> Sent {
        let client = client.clone();
        Box::pin(async move {
            let mut body = CreateSignInTokenBody::new(USER);
            body.expires_in_seconds = LIFETIME.try_into().ok();
            let answer = client.create_sign_in_token(&body).await;
            black_box(answer.expect("the answer is a token"));
        })
    };
    Contender {
        name: "generated client",
        traced: false,
        send: Box::new(send),
    }
}

fn clerk(name: &'static str, url: &str, traced: bool) -> Contender {
    let clerk = Clerk::builder().secret_key(KEY).base_url(url).build();
    let clerk = clerk.expect("the settings are right");
    let send = move || -> Sent {
        let call = clerk.sign_in_tokens().create(USER);
        let call = call.expires_in(Duration::from_secs(LIFETIME));
        Box::pin(async move {
            black_box(call.send().await.expect("the answer is a token"));
        })
    };
    Contender {
        name,
        traced,
        send: Box::new(send),
    }
}
