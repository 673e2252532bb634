//! `ensure_revoked`: which tokens can't be used any more, and that it is retried like a revoke.

use clerk_api::types::{SignInToken, SignInTokenStatus};
use clerk_api::{Error, Outcome, Response, RevocationResult};
use clerk_api_tests::faulty_server::{Disconnect, Reply};

use crate::support::{Fixture, NOT_PENDING, errors, not_pending, success, success_with};

async fn ensure_revoked(
    fixture: &Fixture,
    script: impl IntoIterator<Item = Reply>,
) -> Result<Response<RevocationResult>, Error> {
    let tokens = fixture.client(script).sign_in_tokens();
    tokens.ensure_revoked("sit_1").send_with_response().await
}

#[tokio::test]
async fn a_pending_token_is_revoked_and_another_is_inactive_already() {
    let fixture = Fixture::start().await;
    let revoked = success_with("status", "revoked");
    let response = ensure_revoked(&fixture, [revoked]).await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    let RevocationResult::Revoked(SignInToken { id, status, .. }) = response.into_body() else {
        panic!("it was pending");
    };
    assert_eq!((id.as_str(), status), ("sit_1", SignInTokenStatus::Revoked));

    let accepted = Reply::status(400).json(errors(NOT_PENDING, "Its status is accepted."));
    let response = ensure_revoked(&fixture, [accepted]).await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (400, 1));
    assert!(matches!(response.body(), RevocationResult::AlreadyInactive));
}

#[tokio::test]
async fn every_other_failure_is_an_error() {
    let fixture = Fixture::start().await;
    let rejected = Outcome::Rejected;
    let json = |status, code| Reply::status(status).json(errors(code, "No."));
    for (reply, outcome) in [
        // The token may be another instance's, where it still signs in.
        (json(404, "resource_not_found"), rejected),
        // A wrong base URL gets a 404 as well, but not in Clerk's form.
        (Reply::status(404).html("<h1>nginx</h1>"), rejected),
        (Reply::status(404), rejected),
        (json(400, "request_body_invalid"), rejected),
        (json(401, "clerk_key_invalid"), rejected),
        (json(403, NOT_PENDING), rejected),
        (Reply::ok("{"), Outcome::Applied),
    ] {
        let before = fixture.server.request_count();
        let error = ensure_revoked(&fixture, [reply]).await.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{error}");
        assert_eq!(error.attempts(), 1, "{error}");
        assert_eq!(error.operation(), Some("RevokeSignInToken"));
        let is_404 = error.status().unwrap() == 404;
        assert_eq!(error.is_not_found(), is_404, "{error}");
        assert_eq!(fixture.server.request_count(), before + 1, "{error}");
    }
}

#[tokio::test]
async fn it_is_retried_like_a_revoke_and_may_find_its_own_work() {
    let fixture = Fixture::start().await;
    for (earlier, outcome) in [
        (Reply::status(503), Outcome::Rejected),
        (Reply::status(500), Outcome::Unknown),
        (Reply::reset_before_response(), Outcome::Unknown),
        (success().cut_after(20, Disconnect::Close), Outcome::Unknown),
    ] {
        let script = [earlier.clone(), success()];
        let response = ensure_revoked(&fixture, script).await.unwrap();
        assert_eq!(response.attempts(), 2);
        assert!(matches!(response.body(), RevocationResult::Revoked(_)));

        let script = [earlier, not_pending()];
        let response = ensure_revoked(&fixture, script).await.unwrap();
        assert_eq!(response.attempts(), 2);
        assert_eq!(response.earlier_outcome(), Some(outcome));
        assert!(matches!(response.body(), RevocationResult::AlreadyInactive));
    }
}
