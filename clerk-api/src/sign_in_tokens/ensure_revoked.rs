//! A revoke that succeeds if the token can't be used afterwards.

use super::revoke::RevokeSignInToken;
use crate::call::response::Response;
use crate::call::{call_sending, call_settings};
use crate::error::Error;
use crate::exchange::Options;
use crate::generated::client::types::SignInToken;

/// Why a token can no longer be used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RevocationResult {
    /// This call revoked it.
    Revoked(SignInToken),
    /// It was no longer pending: used, expired, or revoked before, perhaps by an earlier attempt of this very call. The
    /// response has status 400.
    AlreadyInactive,
}

/// A call that makes sure that a token can no longer be used, not yet sent. From
/// [`SignInTokens::ensure_revoked`](crate::SignInTokens::ensure_revoked).
#[derive(Clone, Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct EnsureRevokedSignInToken {
    revoke: RevokeSignInToken,
}

call_settings!(EnsureRevokedSignInToken);
call_sending!(
    EnsureRevokedSignInToken => RevocationResult,
    "As [`SignInTokens::ensure_revoked`](crate::SignInTokens::ensure_revoked) lists them."
);

impl EnsureRevokedSignInToken {
    pub(super) fn new(revoke: RevokeSignInToken) -> Self {
        Self { revoke }
    }

    pub(crate) fn options_mut(&mut self) -> &mut Options {
        self.revoke.options_mut()
    }

    pub(super) async fn response(&mut self) -> Result<Response<RevocationResult>, Error> {
        let error = match self.revoke.response().await {
            Ok(response) => return Ok(response.map(RevocationResult::Revoked)),
            Err(error) => error,
        };
        if error.is_not_pending() {
            Response::from_error(RevocationResult::AlreadyInactive, error)
        } else {
            Err(error)
        }
    }
}
