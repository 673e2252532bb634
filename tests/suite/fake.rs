//! The fake Clerk that downstream tests rely on.

use std::time::{Duration, Instant, SystemTime};

use clerk_api::testing::{FakeClerk, NotAccepted};
use clerk_api::types::SignInTokenStatus;
use clerk_api::{EnsureRevoked, Outcome, RetryPolicy, Secret};

#[tokio::test]
async fn tokens_have_the_real_shape() {
    let fake = FakeClerk::start();
    let before = SystemTime::now() - Duration::from_millis(1);
    let call = fake.clerk().sign_in_tokens().create("user_1");
    let token = call.expires_in(Duration::from_secs(60)).await.unwrap();
    assert!(
        token.id.len() == 31 && token.id.starts_with("sit_"),
        "{}",
        token.id
    );
    assert_eq!(
        (token.user_id.as_str(), &token.status),
        ("user_1", &SignInTokenStatus::Pending)
    );
    assert!(token.created() >= before && token.created() <= SystemTime::now());
    let lifetime = token.expires().unwrap().duration_since(before).unwrap();
    assert!((58..=61).contains(&lifetime.as_secs()), "{lifetime:?}");
    let ticket = token.token.as_ref().unwrap().expose();
    assert_eq!(ticket.split('.').count(), 3);
    assert!(
        token
            .url
            .as_ref()
            .map(Secret::expose)
            .unwrap()
            .contains(ticket)
    );
}

#[tokio::test]
async fn a_token_is_used_or_revoked_once() {
    let fake = FakeClerk::start();
    let tokens = fake.clerk().sign_in_tokens();
    let used = tokens.create("user_1").await.unwrap();
    assert_eq!(
        fake.accept(&used.id).unwrap().status,
        SignInTokenStatus::Accepted
    );
    let again = NotAccepted::NotPending(SignInTokenStatus::Accepted);
    assert_eq!(fake.accept(&used.id).unwrap_err(), again);
    assert_eq!(fake.accept("sit_none").unwrap_err(), NotAccepted::NotFound);
    let ensured = tokens.ensure_revoked(&used.id).await.unwrap();
    assert!(
        matches!(
            ensured,
            EnsureRevoked::AlreadyInactive(SignInTokenStatus::Accepted)
        ),
        "{ensured:?}"
    );

    let revoked = tokens.create("user_1").await.unwrap();
    tokens.revoke(&revoked.id).await.unwrap();
    assert!(
        tokens
            .revoke(&revoked.id)
            .await
            .unwrap_err()
            .is_not_pending()
    );
    assert_eq!(
        fake.tokens_with(&SignInTokenStatus::Revoked)[0].id,
        revoked.id
    );
    assert_eq!(fake.tokens().len(), 2);
    assert!(matches!(
        tokens.ensure_revoked("sit_none").await,
        Ok(EnsureRevoked::NotFound)
    ));
}

#[tokio::test]
async fn users_and_members_can_be_told() {
    let fake = FakeClerk::with_users(["user_1"]);
    let tokens = fake.clerk().sign_in_tokens();
    assert!(tokens.create("user_2").await.unwrap_err().is_not_found());
    let error = tokens.create("user_1").org_id("org_1").await.unwrap_err();
    assert_eq!(
        (error.is_forbidden(), error.code()),
        (true, Some("not_a_member_in_organization"))
    );
    fake.add_member("org_1", "user_1");
    assert!(tokens.create("user_1").org_id("org_1").await.is_ok());
}

#[tokio::test]
async fn it_fails_as_told_with_the_documented_codes() {
    let fake = FakeClerk::start();
    let tokens = fake.clerk().sign_in_tokens();
    for (status, code) in [
        (400, "request_body_invalid"),
        (401, "clerk_key_invalid"),
        (403, "not_a_member_in_organization"),
        (404, "resource_not_found"),
        (409, "conflict"),
        (422, "form_param_value_invalid"),
        (429, "too_many_requests"),
        (500, "internal_clerk_error"),
        (503, "service_unavailable"),
        (504, "gateway_timeout"),
    ] {
        fake.next_fails_with(status, None);
        let error = tokens
            .create("user_1")
            .retry(RetryPolicy::never())
            .await
            .unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.code(), Some(code));
        assert!(error.trace_id().is_some());
    }
    assert!(fake.tokens().is_empty());
}

