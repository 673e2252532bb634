//! The whole way, once.

use clerk_api::testing::FakeClerk;

#[tokio::test]
async fn a_token_is_created_and_revoked() {
    let fake = FakeClerk::start();
    let token = fake
        .clerk()
        .sign_in_tokens()
        .create("user_1")
        .await
        .unwrap();
    assert!(token.token.is_some());
    let revoked = fake
        .clerk()
        .sign_in_tokens()
        .revoke(&token.id)
        .await
        .unwrap();
    assert_eq!(revoked.status, clerk_api::types::SignInTokenStatus::Revoked);
    let error = fake
        .clerk()
        .sign_in_tokens()
        .revoke(&token.id)
        .await
        .unwrap_err();
    assert!(error.is_not_pending(), "{error}");
}
