//! What people write by hand.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Request<'a> {
    user_id: &'a str,
    expires_in_seconds: u64,
}

#[derive(Deserialize)]
#[expect(dead_code)]
struct SignInToken {
    id: String,
    object: String,
    status: String,
    user_id: String,
    token: Option<String>,
    url: Option<String>,
    created_at: i64,
    updated_at: i64,
}

pub async fn create(url: &str) -> Result<String, Box<dyn std::error::Error>> {
    let body = Request {
        user_id: "user_1",
        expires_in_seconds: 600,
    };
    let response = reqwest::Client::new()
        .post(format!("{url}/sign_in_tokens"))
        .bearer_auth("sk_test_x")
        .json(&body)
        .send()
        .await?;
    let token: SignInToken = response.error_for_status()?.json().await?;
    Ok(token.id)
}
