//! What all calls of a client share.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::attempt::Attempt;
use crate::base_url::BaseUrl;
use crate::retry::policy::RetryPolicy;
use crate::retry::run::Limits;
use crate::secret::Secret;

/// Called after every attempt.
pub(crate) type OnAttempt = Arc<dyn Fn(&Attempt<'_>) + Send + Sync>;

/// Settings and state of a client.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    /// Whether `http` is the caller's, which may follow redirects.
    pub(crate) user_supplied_client: bool,
    /// The longest time for connecting; `None` if the HTTP client is the caller's.
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) base_url: BaseUrl,
    /// The headers of every request.
    pub(crate) headers: HeaderMap,
    pub(crate) secret_key: Secret,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) operation_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) on_attempt: Option<OnAttempt>,
    pub(crate) limits: Limits,
}

impl Shared {
    /// The same settings and connections for another secret key, with limits of their own.
    pub(crate) fn with_key(&self, secret_key: Secret, headers: HeaderMap) -> Self {
        Self {
            http: self.http.clone(),
            user_supplied_client: self.user_supplied_client,
            connect_timeout: self.connect_timeout,
            base_url: self.base_url.clone(),
            headers,
            secret_key,
            retry_policy: self.retry_policy.clone(),
            operation_timeout: self.operation_timeout,
            attempt_timeout: self.attempt_timeout,
            max_response_bytes: self.max_response_bytes,
            on_attempt: self.on_attempt.clone(),
            limits: Limits::new(Instant::now()),
        }
    }
}
