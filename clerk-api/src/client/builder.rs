//! The settings of a client. They are checked when it is built.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};

use crate::attempt::Attempt;
use crate::base_url::BaseUrl;
use crate::error::{Cause, Error};
use crate::generated::operations::{API_VERSION, SERVER};
use crate::retry::policy::RetryPolicy;
use crate::retry::run::Limits;
use crate::secret::Secret;
use crate::shared::{OnAttempt, Shared};

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_OPERATION_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// How often an HTTP/2 connection is pinged, and how long the response may take.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// How many headers a request usually has: ours and those of the generated client.
const HEADERS: usize = 6;

/// The variables that may hold the secret key, in the order in which they are read.
const KEY_VARIABLES: [&str; 2] = ["CLERK_SECRET_KEY", "CLERK_BEARER_AUTH"];

/// The settings of a [`Clerk`](crate::Clerk). [`build`](Self::build) checks them.
///
/// ```
/// # use clerk_api::Clerk;
/// # use std::time::Duration;
/// let clerk = Clerk::builder()
///     .secret_key("sk_test_x")
///     .operation_timeout(Duration::from_secs(10))
///     .user_agent_suffix("shop/1.4")
///     .build()?;
/// # Ok::<(), clerk_api::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "settings have no effect until the client is built"]
pub struct ClerkBuilder {
    secret_key: Option<Secret>,
    base_url: String,
    api_version: String,
    user_agent_suffix: Option<String>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    operation_timeout: Duration,
    retry_policy: RetryPolicy,
    max_response_bytes: usize,
    http_client: Option<reqwest::Client>,
    on_attempt: Option<OnAttempt>,
}

impl ClerkBuilder {
    /// The instance's secret key (`sk_test_…` or `sk_live_…`). There is no default.
    pub fn secret_key(mut self, secret_key: impl Into<Secret>) -> Self {
        self.secret_key = Some(secret_key.into());
        self
    }

    /// Takes the secret key from the environment variable `CLERK_SECRET_KEY`, or if that is unset or empty, from
    /// `CLERK_BEARER_AUTH`. If both are, a key that was set before is kept. A variable that isn't Unicode makes
    /// [`build`](Self::build) fail.
    pub fn secret_key_from_env(mut self) -> Self {
        let mut values = KEY_VARIABLES.into_iter().flat_map(std::env::var_os);
        if let Some(value) = values.find(|value| !value.is_empty()) {
            // The replacement for characters that can't be decoded is in no key, so `build` fails.
            self.secret_key = Some(Secret::new(value.to_string_lossy()));
        }
        self
    }

    /// The URL of the API: https, or http on a loopback host. A slash at the end makes no difference. Default:
    /// `https://api.clerk.com/v1`.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// The version of the API, a date, sent as `Clerk-API-Version`. Default: [`API_VERSION`](crate::API_VERSION), which
    /// the types are made for.
    pub fn api_version(mut self, api_version: impl Into<String>) -> Self {
        self.api_version = api_version.into();
        self
    }

    /// What follows `clerk-api-rust/<version>` in `User-Agent`, such as `shop/1.4`. Default: nothing.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// The longest time to connect: DNS, TCP, and TLS. Default: 5 s. It has no effect with
    /// [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The longest time for one attempt, from connecting to the last byte of the response. Default: 10 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The longest time for a whole call, retries and waits included. Default: 30 s.
    ///
    /// An attempt is begun only if a quarter of its time limit is left, or of the call's if that is shorter. Otherwise the
    /// call ends without sending it, since the response would come too late.
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.operation_timeout = timeout;
        self
    }

    /// How calls are retried. Default: [`RetryPolicy::default`].
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// The longest response body that is read, in bytes. Default: 1 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Uses your own HTTP client, for example with a proxy, with certificates, or to share its connections.
    ///
    /// Build it with [`redirect::Policy::none()`](reqwest::redirect::Policy::none): by default, reqwest follows redirects
    /// and sends the request's body wherever they lead. A call whose redirect was followed fails. For an http base URL, the
    /// client should have no proxy.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Calls this after each attempt of each call, in the call's task: it should be quick, and must not panic. It is meant
    /// for metrics and logs; the feature `tracing` provides the same as spans and events.
    ///
    /// ```
    /// # use clerk_api::Clerk;
    /// let clerk = Clerk::builder()
    ///     .secret_key("sk_test_x")
    ///     .on_attempt(|attempt| eprintln!("{:?}: {:?}", attempt.operation, attempt.status))
    ///     .build()?;
    /// # Ok::<(), clerk_api::Error>(())
    /// ```
    pub fn on_attempt(mut self, callback: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.on_attempt = Some(Arc::new(callback));
        self
    }

    /// What the client's calls share, if the settings are valid.
    pub(super) fn shared(self) -> Result<Shared, Error> {
        let secret_key = self.secret_key.ok_or_else(|| {
            let [first, second] = KEY_VARIABLES;
            let problem = format!("is missing; set it, or the variable {first} or {second}");
            Error::invalid_input("secret_key", problem)
        })?;
        for (name, timeout) in [
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("operation_timeout", self.operation_timeout),
        ] {
            if timeout.is_zero() {
                return Err(Error::invalid_input(name, "is zero"));
            }
        }
        self.retry_policy.check()?;
        if self.max_response_bytes == 0 {
            return Err(Error::invalid_input("max_response_bytes", "is zero"));
        }
        let base_url = BaseUrl::parse(&self.base_url)?;
        let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
        if !has_tls && self.http_client.is_none() && base_url.is_https {
            let problem = "is https, but neither of the features `rustls` and `native-tls` is on";
            return Err(Error::invalid_input("base_url", problem));
        }
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(AUTHORIZATION, authorization(&secret_key)?);
        headers.insert(USER_AGENT, user_agent(self.user_agent_suffix.as_deref())?);
        let api_version = header("api_version", &self.api_version)?;
        headers.insert("clerk-api-version", api_version);
        Ok(Shared {
            user_supplied_client: self.http_client.is_some(),
            connect_timeout: self.http_client.is_none().then_some(self.connect_timeout),
            http: match self.http_client {
                Some(client) => client,
                None => http_client(self.connect_timeout, base_url.is_https)?,
            },
            base_url,
            headers,
            secret_key,
            retry_policy: self.retry_policy,
            operation_timeout: self.operation_timeout,
            attempt_timeout: self.attempt_timeout,
            max_response_bytes: self.max_response_bytes,
            on_attempt: self.on_attempt,
            limits: Limits::new(Instant::now()),
        })
    }
}

