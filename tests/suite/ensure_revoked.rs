//! `ensure_revoked`: what counts as a token that can't be used any more, and that it is retried as a revoke is.

use clerk_api::types::{SignInToken, SignInTokenStatus};
use clerk_api::{EnsureRevoked, Error, Outcome, Response};
use clerk_api_tests::faulty_server::{Answer, Disconnect};

use crate::support::{Fixture, NOT_PENDING, errors, not_pending, success, token_value};

async fn ensure_revoked(
    fixture: &Fixture,
    script: impl IntoIterator<Item = Answer>,
) -> Result<Response<EnsureRevoked>, Error> {
    let tokens = fixture.client(script).sign_in_tokens();
    tokens.ensure_revoked("sit_1").send_with_response().await
}

#[tokio::test]
async fn a_pending_token_is_revoked() {
    let fixture = Fixture::start().await;
    let mut token = token_value();
    token["status"] = "revoked".into();
    let script = [Answer::ok(token.to_string())];
    let response = ensure_revoked(&fixture, script).await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    let EnsureRevoked::Revoked(SignInToken { id, status, .. }) = response.into_body() else {
        panic!("it was pending");
    };
    assert_eq!((id.as_str(), status), ("sit_1", SignInTokenStatus::Revoked));
}

#[tokio::test]
async fn a_token_that_is_not_pending_is_inactive_and_its_status_is_named() {
    let fixture = Fixture::start().await;
    for (message, expected) in [
        ("It can't be: its status is accepted. No.", "accepted"),
        ("Not revoked because its status is revoked.", "revoked"),
        ("Its status is `expired`", "expired"),
        ("It can't be revoked.", ""),
    ] {
        let answer = Answer::status(400).json(errors(NOT_PENDING, message));
        let response = ensure_revoked(&fixture, [answer]).await.unwrap();
        assert_eq!((response.status().as_u16(), response.attempts()), (400, 1));
        let EnsureRevoked::AlreadyInactive(status) = response.into_body() else {
            panic!("{message}");
        };
        assert_eq!(status.as_str(), expected);
    }
}

#[tokio::test]
async fn a_token_that_clerk_does_not_know_is_not_found() {
    let fixture = Fixture::start().await;
    let answer = Answer::status(404).json(errors("resource_not_found", "No."));
    let response = ensure_revoked(&fixture, [answer]).await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (404, 1));
    assert!(matches!(response.value(), EnsureRevoked::NotFound));
}

#[tokio::test]
async fn every_other_error_stays_one() {
    let fixture = Fixture::start().await;
    for (answer, outcome) in [
        // A wrong base URL gives a 404 as well, but not in Clerk's form.
        (
            Answer::status(404).html("<h1>nginx</h1>"),
            Outcome::Rejected,
        ),
        (Answer::status(404), Outcome::Rejected),
        (
            Answer::status(400).json(errors("request_body_invalid", "No.")),
            Outcome::Rejected,
        ),
        (
            Answer::status(401).json(errors("clerk_key_invalid", "No.")),
            Outcome::Rejected,
        ),
        (
            Answer::status(403).json(errors(NOT_PENDING, "No.")),
            Outcome::Rejected,
        ),
        (Answer::ok("{"), Outcome::Applied),
    ] {
        let error = ensure_revoked(&fixture, [answer]).await.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{error}");
        assert_eq!(error.attempts(), 1);
        assert_eq!(error.operation(), Some("RevokeSignInToken"));
    }
    assert_eq!(fixture.server.request_count(), 6);
}

#[tokio::test]
async fn it_is_retried_as_a_revoke_is_and_may_find_its_own_work() {
    let fixture = Fixture::start().await;
    for (earlier, outcome) in [
        (Answer::status(503), Outcome::Rejected),
        (Answer::status(500), Outcome::Unknown),
        (Answer::reset_before_answer(), Outcome::Unknown),
        (success().cut_after(20, Disconnect::Close), Outcome::Unknown),
    ] {
        let script = [earlier.clone(), success()];
        let response = ensure_revoked(&fixture, script).await.unwrap();
        assert_eq!(response.attempts(), 2);
        assert!(matches!(response.value(), EnsureRevoked::Revoked(_)));

        let script = [earlier, not_pending()];
        let response = ensure_revoked(&fixture, script).await.unwrap();
        assert_eq!(response.attempts(), 2);
        assert_eq!(response.earlier_outcome(), Some(outcome));
        assert!(matches!(
            response.value(),
            EnsureRevoked::AlreadyInactive(SignInTokenStatus::Revoked)
        ));
    }
}
