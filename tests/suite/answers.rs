//! Every answer of success, and what `ensure_revoked` takes for one.

use std::time::Duration;

use clerk_api::EnsureRevoked;
use clerk_api::testing::MockServerExt as _;
use clerk_api::types::{CreateSignInTokenBody, SignInTokenStatus};
use http::StatusCode;
use httpmock::MockServer;
use serde_json::Value;

use crate::support::{NOT_PENDING, clerk, errors, errors_json, predicates, token, token_json};

#[tokio::test]
async fn a_create_with_all_options_gives_the_token() {
    let server = MockServer::start_async().await;
    let mut body = CreateSignInTokenBody::new("user_1");
    body.org_id = Some("org_1".to_owned());
    body.expires_in_seconds = Some(600.try_into().unwrap());
    let mock = server.create_sign_in_token(|when, then| {
        when.body(&body);
        then.ok(&token("pending"))
            .into_inner()
            .header("clerk-trace-id", "trace_header");
    });
    let clerk = clerk(server.base_url());
    let create = clerk
        .sign_in_tokens()
        .create("user_1")
        .org_id("org_1")
        .expires_in(Duration::from_millis(600_900));
    let response = create.with_response().await.unwrap();
    assert_eq!(mock.calls_async().await, 1);
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.attempts(), 1);
    assert_eq!(response.trace_id(), Some("trace_header"));
    assert_eq!(response.headers()["content-type"], "application/json");
    assert!(response.elapsed() > Duration::ZERO);
    let made = response.into_value();
    assert_eq!(made.status, SignInTokenStatus::Pending);
    assert_eq!(
        serde_json::to_value(&made).unwrap(),
        token_json("pending"),
        "all of it, ticket and link too"
    );
}

#[tokio::test]
async fn a_revoke_gives_the_revoked_token() {
    let server = MockServer::start_async().await;
    let mock = server.revoke_sign_in_token(|when, then| {
        when.sign_in_token_id("sit_1");
        then.ok(&token("revoked"));
    });
    let clerk = clerk(server.base_url());
    let revoked = clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
    assert_eq!(revoked.id, "sit_1");
    assert_eq!(revoked.status, SignInTokenStatus::Revoked);
    assert_eq!(mock.calls_async().await, 1);
}

#[tokio::test]
async fn ensure_revoked_revokes_a_pending_token() {
    let server = MockServer::start_async().await;
    let mock = server.revoke_sign_in_token(|when, then| {
        when.sign_in_token_id("sit_1");
        then.ok(&token("revoked"));
    });
    let clerk = clerk(server.base_url());
    let end = clerk.sign_in_tokens().ensure_revoked("sit_1").await;
    let EnsureRevoked::Revoked(revoked) = end.unwrap() else {
        panic!("it was pending");
    };
    assert_eq!(revoked.status, SignInTokenStatus::Revoked);
    assert_eq!(mock.calls_async().await, 1);
}

#[tokio::test]
async fn ensure_revoked_takes_an_inactive_token_for_success_and_names_its_status() {
    let none = SignInTokenStatus::UnknownValue(String::new());
    for (long_message, expected) in [
        (
            "It can't be revoked because its status is accepted. Only pending ones can.",
            SignInTokenStatus::Accepted,
        ),
        (
            "It can't be revoked because its status is revoked.",
            SignInTokenStatus::Revoked,
        ),
        ("It can't be revoked.", none),
    ] {
        let server = MockServer::start_async().await;
        let mock = server.revoke_sign_in_token(|_, then| {
            then.bad_request(&errors(NOT_PENDING, long_message, Value::Null));
        });
        let clerk = clerk(server.base_url());
        let end = clerk.sign_in_tokens().ensure_revoked("sit_1").await;
        let EnsureRevoked::AlreadyInactive(status) = end.unwrap() else {
            panic!("{long_message}");
        };
        assert_eq!(status, expected);
        assert_eq!(mock.calls_async().await, 1);
    }
}

#[tokio::test]
async fn ensure_revoked_takes_a_missing_token_for_success() {
    let server = MockServer::start_async().await;
    let mock = server.revoke_sign_in_token(|_, then| {
        then.not_found(&errors("resource_not_found", "No such token.", Value::Null));
    });
    let clerk = clerk(server.base_url());
    let end = clerk.sign_in_tokens().ensure_revoked("sit_1").await;
    assert!(matches!(end.unwrap(), EnsureRevoked::NotFound));
    assert_eq!(mock.calls_async().await, 1);
}

#[tokio::test]
async fn ensure_revoked_takes_no_other_refusal_for_success() {
    // A 404 that isn't Clerk's says nothing of the token: a wrong base URL gives one as well.
    for (status, body, predicate) in [
        (404, "<html>nothing here</html>".to_owned(), "not_found"),
        (404, String::new(), "not_found"),
        (
            400,
            errors_json("request_body_invalid", "No.", Value::Null).to_string(),
            "bad_request",
        ),
        (
            401,
            errors_json("clerk_key_invalid", "No.", Value::Null).to_string(),
            "unauthorized",
        ),
        (
            403,
            errors_json(NOT_PENDING, "No.", Value::Null).to_string(),
            "forbidden",
        ),
    ] {
        let server = MockServer::start_async().await;
        server.revoke_sign_in_token(|_, then| {
            then.into_inner().status(status).body(&body);
        });
        let clerk = clerk(server.base_url());
        let error = clerk.sign_in_tokens().ensure_revoked("sit_1").await;
        assert_eq!(
            predicates(&error.unwrap_err()),
            [predicate],
            "{status} {body}"
        );
    }
}
