//! The generated client: its calls go the same way as all others.

use std::time::Duration;

use clerk_api::testing::MockServerExt as _;
use clerk_api::types::{CreateSignInTokenBody, SignInTokenStatus};
use clerk_api::{Error, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, RefusedPort};
use httpmock::MockServer;
use serde_json::{Value, json};

use crate::support::{
    KEY, TICKET, assert_shown_well, builder, clerk, errors, errors_json, predicates, token,
    token_json,
};

#[tokio::test]
async fn it_sends_what_the_handwritten_calls_send() {
    let server = FaultyServer::start([Answer::ok(token_json("pending").to_string())]).await;
    let clerk = clerk(server.url());
    let api = clerk.api();
    api.create_sign_in_token(&CreateSignInTokenBody::new("user_1"))
        .await
        .unwrap();
    clerk.sign_in_tokens().create("user_1").await.unwrap();
    api.revoke_sign_in_token("sit_1").await.unwrap();
    clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
    let requests = server.requests();
    let [create, same_create, revoke, same_revoke] = &requests[..] else {
        panic!("{} requests", requests.len());
    };
    // Without showing them: they hold the key.
    assert!(create.raw() == same_create.raw(), "the creates differ");
    assert!(revoke.raw() == same_revoke.raw(), "the revokes differ");
    assert_eq!(revoke.header("api-version"), None);
    assert_eq!(revoke.header("content-length"), Some("0"));
    let key = format!("Bearer {KEY}");
    assert!(revoke.header("authorization") == Some(&key), "no key");
}

#[tokio::test]
async fn it_gives_the_contracts_types() {
    let server = MockServer::start_async().await;
    let mut body = CreateSignInTokenBody::new("user_1");
    body.expires_in_seconds = Some(60.try_into().unwrap());
    let create = server.create_sign_in_token(|when, then| {
        when.body(&body);
        then.ok(&token("pending"));
    });
    let revoke = server.revoke_sign_in_token(|when, then| {
        when.sign_in_token_id("sit_1");
        then.ok(&token("revoked"));
    });
    let api = clerk(server.base_url()).api();
    let made = api.create_sign_in_token(&body).await.unwrap();
    assert_eq!(made.status().as_u16(), 200);
    assert_eq!(made.into_inner().token.unwrap().expose(), TICKET);
    let revoked = api.revoke_sign_in_token("sit_1").await.unwrap();
    assert_eq!(revoked.into_inner().status, SignInTokenStatus::Revoked);
    assert_eq!(create.calls_async().await, 1);
    assert_eq!(revoke.calls_async().await, 1);
}

#[tokio::test]
async fn it_repeats_what_the_handwritten_calls_repeat() {
    // (status, requests of a create, requests of a revoke)
    for (status, of_create, of_revoke) in [
        (429, 4, 4),
        (503, 4, 4),
        (408, 1, 4),
        (500, 1, 4),
        (502, 1, 4),
        (504, 1, 4),
        (404, 1, 1),
        (302, 1, 1),
        (201, 1, 1),
    ] {
        let server = MockServer::start_async().await;
        let create = server.create_sign_in_token(|_, then| {
            let then = then.into_inner().status(status);
            then.header("retry-after", "0")
                .header("location", "/sign_in_tokens");
        });
        let revoke = server.revoke_sign_in_token(|_, then| {
            let then = then.into_inner().status(status);
            then.header("retry-after", "0")
                .header("location", "/sign_in_tokens");
        });
        let body = CreateSignInTokenBody::new("user_1");
        let api = clerk(server.base_url()).api();
        api.create_sign_in_token(&body).await.unwrap_err();
        let api = clerk(server.base_url()).api();
        api.revoke_sign_in_token("sit_1").await.unwrap_err();
        assert_eq!(create.calls_async().await, of_create, "create, {status}");
        assert_eq!(revoke.calls_async().await, of_revoke, "revoke, {status}");
    }
}

#[tokio::test]
async fn a_success_that_the_contract_does_not_have_keeps_its_token() {
    let server = MockServer::start_async().await;
    server.create_sign_in_token(|_, then| {
        let then = then.into_inner().status(201);
        then.header("clerk-trace-id", "t_1")
            .json_body(token_json("pending"));
    });
    let clerk = clerk(server.base_url());
    let body = CreateSignInTokenBody::new("user_1");
    let of_api = Error::from(clerk.api().create_sign_in_token(&body).await.unwrap_err());
    let of_create = clerk.sign_in_tokens().create("user_1").await.unwrap_err();
    for error in [of_api, of_create] {
        assert_eq!(predicates(&error), ["decode"]);
        assert_eq!(error.outcome(), Outcome::Applied);
        assert_eq!(error.status().unwrap().as_u16(), 201);
        assert_eq!(error.trace_id(), Some("t_1"));
        let kept: Value = serde_json::from_slice(error.response_body().unwrap()).unwrap();
        assert_eq!(kept, token_json("pending"));
        assert!(!format!("{error} {error:?}").contains(TICKET));
    }
}

