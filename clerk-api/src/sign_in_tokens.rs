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
pub use ensure_revoked::{EnsureRevokedSignInToken, RevocationResult};
pub use revoke::RevokeSignInToken;

use crate::client::Clerk;

/// The operations on sign-in tokens. From [`Clerk::sign_in_tokens`](crate::Clerk::sign_in_tokens).
///
/// Each returns a call that is sent by awaiting it, or by `send()`. Before that it takes settings for this one call:
/// `operation_timeout`, `deadline`, `retry_policy`, `header`. Its future is `Send`, and may be dropped at any point; a create that is
/// dropped after it was sent may have made a token anyway.
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
    /// The response has the ticket and a link that carries it; neither can be fetched again. A create is never sent twice
    /// if the first may have made a token: see [`Outcome`](crate::Outcome).
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
    /// [`is_invalid_input`](crate::Error::is_invalid_input): the user id is empty or a setting is invalid; nothing was sent.
    /// [`is_not_found`](crate::Error::is_not_found): no such user. [`is_forbidden`](crate::Error::is_forbidden): the user isn't a
    /// member of the organization. [`is_unprocessable`](crate::Error::is_unprocessable): the server rejects a value. And
    /// those of every call.
    pub fn create(&self, user_id: impl Into<String>) -> CreateSignInToken {
        CreateSignInToken::new(self.clerk.call(), user_id.into())
    }

    /// Revokes a pending token, as the API defines it: any other token is an error. Most callers want
    /// [`ensure_revoked`](Self::ensure_revoked).
    ///
    /// It is retried after any failure that may be temporary. If an earlier attempt did the work, a later one fails with
    /// [`is_not_pending`](crate::Error::is_not_pending) and the outcome [`Unknown`](crate::Outcome::Unknown).
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input): the id has characters that no id has; nothing was sent.
    /// [`is_not_pending`](crate::Error::is_not_pending): it was used or revoked before. [`is_not_found`](crate::Error::is_not_found):
    /// no such token. And those of every call.
    pub fn revoke(&self, sign_in_token_id: impl Into<String>) -> RevokeSignInToken {
        RevokeSignInToken::new(self.clerk.call(), sign_in_token_id.into())
    }

    /// Makes sure that a token can no longer be used: revokes it, and also succeeds if it is no longer pending. Safe to
    /// repeat.
    ///
    /// A token that this instance doesn't have is an error: it may belong to another instance, where it still signs in.
    ///
    /// ```no_run
    /// use clerk_api::RevocationResult;
    /// # async fn example(clerk: clerk_api::Clerk) -> Result<(), clerk_api::Error> {
    /// match clerk.sign_in_tokens().ensure_revoked("sit_2x").await? {
    ///     RevocationResult::Revoked(token) => println!("{} is revoked", token.id),
    ///     _ => println!("it was already inactive"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input): the id has characters that no id has; nothing was sent.
    /// [`is_not_found`](crate::Error::is_not_found): the instance has no such token. And those of every call;
    /// the token may then still be usable.
    pub fn ensure_revoked(&self, sign_in_token_id: impl Into<String>) -> EnsureRevokedSignInToken {
        EnsureRevokedSignInToken::new(self.revoke(sign_in_token_id))
    }
}

#[cfg(feature = "bulk")]
impl SignInTokens {
    /// Creates tokens for many users, several at a time, at a rate that Clerk allows. A failure doesn't stop the rest.
    /// Feature `bulk`.
    ///
    /// ```no_run
    /// # async fn example(clerk: clerk_api::Clerk) -> Result<(), clerk_api::Error> {
    /// let mut created = clerk.sign_in_tokens().create_many(["user_1", "user_2"]).start()?;
    /// while let Some((user, result)) = created.next().await {
    ///     match result {
    ///         Ok(token) => println!("{user}: {}", token.id),
    ///         Err(error) => eprintln!("{user}: {error}"),
    ///     }
    /// }
    /// # Ok(())
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
