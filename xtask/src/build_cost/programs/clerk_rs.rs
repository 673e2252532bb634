//! With `clerk-rs`.

use clerk_rs::ClerkConfiguration;
use clerk_rs::apis::sign_in_tokens_api;
use clerk_rs::models::CreateSignInTokenRequest;

pub async fn create(url: &str) -> Result<String, Box<dyn std::error::Error>> {
    let configuration = ClerkConfiguration::new("sk_test_x").with_base_path(url);
    let mut request = CreateSignInTokenRequest::new("user_1".to_owned());
    request.expires_in_seconds = Some(Some(600));
    let token = sign_in_tokens_api::create_sign_in_token(&configuration, Some(request)).await?;
    Ok(token.id)
}
