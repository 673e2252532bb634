//! The same calls without an async runtime. Feature `blocking`.
//!
//! Settings, retries, and errors are the same; a call blocks its thread until it is over. In an async task, that would stop
//! the runtime's other tasks, so a call there fails with [`is_invalid_input`](Error::is_invalid_input) before anything is
//! sent: use [`clerk_api::Clerk`](crate::Clerk) instead, or tokio's `spawn_blocking`. (In a task under
//! `tokio::task::unconstrained`, and in the destructor of a task that a runtime drops as it shuts down, tokio panics
//! instead.)
//!
//! ```no_run
//! let clerk = clerk_api::blocking::Clerk::from_env()?;
//! let token = clerk.sign_in_tokens().create("user_2x").send()?;
//! clerk.sign_in_tokens().revoke(&token.id).send()?;
//! # Ok::<(), clerk_api::Error>(())
//! ```

mod runtime;

use std::sync::Arc;
use std::time::Duration;

use runtime::Runtime;

use crate::call::call_settings;
use crate::call::response::Response;
use crate::error::Error;
use crate::exchange::Options;
use crate::generated::client::types::SignInToken;
use crate::secret::Secret;
use crate::sign_in_tokens::RevocationResult;

/// A part of the async API, blocking. Cloning is cheap.
#[derive(Clone, Debug)]
#[must_use = "a call does nothing until it is sent"]
pub struct Blocking<T> {
    inner: T,
    runtime: Arc<Runtime>,
}

/// [`clerk_api::Clerk`](crate::Clerk), blocking.
pub type Clerk = Blocking<crate::Clerk>;

/// [`clerk_api::SignInTokens`](crate::SignInTokens), blocking.
pub type SignInTokens = Blocking<crate::SignInTokens>;

/// A create that is not yet sent. From [`SignInTokens::create`](Blocking::create).
pub type CreateSignInToken = Blocking<crate::CreateSignInToken>;

/// A revoke that is not yet sent. From [`SignInTokens::revoke`](Blocking::revoke).
pub type RevokeSignInToken = Blocking<crate::RevokeSignInToken>;

/// A call that makes sure that a token can no longer be used, not yet sent. From
/// [`SignInTokens::ensure_revoked`](Blocking::ensure_revoked).
pub type EnsureRevokedSignInToken = Blocking<crate::EnsureRevokedSignInToken>;

impl<T> Blocking<T> {
    /// Another part, on the same runtime.
    fn with<U>(&self, inner: U) -> Blocking<U> {
        let runtime = self.runtime.clone();
        Blocking { inner, runtime }
    }
}

impl Clerk {
    /// Like [`clerk_api::Clerk::new`](crate::Clerk::new).
    pub fn new(secret_key: impl Into<Secret>) -> Result<Self, Error> {
        Self::from_async(crate::Clerk::new(secret_key)?)
    }

    /// Like [`clerk_api::Clerk::from_env`](crate::Clerk::from_env).
    pub fn from_env() -> Result<Self, Error> {
        Self::from_async(crate::Clerk::from_env()?)
    }

    /// Makes a client blocking, whatever its [settings](crate::ClerkBuilder) are. It gets a thread for its connections.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the system can't start a thread.
    pub fn from_async(clerk: crate::Clerk) -> Result<Self, Error> {
        let (inner, runtime) = (clerk, Arc::new(Runtime::start()?));
        Ok(Self { inner, runtime })
    }

    /// Like [`clerk_api::Clerk::with_secret_key`](crate::Clerk::with_secret_key).
    pub fn with_secret_key(&self, secret_key: impl Into<Secret>) -> Result<Self, Error> {
        Ok(self.with(self.inner.with_secret_key(secret_key)?))
    }

    /// The operations on sign-in tokens.
    pub fn sign_in_tokens(&self) -> SignInTokens {
        self.with(self.inner.sign_in_tokens())
    }
}

impl SignInTokens {
    /// Like [`clerk_api::SignInTokens::create`](crate::SignInTokens::create).
    pub fn create(&self, user_id: impl Into<String>) -> CreateSignInToken {
        self.with(self.inner.create(user_id))
    }

    /// Like [`clerk_api::SignInTokens::revoke`](crate::SignInTokens::revoke).
    pub fn revoke(&self, sign_in_token_id: impl Into<String>) -> RevokeSignInToken {
        self.with(self.inner.revoke(sign_in_token_id))
    }

    /// Like [`clerk_api::SignInTokens::ensure_revoked`](crate::SignInTokens::ensure_revoked).
    pub fn ensure_revoked(&self, sign_in_token_id: impl Into<String>) -> EnsureRevokedSignInToken {
        self.with(self.inner.ensure_revoked(sign_in_token_id))
    }
}

impl CreateSignInToken {
    /// Like [`clerk_api::CreateSignInToken::org_id`](crate::CreateSignInToken::org_id).
    pub fn org_id(mut self, org_id: impl Into<String>) -> Self {
        self.inner = self.inner.org_id(org_id);
        self
    }

    /// Like [`clerk_api::CreateSignInToken::expires_in`](crate::CreateSignInToken::expires_in).
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.inner = self.inner.expires_in(lifetime);
        self
    }
}

macro_rules! blocking_call {
    ($call:ty => $output:ty) => {
        call_settings!($call);

        impl $call {
            fn options_mut(&mut self) -> &mut Options {
                self.inner.options_mut()
            }

            /// Sends it, and waits until it is over.
            ///
            /// # Errors
            ///
            /// Those of the async call, and [`is_invalid_input`](Error::is_invalid_input) in an async task.
            pub fn send(self) -> Result<$output, Error> {
                self.send_with_response().map(Response::into_body)
            }

            /// Like [`send`](Self::send), but also returns the status, headers, attempts, and trace id.
            pub fn send_with_response(self) -> Result<Response<$output>, Error> {
                self.runtime.wait(self.inner.send_with_response())
            }
        }
    };
}

blocking_call!(CreateSignInToken => SignInToken);
blocking_call!(RevokeSignInToken => SignInToken);
blocking_call!(EnsureRevokedSignInToken => RevocationResult);
