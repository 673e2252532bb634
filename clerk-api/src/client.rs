//! [`Clerk`]: what all calls of an application share.

mod builder;

use std::fmt;
use std::sync::Arc;

pub use builder::ClerkBuilder;

use crate::call::Call;
use crate::error::Error;
use crate::secret::Secret;
use crate::shared::Shared;

/// A client of Clerk's Backend API for one instance, the one that its secret key belongs to.
///
/// Make one and keep it: it holds the connection pool, the retry budget, and the throttle. Cloning is
/// cheap and shares all of that. `Debug` shows no secret.
///
/// ```no_run
/// # async fn example() -> Result<(), clerk_api::Error> {
/// let clerk = clerk_api::Clerk::from_env()?;
/// let token = clerk.sign_in_tokens().create("user_2x").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Clerk {
    shared: Arc<Shared>,
}

impl Clerk {
    /// A client with this secret key and the defaults of [`ClerkBuilder`].
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the key is empty, has characters that no header can have, or
    /// is a publishable key.
    pub fn new(secret_key: impl Into<Secret>) -> Result<Self, Error> {
        Self::builder().secret_key(secret_key).build()
    }

    /// A client with the secret key in the environment variable `CLERK_SECRET_KEY`, else in `CLERK_BEARER_AUTH`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if neither is set, and as for [`new`](Self::new).
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().secret_key_from_env().build()
    }

    /// A builder, for other settings than the defaults.
    pub fn builder() -> ClerkBuilder {
        ClerkBuilder::default()
    }

    /// A client for another instance that shares this one's settings and connections. It has its own
    /// retry budget and throttle, since each instance has its own limits.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_secret_key(&self, secret_key: impl Into<Secret>) -> Result<Self, Error> {
        let secret_key = secret_key.into();
        let mut headers = self.shared.headers.clone();
        headers.insert(
            http::header::AUTHORIZATION,
            builder::authorization(&secret_key)?,
        );
        Ok(Self {
            shared: Arc::new(self.shared.with_key(secret_key, headers)),
        })
    }

    /// A call of any operation of the contract, with the same retries, limits, headers, and errors: for an operation that
    /// has no other method here. The body types are in [`types`](crate::types).
    ///
    /// ```no_run
    /// # async fn example(clerk: clerk_api::Clerk) -> Result<(), clerk_api::Error> {
    /// let response = clerk.call().send(|api| api.revoke_sign_in_token("sit_2x")).await?;
    /// println!("{} after {} attempts", response.status(), response.attempts());
    /// # Ok(())
    /// # }
    /// ```
    pub fn call(&self) -> Call {
        Call::new(&self.shared)
    }
}

impl ClerkBuilder {
    /// Checks the settings and makes the client. It doesn't connect yet.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input), with the setting's name in [`parameter`](Error::parameter).
    pub fn build(self) -> Result<Clerk, Error> {
        let shared = Arc::new(self.shared()?);
        Ok(Clerk { shared })
    }
}

impl fmt::Debug for Clerk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.shared;
        formatter
            .debug_struct("Clerk")
            .field("base_url", &shared.base_url.as_str())
            .field("retry_policy", &shared.retry_policy)
            .field("operation_timeout", &shared.operation_timeout)
            .field("attempt_timeout", &shared.attempt_timeout)
            .field("max_response_bytes", &shared.max_response_bytes)
            .finish_non_exhaustive()
    }
}