#[tokio::test]
async fn a_declared_error_converts_with_all_that_the_server_said() {
    let server = MockServer::start_async().await;
    let create = server.create_sign_in_token(|_, then| {
        let meta = json!({"param_name": "user_id"});
        then.unprocessable_entity(&errors("form_param_missing", "It must be given.", meta));
    });
    let api = clerk(server.base_url()).api();
    let body = CreateSignInTokenBody::new("user_1");
    let error = Error::from(api.create_sign_in_token(&body).await.unwrap_err());
    assert_eq!(predicates(&error), ["unprocessable"]);
    assert_eq!(error.status().unwrap().as_u16(), 422);
    assert_eq!(error.code(), Some("form_param_missing"));
    assert_eq!(error.parameter(), Some("user_id"));
    assert_eq!(error.trace_id(), Some("trace_body"));
    assert_eq!(error.outcome(), Outcome::Rejected);
    let long_message = error.errors()[0].long_message();
    assert_eq!(long_message, Some("It must be given."));
    assert_shown_well(&error);
    assert_eq!(create.calls_async().await, 1);
}

#[tokio::test]
async fn an_undeclared_error_converts_with_status_and_trace_id() {
    for (status, predicate, outcome) in [
        (401, "unauthorized", Outcome::Rejected),
        (409, "conflict", Outcome::Rejected),
        (429, "rate_limited", Outcome::Rejected),
        (500, "server_error", Outcome::Unknown),
        (302, "redirect", Outcome::Rejected),
    ] {
        let server = MockServer::start_async().await;
        server.create_sign_in_token(|_, then| {
            then.into_inner().status(status).header("cf-ray", "ray");
        });
        let client = builder(server.base_url()).retry(RetryPolicy::never());
        let api = client.build().unwrap().api();
        let body = CreateSignInTokenBody::new("user_1");
        let error = Error::from(api.create_sign_in_token(&body).await.unwrap_err());
        assert_eq!(predicates(&error), [predicate], "{status}");
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.outcome(), outcome, "{status}");
        assert_eq!(error.trace_id(), Some("ray"), "{status}");
        assert_shown_well(&error);
    }
}

/// The error of a create that meets the rate limit, whose status the contract doesn't declare.
async fn rate_limited() -> Error {
    let server = MockServer::start_async().await;
    server.create_sign_in_token(|_, then| {
        let then = then.into_inner().status(429).header("retry-after", "7");
        then.json_body(errors_json("too_many_requests", "Later.", Value::Null));
    });
    let client = builder(server.base_url()).retry(RetryPolicy::never());
    let api = client.build().unwrap().api();
    let body = CreateSignInTokenBody::new("user_1");
    Error::from(api.create_sign_in_token(&body).await.unwrap_err())
}

#[tokio::test]
async fn the_asked_for_wait_survives_the_conversion() {
    let error = rate_limited().await;
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn the_code_of_an_undeclared_error_survives_the_conversion() {
    let error = rate_limited().await;
    assert_eq!(error.code(), Some("too_many_requests"));
    assert_eq!(error.trace_id(), Some("trace_body"));
}

#[tokio::test]
async fn an_error_without_an_answer_converts_with_operation_and_attempts() {
    let port = RefusedPort::take();
    let api = clerk(port.url()).api();
    let body = CreateSignInTokenBody::new("user_1");
    let error = Error::from(api.create_sign_in_token(&body).await.unwrap_err());
    assert_eq!(predicates(&error), ["connect"]);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.operation(), Some("CreateSignInToken"));
    assert_eq!(error.attempts(), 4, "nothing was sent, so it is repeated");
    assert_shown_well(&error);

    let server = FaultyServer::start([Answer::reset_before_answer()]).await;
    let api = clerk(server.url()).api();
    let error = Error::from(api.create_sign_in_token(&body).await.unwrap_err());
    assert_eq!(predicates(&error), ["connection_lost"]);
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(error.attempts(), 1);
    assert_eq!(server.request_count(), 1);
    assert_shown_well(&error);
}

#[tokio::test]
async fn a_success_that_does_not_decode_keeps_its_body_through_the_conversion() {
    let text = format!(r#"{{"token": "{TICKET}"}}"#);
    let server = MockServer::start_async().await;
    let create = server.create_sign_in_token(|_, then| {
        then.into_inner().status(200).body(&text);
    });
    let api = clerk(server.base_url()).api();
    let body = CreateSignInTokenBody::new("user_1");
    let error = Error::from(api.create_sign_in_token(&body).await.unwrap_err());
    assert_eq!(predicates(&error), ["decode"]);
    assert!(error.outcome() >= Outcome::Unknown);
    assert!(
        error.response_body() == Some(text.as_bytes()),
        "the body is lost"
    );
    assert_shown_well(&error);
    assert_eq!(create.calls_async().await, 1);
}

/// A key of any shape, repeated as the trace id of an answer that doesn't decode: the one place that has no refusal.
#[tokio::test]
async fn a_key_that_is_repeated_as_trace_id_is_not_shown() {
    const ODD_KEY: &str = "of-another-shape-0123456789";
    let server = MockServer::start_async().await;
    server.create_sign_in_token(|_, then| {
        let then = then.into_inner().status(200);
        then.header("clerk-trace-id", ODD_KEY).body("{}");
    });
    let builder = clerk_api::Clerk::builder().secret_key(ODD_KEY);
    let clerk = builder.base_url(server.base_url()).build().unwrap();
    let wrapped = clerk.sign_in_tokens().create("user_1").await.unwrap_err();
    let body = CreateSignInTokenBody::new("user_1");
    let generated = clerk.api().create_sign_in_token(&body).await.unwrap_err();
    for error in [wrapped, Error::from(generated)] {
        assert!(error.is_decode());
        assert_eq!(error.trace_id(), Some("[redacted]"));
        assert!(!format!("{error} {error:?}").contains(ODD_KEY));
    }
}
