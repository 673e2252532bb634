//! [`Clerk`]: what all calls of an application share.

mod base_url;
mod builder;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;

use base_url::BaseUrl;
pub use builder::ClerkBuilder;

use crate::error::Error;
use crate::generated::client::Client;
use crate::hooks;
use crate::limiter::Limiter;
use crate::observe::Attempt;
use crate::retry::RetryPolicy;
use crate::retry::budget::Budget;
use crate::secret::Secret;
use crate::sign_in_tokens::SignInTokens;

/// A client of Clerk's Backend API for one instance, the one that its secret key belongs to.
///
/// Make one and keep it: it holds the connection pool, the retry budget, and what is known of the rate limit. Cloning is
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
    pub(crate) shared: Arc<Shared>,
}

/// What all calls of a client share.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    /// Whether `http` is the caller's own, which may follow redirects.
    pub(crate) foreign_http: bool,
    pub(crate) base_url: BaseUrl,
    /// The headers of every request.
    pub(crate) headers: HeaderMap,
    pub(crate) secret_key: Secret,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) body_limit: usize,
    pub(crate) budget: Mutex<Budget>,
    pub(crate) limiter: Limiter,
    pub(crate) on_attempt: Option<OnAttempt>,
}

impl Shared {
    /// What all calls may retry together.
    pub(crate) fn budget(&self) -> MutexGuard<'_, Budget> {
        // It is held for an addition only, which can't leave it half done.
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told of every attempt.
pub(crate) type OnAttempt = Arc<dyn Fn(&Attempt<'_>) + Send + Sync>;

impl Clerk {
    /// A client with this secret key and the defaults of [`ClerkBuilder`].
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) where the key is empty, has characters that no header can have, or
    /// is a publishable key.
    pub fn new(secret_key: impl Into<Secret>) -> Result<Self, Error> {
        Self::builder().secret_key(secret_key).build()
    }

    /// A client with the secret key in the environment variable `CLERK_SECRET_KEY`, else in `CLERK_BEARER_AUTH`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) where neither is set, and as for [`new`](Self::new).
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().secret_key_from_env().build()
    }

    /// A builder, for other settings than the defaults.
    pub fn builder() -> ClerkBuilder {
        ClerkBuilder::default()
    }

    /// A client for another instance that shares this one's settings and connections. Retry budget and rate limit are
    /// its own, as each instance has limits of its own.
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
        Ok(Self::of(Shared {
            http: self.shared.http.clone(),
            foreign_http: self.shared.foreign_http,
            base_url: self.shared.base_url.clone(),
            headers,
            secret_key,
            retry: self.shared.retry.clone(),
            timeout: self.shared.timeout,
            attempt_timeout: self.shared.attempt_timeout,
            body_limit: self.shared.body_limit,
            budget: Mutex::new(Budget::new(Instant::now())),
            limiter: Limiter::new(),
            on_attempt: self.shared.on_attempt.clone(),
        }))
    }

    /// The operations on sign-in tokens.
    pub fn sign_in_tokens(&self) -> SignInTokens {
        SignInTokens::new(self.shared.clone())
    }

    /// The generated client: one method for each operation of the contract, with the contract's types and no checks.
    /// Its calls go through the same retries, limits and headers, and its errors convert to [`Error`].
    pub fn api(&self) -> Client {
        hooks::for_any_calls(&self.shared)
    }

    pub(crate) fn of(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }
}

impl fmt::Debug for Clerk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.shared;
        formatter
            .debug_struct("Clerk")
            .field("base_url", &shared.base_url.url.as_str())
            .field("retry", &shared.retry)
            .field("timeout", &shared.timeout)
            .field("attempt_timeout", &shared.attempt_timeout)
            .field("body_limit", &shared.body_limit)
            .finish_non_exhaustive()
    }
}