#[tokio::test]
async fn retry_after_is_sent_and_waited_for() {
    let fake = FakeClerk::start();
    fake.next_fails_with(429, Duration::from_secs(1));
    let begun = Instant::now();
    let response = fake
        .clerk()
        .sign_in_tokens()
        .create("user_1")
        .with_response()
        .await
        .unwrap();
    assert_eq!(response.attempts(), 2);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn what_is_lost_is_lost_before_or_after_the_work() {
    let fake = FakeClerk::start();
    let tokens = fake.clerk().sign_in_tokens();
    fake.next_request_is_lost();
    let error = tokens.create("user_1").await.unwrap_err();
    assert_eq!(
        (error.outcome(), fake.tokens().len()),
        (Outcome::Unknown, 0)
    );
    fake.next_answer_is_lost();
    let error = tokens.create("user_1").await.unwrap_err();
    assert_eq!(
        (error.outcome(), fake.tokens().len()),
        (Outcome::Unknown, 1)
    );
    assert_eq!(fake.requests().len(), 2);

    let id = fake.tokens()[0].id.clone();
    fake.next_answer_is_lost();
    let ensured = tokens.ensure_revoked(&id).await.unwrap();
    assert!(
        matches!(
            ensured,
            EnsureRevoked::AlreadyInactive(SignInTokenStatus::Revoked)
        ),
        "{ensured:?}"
    );
}

#[tokio::test]
async fn an_answer_can_take_its_time() {
    let fake = FakeClerk::start();
    fake.next_answer_takes(Duration::from_secs(30));
    let call = fake.clerk().sign_in_tokens().create("user_1");
    let error = call.timeout(Duration::from_millis(50)).await.unwrap_err();
    assert!(error.is_timeout());
}

#[tokio::test]
async fn requests_are_kept() {
    let fake = FakeClerk::start();
    fake.clerk()
        .sign_in_tokens()
        .create("user_1")
        .await
        .unwrap();
    let requests = fake.requests();
    assert_eq!(
        (requests[0].method(), requests[0].path()),
        ("POST", "/v1/sign_in_tokens")
    );
    assert_eq!(requests[0].body(), br#"{"user_id":"user_1"}"#);
    assert_eq!(
        requests[0].header("clerk-api-version"),
        Some(clerk_api::API_VERSION)
    );
}

#[tokio::test]
async fn any_answer_can_be_told() {
    let fake = FakeClerk::start();
    let tokens = fake.clerk().sign_in_tokens();
    fake.next_answers(502, "<html>Bad Gateway</html>");
    let error = tokens.create("user_1").await.unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.code()),
        (502, None)
    );
    assert_eq!(
        error.response_body(),
        Some(&b"<html>Bad Gateway</html>"[..])
    );
    fake.next_answers(
        409,
        r#"{"errors": [{"code": "resource_locked", "message": "locked"}]}"#,
    );
    let error = tokens.create("user_1").await.unwrap_err();
    assert_eq!(
        (error.is_conflict(), error.code()),
        (true, Some("resource_locked"))
    );
    assert!(fake.tokens().is_empty());
}

#[tokio::test]
async fn a_ticket_signs_in_once() {
    let fake = FakeClerk::start();
    let token = fake
        .clerk()
        .sign_in_tokens()
        .create("user_1")
        .await
        .unwrap();
    let ticket = token.token.as_ref().unwrap().expose();
    assert_eq!(
        fake.accept_ticket("another").unwrap_err(),
        NotAccepted::NotFound
    );
    assert_eq!(fake.accept_ticket(ticket).unwrap().id, token.id);
    assert!(fake.accept_ticket(ticket).is_err());
}
