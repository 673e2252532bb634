//! `Clerk::call`: any operation by the generated client, with what every call has.

use std::time::Duration;

use clerk_api::types::{CreateSignInTokenBody, SignInToken};
use clerk_api::{Clerk, Error, ErrorKind, Outcome, Response, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, FaultyServer};

use crate::support::{KEY, TICKET, client, errors, success, token};

fn body() -> CreateSignInTokenBody {
    CreateSignInTokenBody {
        user_id: "user_1".to_owned(),
        org_id: None,
        expires_in_seconds: None,
    }
}

async fn create(clerk: &Clerk) -> Result<Response<SignInToken>, Error> {
    let body = body();
    clerk
        .call()
        .send(|api| api.create_sign_in_token(&body))
        .await
}

async fn revoke(clerk: &Clerk, id: &str) -> Result<Response<SignInToken>, Error> {
    clerk.call().send(|api| api.revoke_sign_in_token(id)).await
}

#[tokio::test]
async fn an_idempotent_operation_is_retried_and_another_is_not() {
    let server = FaultyServer::start([Answer::status(500), success(), Answer::status(500)]).await;
    let clerk = client(&server.url());
    let response = revoke(&clerk, "sit_1").await.unwrap();
    assert_eq!((response.attempts(), response.status().as_u16()), (2, 200));
    assert_eq!(response.body().id, "sit_1");
    let error = create(&clerk).await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome()), (1, Outcome::Unknown));
    assert_eq!(error.operation(), Some("CreateSignInToken"));
    assert_eq!(server.request_count(), 3);
}

#[tokio::test]
async fn it_has_the_clients_headers_and_its_own_options() {
    let server = FaultyServer::start([Answer::status(503), success()]).await;
    let clerk = client(&server.url());
    let mut call = clerk
        .call()
        .header("X-Request-Id", "r1")
        .retry_policy(RetryPolicy::never());
    let error = call.send(|api| api.revoke_sign_in_token("sit_1")).await;
    assert_eq!(error.unwrap_err().attempts(), 1);
    // A call can be sent more than once.
    call.send(|api| api.revoke_sign_in_token("sit_1"))
        .await
        .unwrap();
    for request in server.requests() {
        assert_eq!(request.path(), "/v1/sign_in_tokens/sit_1/revoke");
        assert_eq!(request.header("x-request-id"), Some("r1"));
        assert_eq!(request.header("clerk-api-version"), Some("2026-05-12"));
        assert_eq!(request.header("api-version"), None);
        assert_eq!(request.header("content-length"), Some("0"));
        let authorization = request.header("authorization").unwrap();
        assert!(authorization == format!("Bearer {KEY}"));
    }
}

#[tokio::test]
async fn a_parameter_that_keeps_to_its_place_in_the_path_is_sent() {
    let server = FaultyServer::start([success(), success(), success()]).await;
    let clerk = client(&server.url());
    for (id, sent) in [
        ("role_set:default", "role_set:default"),
        ("tpl.v2", "tpl.v2"),
        ("a b?c", "a%20b%3Fc"),
    ] {
        revoke(&clerk, id).await.unwrap();
        let path = format!("/v1/sign_in_tokens/{sent}/revoke");
        assert_eq!(server.requests().last().unwrap().path(), path);
    }
}

#[tokio::test]
async fn a_spawned_call_may_borrow_what_its_task_owns() {
    let server = FaultyServer::start([success()]).await;
    let clerk = client(&server.url());
    let response = tokio::spawn(async move { create(&clerk).await }).await;
    assert_eq!(response.unwrap().unwrap().body().user_id, "user_1");
}

#[tokio::test]
async fn an_error_response_is_the_crates_error() {
    let body = errors("resource_not_found", "No such token.");
    let server = FaultyServer::start([Answer::status(404).json(body)]).await;
    let error = revoke(&client(&server.url()), "sit_1").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.code(), Some("resource_not_found"));
    assert_eq!(error.trace_id(), Some("trace_of_body"));
}

#[tokio::test]
async fn a_success_that_does_not_decode_is_kept_and_not_shown() {
    let cut = token().replace("\"status\"", "\"state\"");
    let server = FaultyServer::start([Answer::ok(cut.clone())]).await;
    let error = create(&client(&server.url())).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Decode, Outcome::Applied)
    );
    assert!(error.response_body() == Some(cut.as_bytes()));
    assert!(error.to_string().contains("the field `status` is missing"));
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(TICKET));
}

#[tokio::test]
async fn what_is_not_sent_names_its_operation() {
    let server = FaultyServer::start([Answer::status(429).header("Retry-After", 60)]).await;
    let clerk = client(&server.url());

    for id in ["..", ".", "", "a/b", "a\\b"] {
        let error = revoke(&clerk, id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id:?}");
        assert_eq!(error.parameter(), Some("sign_in_token_id"));
        assert_eq!(error.operation(), Some("RevokeSignInToken"));
        assert_eq!((error.attempts(), error.outcome()), (0, Outcome::NotSent));
    }
    let mut call = clerk.call().header("Authorization", "other");
    let error = call.send(|api| api.revoke_sign_in_token("sit_1")).await;
    let error = error.unwrap_err();
    assert_eq!(error.parameter(), Some("header"));
    assert_eq!(error.operation(), Some("RevokeSignInToken"));
    assert_eq!(server.request_count(), 0);

    let error = revoke(&clerk, "sit_1").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    let error = create(&clerk).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!((error.attempts(), error.outcome()), (0, Outcome::NotSent));
    assert_eq!(error.operation(), Some("CreateSignInToken"));
    assert_eq!(server.request_count(), 1);
}