impl Default for ClerkBuilder {
    fn default() -> Self {
        Self {
            secret_key: None,
            base_url: SERVER.to_owned(),
            api_version: API_VERSION.to_owned(),
            user_agent_suffix: None,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            attempt_timeout: DEFAULT_ATTEMPT_TIMEOUT,
            operation_timeout: DEFAULT_OPERATION_TIMEOUT,
            retry_policy: RetryPolicy::default(),
            max_response_bytes: DEFAULT_BODY_LIMIT,
            http_client: None,
            on_attempt: None,
        }
    }
}

impl fmt::Debug for ClerkBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClerkBuilder")
            .field("secret_key", &self.secret_key)
            .field("api_version", &self.api_version)
            .field("operation_timeout", &self.operation_timeout)
            .field("retry_policy", &self.retry_policy)
            .finish_non_exhaustive()
    }
}

/// The header for a secret key.
pub(super) fn authorization(secret_key: &Secret) -> Result<HeaderValue, Error> {
    let key = secret_key.expose();
    let problem = if key.is_empty() {
        "is empty"
    } else if key.starts_with("pk_") {
        "is a publishable key; the API needs a secret key (sk_…)"
    } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        "has white space, a line break, or another character that no key has"
    } else {
        let mut value = header("secret_key", &format!("Bearer {key}"))?;
        value.set_sensitive(true);
        return Ok(value);
    };
    Err(Error::invalid_input("secret_key", problem))
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let product = concat!("clerk-api-rust/", env!("CARGO_PKG_VERSION"));
    match suffix {
        None => Ok(HeaderValue::from_static(product)),
        Some(suffix) => header("user_agent_suffix", &format!("{product} {suffix}")),
    }
}

fn header(parameter: &str, value: &str) -> Result<HeaderValue, Error> {
    let is_printable = !value.is_empty() && value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let value = HeaderValue::from_str(value).ok().filter(|_| is_printable);
    value.ok_or_else(|| Error::invalid_input(parameter, "can't be sent in a header"))
}

fn http_client(connect_timeout: Duration, is_https: bool) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder();
    if !is_https {
        // Unencrypted requests stay on this machine, so a proxy must not get them.
        builder = builder.no_proxy();
    }
    // If another crate turns native-tls on, reqwest would use that.
    #[cfg(feature = "rustls")]
    let builder = builder.tls_backend_rustls();
    builder
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        // A connection that no longer responds must not be used for further requests.
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .http2_keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .http2_keep_alive_while_idle(true)
        .tcp_keepalive(KEEP_ALIVE_INTERVAL)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        // Other crates may turn these on, but they would hide how large a body is.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        // reqwest would resend what HTTP/2 refuses, without a delay and uncounted. With none allowed it copies no request.
        .retry(reqwest::retry::never().max_retries_per_request(0))
        .build()
        .map_err(|error| {
            let problem = "can't be built; is a TLS feature on, and are there root certificates?";
            Error::invalid_input("http_client", problem).with_source(Some(Cause::new(&error, "")))
        })
}
