//! A revoke whose end is what counts: afterwards the token can't be used.

use super::revoke::RevokeSignInToken;
use crate::call::response::Response;
use crate::call::{call_future, call_settings};
use crate::error::{ApiError, Error};
use crate::exchange::Options;
use crate::generated::client::types::SignInToken;
use crate::generated::open_enums::SignInTokenStatus;

/// Why a token can't be used any more.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EnsureRevoked {
    /// This call revoked it.
    Revoked(SignInToken),
    /// It was not pending: used, or revoked before, perhaps by an earlier attempt of this very call. The status is the
    /// one that the server's message names, and an empty [`UnknownValue`](SignInTokenStatus::UnknownValue) where it names
    /// none.
    AlreadyInactive(SignInTokenStatus),
    /// The instance has no token of this id.
    NotFound,
}

/// A call that makes sure that a token can't be used, not yet sent. From
/// [`SignInTokens::ensure_revoked`](crate::SignInTokens::ensure_revoked).
#[derive(Clone, Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct EnsureRevokedSignInToken {
    revoke: RevokeSignInToken,
}

call_settings!(EnsureRevokedSignInToken);
call_future!(EnsureRevokedSignInToken => EnsureRevoked);

impl EnsureRevokedSignInToken {
    pub(super) fn new(revoke: RevokeSignInToken) -> Self {
        Self { revoke }
    }

    pub(crate) fn options_mut(&mut self) -> &mut Options {
        self.revoke.options_mut()
    }

    /// Sends it. Awaiting the call does the same.
    ///
    /// # Errors
    ///
    /// As [`SignInTokens::ensure_revoked`](crate::SignInTokens::ensure_revoked) lists them.
    pub async fn send(self) -> Result<EnsureRevoked, Error> {
        self.with_response().await.map(Response::into_value)
    }

    /// Sends it, and gives status, headers, attempts and trace id beside its end. The status is 400 or 404 where the token
    /// was inactive before.
    ///
    /// # Errors
    ///
    /// As [`SignInTokens::ensure_revoked`](crate::SignInTokens::ensure_revoked) lists them.
    pub async fn with_response(self) -> Result<Response<EnsureRevoked>, Error> {
        let error = match self.revoke.with_response().await {
            Ok(response) => return Ok(response.map(EnsureRevoked::Revoked)),
            Err(error) => error,
        };
        let end = if error.is_not_found() && !error.errors().is_empty() {
            EnsureRevoked::NotFound
        } else if error.is_not_pending() {
            EnsureRevoked::AlreadyInactive(named_status(error.errors()))
        } else {
            return Err(error);
        };
        Response::from_error(end, error)
    }
}

/// The status that an error's message names: the word after "status is".
fn named_status(errors: &[ApiError]) -> SignInTokenStatus {
    let texts = errors
        .iter()
        .flat_map(|error| [error.long_message().unwrap_or_default(), error.message()]);
    let named = texts.filter_map(|text| {
        let (_, rest) = text.split_once("status is ")?;
        rest.split(|character: char| !character.is_alphanumeric() && character != '_')
            .find(|word| !word.is_empty())
    });
    SignInTokenStatus::from(named.map(str::to_owned).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorBody;

    fn named(long_message: &str) -> SignInTokenStatus {
        let body = format!(
            r#"{{"errors": [{{"code": "c", "message": "m", "long_message": "{long_message}"}}]}}"#
        );
        named_status(&ErrorBody::parse(body.as_bytes(), "k").errors)
    }

    #[test]
    fn the_status_is_taken_from_the_message() {
        assert_eq!(
            named("Not revoked: the status is accepted. Only pending ones are."),
            SignInTokenStatus::Accepted
        );
        assert_eq!(
            named("the status is `revoked`."),
            SignInTokenStatus::Revoked
        );
        let expired = SignInTokenStatus::UnknownValue("expired".to_owned());
        assert_eq!(named("its status is expired, sorry"), expired);
    }

    #[test]
    fn a_message_that_names_none_gives_an_empty_one() {
        let none = SignInTokenStatus::UnknownValue(String::new());
        assert_eq!(named("no"), none);
        assert_eq!(named_status(&[]), none);
    }
}
