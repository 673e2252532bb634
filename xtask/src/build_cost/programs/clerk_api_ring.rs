//! With `clerk-api`, and ring for rustls's cryptography.

use std::time::Duration;

use clerk_api::Clerk;

pub async fn create(url: &str) -> Result<String, Box<dyn std::error::Error>> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "rustls has a provider already")?;
    let clerk = Clerk::builder()
        .secret_key("sk_test_x")
        .base_url(url)
        .build()?;
    let token = clerk
        .sign_in_tokens()
        .create("user_1")
        .expires_in(Duration::from_secs(600))
        .await?;
    Ok(token.id.clone())
}
