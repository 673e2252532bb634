//! The typed mocks of the feature `testing`, as tests of downstream crates use them.

use clerk_api::Clerk;
use clerk_api::testing::MockServerExt as _;
use clerk_api::types::{ClerkErrors, CreateSignInTokenBody, SignInToken};
use httpmock::MockServer;

use crate::support::{KEY, NOT_PENDING, build, errors, token_value};

/// A mock server has no `/v1` in its paths.
fn client(server: &MockServer) -> Clerk {
    build(Clerk::builder().secret_key(KEY).base_url(server.base_url()))
}

fn token() -> SignInToken {
    serde_json::from_value(token_value()).unwrap()
}

fn error(code: &str) -> ClerkErrors {
    serde_json::from_str(&errors(code, "No.")).unwrap()
}

#[tokio::test]
async fn they_match_requests_by_body_and_id() {
    let server = MockServer::start_async().await;
    let mut body = CreateSignInTokenBody {
        user_id: "user_1".to_owned(),
        org_id: None,
        expires_in_seconds: None,
    };
    body.expires_in_seconds = Some(60.try_into().unwrap());
    let create = server.create_sign_in_token(|when, then| {
        when.body(&body);
        then.ok(&token());
    });
    let revoke = server.revoke_sign_in_token(|when, then| {
        when.sign_in_token_id("sit_1");
        then.ok(&token());
    });
    let tokens = client(&server).sign_in_tokens();
    let minute = std::time::Duration::from_secs(60);
    let created = tokens.create("user_1").expires_in(minute).await.unwrap();
    assert!(serde_json::to_value(&created).unwrap() == token_value());
    tokens.revoke("sit_1").await.unwrap();
    assert!(tokens.create("user_1").await.is_err());
    assert!(tokens.revoke("sit_2").await.is_err());
    assert_eq!(create.calls_async().await, 1);
    assert_eq!(revoke.calls_async().await, 1);
}

#[tokio::test]
async fn they_give_the_contracts_error_responses() {
    let server = MockServer::start_async().await;
    let tokens = client(&server).sign_in_tokens();
    let mock = server.create_sign_in_token(|_, then| drop(then.forbidden(&error("a"))));
    let forbidden = tokens.create("user_1").await.unwrap_err();
    assert!(forbidden.is_forbidden() && forbidden.code() == Some("a"));
    mock.delete_async().await;
    let mock = server.create_sign_in_token(|_, then| drop(then.not_found(&error("b"))));
    let not_found = tokens.create("user_1").await.unwrap_err();
    assert!(not_found.is_not_found() && not_found.code() == Some("b"));
    mock.delete_async().await;
    server.create_sign_in_token(|_, then| drop(then.unprocessable_entity(&error("c"))));
    let unprocessable = tokens.create("user_1").await.unwrap_err();
    assert!(unprocessable.is_unprocessable() && unprocessable.code() == Some("c"));

    let mock = server.revoke_sign_in_token(|_, then| drop(then.bad_request(&error(NOT_PENDING))));
    assert!(tokens.revoke("sit_1").await.unwrap_err().is_not_pending());
    mock.delete_async().await;
    server.revoke_sign_in_token(|_, then| drop(then.not_found(&error("d"))));
    assert!(tokens.revoke("sit_1").await.unwrap_err().is_not_found());
}
