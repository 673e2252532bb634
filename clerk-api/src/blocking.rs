//! The same calls without an async runtime. Feature `blocking`.
//!
//! Same settings, same retries, same errors; a call blocks its thread until it is over. Inside an async runtime that would
//! hold up the runtime's other tasks, so there, and in tokio's `spawn_blocking`, which can't be told apart, every call fails with
//! [`is_invalid_input`](crate::Error::is_invalid_input) before anything is sent: use [`clerk_api::Clerk`](crate::Clerk)
//! there.
//!
//! ```no_run
//! # fn main() -> Result<(), clerk_api::Error> {
//! let clerk = clerk_api::blocking::Clerk::from_env()?;
//! let token = clerk.sign_in_tokens().create("user_2x").send()?;
//! clerk.sign_in_tokens().revoke(&token.id).send()?;
//! # Ok(())
//! # }
//! ```

mod runtime;

use std::sync::Arc;
use std::time::{Duration, Instant};

use runtime::Runtime;

use crate::call::response::Response;
use crate::error::Error;
use crate::generated::client::types::SignInToken;
use crate::retry::policy::RetryPolicy;
use crate::secret::Secret;
use crate::sign_in_tokens::EnsureRevoked;

/// [`clerk_api::Clerk`](crate::Clerk), blocking. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Clerk {
    inner: crate::Clerk,
    runtime: Arc<Runtime>,
}

impl Clerk {
    /// As [`clerk_api::Clerk::new`](crate::Clerk::new).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn new(secret_key: impl Into<Secret>) -> Result<Self, Error> {
        Self::from_async(crate::Clerk::new(secret_key)?)
    }

    /// As [`clerk_api::Clerk::from_env`](crate::Clerk::from_env).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_async(crate::Clerk::from_env()?)
    }

    /// Makes a client blocking, with the settings that it was [built](crate::ClerkBuilder) with. It has a thread of its
    /// own for the connections.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) where the system gives it no thread.
    pub fn from_async(clerk: crate::Clerk) -> Result<Self, Error> {
        let runtime = Arc::new(Runtime::start()?);
        Ok(Self {
            inner: clerk,
            runtime,
        })
    }

    /// As [`clerk_api::Clerk::with_secret_key`](crate::Clerk::with_secret_key).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn with_secret_key(&self, secret_key: impl Into<Secret>) -> Result<Self, Error> {
        Ok(Self {
            inner: self.inner.with_secret_key(secret_key)?,
            runtime: self.runtime.clone(),
        })
    }

    /// The operations on sign-in tokens.
    pub fn sign_in_tokens(&self) -> SignInTokens {
        SignInTokens {
            inner: self.inner.sign_in_tokens(),
            runtime: self.runtime.clone(),
        }
    }
}

/// [`clerk_api::SignInTokens`](crate::SignInTokens), blocking.
#[derive(Clone, Debug)]
pub struct SignInTokens {
    inner: crate::SignInTokens,
    runtime: Arc<Runtime>,
}

impl SignInTokens {
    /// As [`clerk_api::SignInTokens::create`](crate::SignInTokens::create).
    pub fn create(&self, user_id: impl Into<String>) -> CreateSignInToken {
        CreateSignInToken {
            call: self.inner.create(user_id),
            runtime: self.runtime.clone(),
        }
    }

    /// As [`clerk_api::SignInTokens::revoke`](crate::SignInTokens::revoke).
    pub fn revoke(&self, sign_in_token_id: impl Into<String>) -> RevokeSignInToken {
        RevokeSignInToken {
            call: self.inner.revoke(sign_in_token_id),
            runtime: self.runtime.clone(),
        }
    }

    /// As [`clerk_api::SignInTokens::ensure_revoked`](crate::SignInTokens::ensure_revoked).
    pub fn ensure_revoked(&self, sign_in_token_id: impl Into<String>) -> EnsureRevokedSignInToken {
        EnsureRevokedSignInToken {
            call: self.inner.ensure_revoked(sign_in_token_id),
            runtime: self.runtime.clone(),
        }
    }
}

/// A call of the async layer, with the settings that every call has.
macro_rules! blocking_call {
    ($(#[$documentation:meta])* $name:ident => $output:ty) => {
        $(#[$documentation])*
        #[derive(Clone, Debug)]
        #[must_use = "a call does nothing until it is sent"]
        pub struct $name {
            call: crate::$name,
            runtime: Arc<Runtime>,
        }

        impl $name {
            /// The longest time for this call, retries and waits included. Default: the client's.
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.call = self.call.timeout(timeout);
                self
            }

            /// When this call has to be over, whatever its `timeout` is. Default: none.
            pub fn deadline(mut self, deadline: Instant) -> Self {
                self.call = self.call.deadline(deadline);
                self
            }

            /// How this call is retried. Default: the client's policy.
            pub fn retry(mut self, policy: RetryPolicy) -> Self {
                self.call = self.call.retry(policy);
                self
            }

            /// A further header, as the async call takes it.
            pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                self.call = self.call.header(name, value);
                self
            }

            /// Sends it, and waits until it is over.
            ///
            /// # Errors
            ///
            /// As the async call, and [`is_invalid_input`](Error::is_invalid_input) inside an async runtime.
            pub fn send(self) -> Result<$output, Error> {
                self.runtime.wait(self.call.send())
            }
        }
    };
}

blocking_call! {
    /// A create that is not yet sent. From [`SignInTokens::create`].
    CreateSignInToken => SignInToken
}
blocking_call! {
    /// A revoke that is not yet sent. From [`SignInTokens::revoke`].
    RevokeSignInToken => SignInToken
}
blocking_call! {
    /// A call that makes sure that a token can't be used, not yet sent. From [`SignInTokens::ensure_revoked`].
    EnsureRevokedSignInToken => EnsureRevoked
}

impl CreateSignInToken {
    /// The organization that becomes the active one at sign-in; the user must be a member. Default: none.
    pub fn org_id(mut self, org_id: impl Into<String>) -> Self {
        self.call = self.call.org_id(org_id);
        self
    }

    /// How long the token can be used, from its creation. At least one second; what is beyond whole seconds is cut off.
    /// Default: the server's, 30 days.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.call = self.call.expires_in(lifetime);
        self
    }

    /// Sends it, and gives status, headers, attempts and trace id beside the token.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn with_response(self) -> Result<Response<SignInToken>, Error> {
        self.runtime.wait(self.call.with_response())
    }
}

impl RevokeSignInToken {
    /// Sends it, and gives status, headers, attempts and trace id beside the token.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn with_response(self) -> Result<Response<SignInToken>, Error> {
        self.runtime.wait(self.call.with_response())
    }
}

impl EnsureRevokedSignInToken {
    /// Sends it, and gives status, headers, attempts and trace id beside its end.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn with_response(self) -> Result<Response<EnsureRevoked>, Error> {
        self.runtime.wait(self.call.with_response())
    }
}
