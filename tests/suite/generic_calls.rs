//! `Clerk::call`: any operation of the generated client. That its input is validated is tested with that of the others.

use std::time::{Duration, Instant};

use clerk_api::types::{CreateSignInTokenBody, SignInToken};
use clerk_api::{Clerk, Error, ErrorKind, Outcome, Response, RetryPolicy};
use clerk_api_tests::faulty_server::Reply;

use crate::support::{Call, Expected, errors, serve, success, token};
use crate::wire::assert_sent;

async fn create(clerk: &Clerk) -> Result<Response<SignInToken>, Error> {
    let body = CreateSignInTokenBody {
        user_id: "user_1".to_owned(),
        org_id: None,
        expires_in_seconds: None,
    };
    let mut call = clerk.call();
    call.send(|api| api.create_sign_in_token(&body)).await
}

async fn revoke(clerk: &Clerk, id: &str) -> Result<Response<SignInToken>, Error> {
    clerk.call().send(|api| api.revoke_sign_in_token(id)).await
}

#[tokio::test]
async fn an_idempotent_operation_is_retried_and_another_is_not() {
    let (server, clerk) = serve([Reply::status(500), success(), Reply::status(500)]).await;
    let response = revoke(&clerk, "sit_1").await.unwrap();
    assert_eq!((response.attempts(), response.status().as_u16()), (2, 200));
    assert_eq!(response.body().id, "sit_1");
    let error = create(&clerk).await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome()), (1, Outcome::Unknown));
    assert_eq!(error.operation(), Some("CreateSignInToken"));
    assert_eq!(server.request_count(), 3);
}

#[tokio::test]
async fn a_call_can_be_sent_more_than_once_with_its_options() {
    let (server, clerk) = serve([Reply::status(503), success()]).await;
    let call = clerk.call().header("X-Request-Id", "r1");
    let mut call = call.retry_policy(RetryPolicy::never());
    let error = call.send(|api| api.revoke_sign_in_token("sit_1")).await;
    assert_eq!(error.unwrap_err().attempts(), 1);
    let response = call.send(|api| api.revoke_sign_in_token("sit_1")).await;
    response.unwrap();
    for request in server.requests() {
        let line = "POST /v1/sign_in_tokens/sit_1/revoke HTTP/1.1\r\n";
        let headers = [("content-length", "0"), ("x-request-id", "r1")];
        assert_sent(&request, line, &headers, "");
    }
}

#[tokio::test]
async fn a_parameter_that_stays_in_its_path_segment_is_sent() {
    let (server, clerk) = serve([success()]).await;
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
async fn a_spawned_call_may_borrow_from_its_task() {
    let (_server, clerk) = serve([success()]).await;
    let response = tokio::spawn(async move { create(&clerk).await }).await;
    assert_eq!(response.unwrap().unwrap().body().user_id, "user_1");
}

#[tokio::test]
async fn errors_are_those_of_other_calls() {
    let body = errors("resource_not_found", "No such token.");
    let cut = token().replace("\"status\"", "\"state\"");
    let limited = Reply::status(429).header("Retry-After", 60);
    let script = [
        Reply::status(404).json(body),
        Reply::ok(cut.clone()),
        limited,
    ];
    let (server, clerk) = serve(script).await;
    let error = revoke(&clerk, "sit_1").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.code(), Some("resource_not_found"));
    assert_eq!(error.trace_id(), Some("trace_of_body"));

    let error = create(&clerk).await.unwrap_err();
    let applied = Expected::new(ErrorKind::Decode, Outcome::Applied).status(200);
    applied.check(Call::Create, &error, error.elapsed());
    assert!(error.response_body() == Some(cut.as_bytes()));
    assert!(error.to_string().contains("the field `status` is missing"));

    let error = revoke(&clerk, "sit_1").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    let error = create(&clerk).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!((error.attempts(), error.outcome()), (0, Outcome::NotSent));
    assert_eq!(error.operation(), Some("CreateSignInToken"));
    assert_eq!(server.request_count(), 3);
}

#[tokio::test]
async fn a_clone_of_the_client_sends_nothing() {
    let (server, clerk) = serve([success()]).await;
    // One call that would be sent, and one that is too late for that.
    for (mut call, attempts) in [
        (clerk.call(), 1),
        (clerk.call().deadline(Instant::now()), 0),
    ] {
        let result = call.send(|api| {
            let api = api.clone();
            async move { api.revoke_sign_in_token("sit_1").await }
        });
        let error = result.await.unwrap_err();
        let end = (error.attempts(), error.outcome());
        assert_eq!(end, (attempts, Outcome::NotSent), "{error}");
        if attempts == 1 {
            assert!(error.is_invalid_request());
            assert!(error.to_string().contains("not a clone"), "{error}");
        }
    }
    assert_eq!(server.request_count(), 0);
    // A clone of the call is another call.
    let mut call = clerk.call().clone();
    let sent = call.send(|api| api.revoke_sign_in_token("sit_1"));
    assert!(sent.await.is_ok());
}
