//! The fake Clerk of the feature `testing`, for tests of downstream crates.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, SystemTime};

use clerk_api::testing::{FakeClerk, NotAccepted};
use clerk_api::types::SignInTokenStatus;
use clerk_api::{Outcome, RetryPolicy, RevocationResult};

use crate::support::ms;

#[tokio::test]
async fn tokens_have_the_real_shape() {
    let fake = FakeClerk::start();
    let before = SystemTime::now() - ms(1);
    let call = fake.client().sign_in_tokens().create("user_1");
    let token = call.expires_in(Duration::from_secs(60)).await.unwrap();
    assert!(token.id.len() == 31 && token.id.starts_with("sit_"));
    assert_eq!(token.user_id, "user_1");
    assert_eq!(token.status, SignInTokenStatus::Pending);
    assert!((before..=SystemTime::now()).contains(&token.created_at().unwrap()));
    let lifetime = token.expires_at().unwrap().duration_since(before).unwrap();
    assert!((58..=61).contains(&lifetime.as_secs()), "{lifetime:?}");
    let ticket = token.token.as_ref().unwrap().expose();
    assert_eq!(ticket.split('.').count(), 3);
    assert!(token.url.as_ref().unwrap().expose().contains(ticket));
}

#[tokio::test]
async fn a_token_is_used_or_revoked_once() {
    use SignInTokenStatus::{Accepted, Revoked};
    let fake = FakeClerk::start();
    let tokens = fake.client().sign_in_tokens();
    let used = tokens.create("user_1").await.unwrap();
    assert_eq!(fake.accept(&used.id).unwrap().status, Accepted);
    let again = NotAccepted::NotPending(Accepted);
    assert_eq!(fake.accept(&used.id).unwrap_err(), again);
    let by_ticket = tokens.create("user_1").await.unwrap();
    let ticket = by_ticket.token.as_ref().unwrap().expose();
    assert_eq!(fake.accept_ticket(ticket).unwrap().id, by_ticket.id);
    assert_eq!(fake.accept_ticket(ticket).unwrap_err(), again);
    for unknown in [fake.accept("sit_none"), fake.accept_ticket("another")] {
        assert_eq!(unknown.unwrap_err(), NotAccepted::NotFound);
    }
    let ensured = tokens.ensure_revoked(&used.id).await.unwrap();
    assert!(matches!(ensured, RevocationResult::AlreadyInactive));

    let revoked = tokens.create("user_1").await.unwrap();
    tokens.revoke(&revoked.id).await.unwrap();
    let error = tokens.revoke(&revoked.id).await.unwrap_err();
    assert!(error.is_not_pending());
    let tokens_by_now = fake.tokens();
    let statuses = tokens_by_now.iter().map(|token| &token.status);
    assert!(statuses.eq(&[Accepted, Accepted, Revoked]));
    assert!(tokens.revoke("sit_none").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_expired_token_is_neither_used_nor_revoked() {
    let fake = FakeClerk::start();
    let tokens = fake.client().sign_in_tokens();
    let create = tokens.create("user_1").expires_in(Duration::from_secs(1));
    let token = create.await.unwrap();
    let expiry = token.expires_at().unwrap();
    let left = expiry.duration_since(SystemTime::now());
    tokio::time::sleep(left.unwrap_or_default() + ms(1)).await;
    assert_eq!(fake.accept(&token.id).unwrap_err(), NotAccepted::Expired);
    assert!(tokens.revoke(&token.id).await.unwrap_err().is_not_pending());
    let ensured = tokens.ensure_revoked(&token.id).await.unwrap();
    assert!(matches!(ensured, RevocationResult::AlreadyInactive));
}

#[tokio::test]
async fn users_and_members_can_be_set() {
    let fake = FakeClerk::with_users(["user_1"]);
    let tokens = fake.client().sign_in_tokens();
    assert!(tokens.create("user_2").await.unwrap_err().is_not_found());
    let error = tokens.create("user_1").org_id("org_1").await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(error.code(), Some("not_a_member_in_organization"));
    fake.add_member("org_1", "user_1");
    assert!(tokens.create("user_1").org_id("org_1").await.is_ok());
}

#[tokio::test]
async fn failures_have_the_documented_codes() {
    let fake = FakeClerk::start();
    let tokens = fake.client().sign_in_tokens();
    for (status, code) in [
        (400, Some("request_body_invalid")),
        (401, Some("clerk_key_invalid")),
        (403, Some("not_a_member_in_organization")),
        (404, Some("resource_not_found")),
        (409, Some("conflict")),
        (422, Some("form_param_value_invalid")),
        (429, Some("too_many_requests")),
        (500, Some("internal_clerk_error")),
        (503, Some("service_unavailable")),
        (504, Some("gateway_timeout")),
        (418, None),
        (502, None),
    ] {
        fake.fail_next_with(status, None);
        let create = tokens.create("user_1").retry_policy(RetryPolicy::never());
        let error = create.await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.code(), code);
        assert!(error.trace_id().is_some());
    }
    assert!(fake.tokens().is_empty());
}

#[tokio::test]
async fn failures_can_have_retry_after() {
    let fake = FakeClerk::start();
    fake.fail_next_with(429, Duration::from_secs(1));
    let create = fake.client().sign_in_tokens().create("user_1");
    let response = create.send_with_response().await.unwrap();
    assert_eq!(response.attempts(), 2);
    assert!(response.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_request_is_lost_before_the_work_and_a_response_after_it() {
    let fake = FakeClerk::start();
    let tokens = fake.client().sign_in_tokens();
    fake.drop_next_request();
    let error = tokens.create("user_1").await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(fake.tokens().len(), 0);
    fake.drop_next_response();
    let error = tokens.create("user_1").await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(fake.tokens().len(), 1);
    assert_eq!(fake.requests().len(), 2);

    fake.drop_next_response();
    let ensured = tokens.ensure_revoked(&fake.tokens()[0].id).await.unwrap();
    assert!(matches!(ensured, RevocationResult::AlreadyInactive));
    assert_eq!(fake.tokens()[0].status, SignInTokenStatus::Revoked);
}

#[tokio::test]
async fn a_response_can_be_delayed() {
    let fake = FakeClerk::start();
    fake.delay_next_response(Duration::from_secs(30));
    let create = fake.client().sign_in_tokens().create("user_1");
    let error = create.operation_timeout(ms(50)).await.unwrap_err();
    assert!(error.is_timeout());
}

#[tokio::test]
async fn any_response_can_be_set() {
    let fake = FakeClerk::start();
    let tokens = fake.client().sign_in_tokens();
    let locked = r#"{"errors": [{"code": "resource_locked", "message": "locked"}]}"#;
    for (status, body, code) in [
        (502, "<html>Bad Gateway</html>", None),
        (409, locked, Some("resource_locked")),
    ] {
        fake.respond_next_with(status, body);
        let error = tokens.create("user_1").await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.code(), code);
        assert_eq!(error.response_body(), Some(body.as_bytes()));
    }
    assert!(fake.tokens().is_empty());
}

#[tokio::test]
async fn requests_are_recorded() {
    let fake = FakeClerk::start();
    let create = fake.client().sign_in_tokens().create("user_1");
    create.await.unwrap();
    let request = &fake.requests()[0];
    assert_eq!(request.method(), "POST");
    assert_eq!(request.path(), "/v1/sign_in_tokens");
    assert_eq!(request.body(), br#"{"user_id":"user_1"}"#);
    let version = request.header("clerk-api-version");
    assert_eq!(version, Some(clerk_api::API_VERSION));
}

#[test]
fn a_status_that_no_response_has_is_rejected_at_once() {
    let fake = FakeClerk::start();
    for status in [0, 99, 100, 199, 600, 65_535] {
        let results = [
            std::panic::catch_unwind(AssertUnwindSafe(|| fake.fail_next_with(status, None))),
            std::panic::catch_unwind(AssertUnwindSafe(|| fake.respond_next_with(status, ""))),
        ];
        for result in results {
            let message = *result.unwrap_err().downcast::<String>().unwrap();
            let expected = format!("the status {status} is not between 200 and 599");
            assert_eq!(message, expected);
        }
    }
    fake.fail_next_with(599, None);
}
