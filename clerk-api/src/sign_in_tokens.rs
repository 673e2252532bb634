//! The operations on sign-in tokens.

mod create;
#[cfg(feature = "bulk")]
mod create_many;
mod ensure_revoked;
mod revoke;
mod token;

pub use create::CreateSignInToken;
#[cfg(feature = "bulk")]
pub use create_many::{CreateMany, CreatedTokens};
pub use ensure_revoked::{EnsureRevoked, EnsureRevokedSignInToken};
pub use revoke::RevokeSignInToken;

use crate::client::Clerk;

/// The operations on sign-in tokens. From [`Clerk::sign_in_tokens`](crate::Clerk::sign_in_tokens).
///
/// Each gives a call that is sent by awaiting it, or by `send()`. Before that it takes settings for this one call:
/// `timeout`, `deadline`, `retry`, `header`. Its future is `Send`, and may be dropped at any point; a create that is
/// dropped after it was sent may have made a token all the same.
#[derive(Clone)]
pub struct SignInTokens {
    clerk: Clerk,
}

impl Clerk {
    /// The operations on sign-in tokens.
    pub fn sign_in_tokens(&self) -> SignInTokens {
        SignInTokens {
            clerk: self.clone(),
        }
    }
}

impl SignInTokens {
    /// Creates a token that signs this user in, once, without a password.
    ///
    /// The answer has the ticket and a link that carries it; neither can be fetched again. A create is never sent twice
    /// where the first may have made a token: see [`Outcome`](crate::Outcome).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(clerk: clerk_api::Clerk) -> Result<(), clerk_api::Error> {
    /// let token = clerk.sign_in_tokens().create("user_2x").expires_in(Duration::from_secs(600)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input): the user id is empty or a setting won't do; nothing was sent.
    /// [`is_not_found`](crate::Error::is_not_found): no such user. [`is_forbidden`](crate::Error::is_forbidden): the user isn't a
    /// member of the organization. [`is_unprocessable`](crate::Error::is_unprocessable): the server doesn't take a value. And
    /// those that every call may have.
    pub fn create(&self, user_id: impl Into<String>) -> CreateSignInToken {
        CreateSignInToken::new(self.clerk.call(), user_id.into())
    }

    /// Revokes a token that is still pending, as the API has it: a token that isn't is an error.
    /// [`ensure_revoked`](Self::ensure_revoked) is what most callers want.
    ///
    /// It is sent again after any failure that may pass; so it may meet its own work:
    /// [`is_not_pending`](crate::Error::is_not_pending) with the outcome [`Unknown`](crate::Outcome::Unknown).
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input): the id has other characters than ids have; nothing was sent.
    /// [`is_not_pending`](crate::Error::is_not_pending): it was used or revoked before. [`is_not_found`](crate::Error::is_not_found):
    /// no such token. And those that every call may have.
    pub fn revoke(&self, sign_in_token_id: impl Into<String>) -> RevokeSignInToken {
        RevokeSignInToken::new(self.clerk.call(), sign_in_token_id.into())
    }

    /// Makes sure that a token can't be used any more: revokes it, and takes it for success where it was used, revoked,
    /// or isn't there. May be repeated freely.
    ///
    /// ```no_run
    /// use clerk_api::EnsureRevoked;
    /// # async fn example(clerk: clerk_api::Clerk) -> Result<(), clerk_api::Error> {
    /// match clerk.sign_in_tokens().ensure_revoked("sit_2x").await? {
    ///     EnsureRevoked::Revoked(token) => println!("{} is revoked", token.id),
    ///     EnsureRevoked::AlreadyInactive(status) => println!("it was {status} before"),
    ///     EnsureRevoked::NotFound => println!("there is no such token"),
    ///     _ => {}
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input): the id has other characters than ids have; nothing was sent. And
    /// those that every call may have; the token may then still be usable.
    pub fn ensure_revoked(&self, sign_in_token_id: impl Into<String>) -> EnsureRevokedSignInToken {
        EnsureRevokedSignInToken::new(self.revoke(sign_in_token_id))
    }
}

#[cfg(feature = "bulk")]
impl SignInTokens {
    /// Creates tokens for many users: so many at a time, at a rate that Clerk allows. A failure doesn't hold up the rest.
    /// Feature `bulk`.
    ///
    /// ```no_run
    /// # async fn example(clerk: clerk_api::Clerk) {
    /// let mut created = clerk.sign_in_tokens().create_many(["user_1", "user_2"]).start();
    /// while let Some((user, result)) = created.next().await {
    ///     match result {
    ///         Ok(token) => println!("{user}: {}", token.id),
    ///         Err(error) => eprintln!("{user}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn create_many<I>(&self, users: I) -> CreateMany
    where
        I: IntoIterator<Item: Into<String> + 'static, IntoIter: Send + 'static>,
    {
        CreateMany::new(self.clerk.clone(), futures_util::stream::iter(users))
    }

    /// [`create_many`](Self::create_many) for users that come as a stream.
    pub fn create_many_from(
        &self,
        users: impl futures_core::Stream<Item = impl Into<String> + 'static> + Send + 'static,
    ) -> CreateMany {
        CreateMany::new(self.clerk.clone(), users)
    }
}

impl std::fmt::Debug for SignInTokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SignInTokens")
            .finish_non_exhaustive()
    }
}
