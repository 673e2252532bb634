//! Settings, checked when the client is built.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Clerk;
use crate::attempt::Attempt;
use crate::base_url::BaseUrl;
use crate::error::{Cause, Error};
use crate::generated::operations::{API_VERSION, SERVER};
use crate::retry::policy::RetryPolicy;
use crate::retry::run::Limits;
use crate::secret::Secret;
use crate::shared::{OnAttempt, Shared};
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// How many headers a request usually has: ours and the generated ones.
const HEADERS: usize = 6;

/// Where the secret key is looked for, in this order.
const KEY_VARIABLES: [&str; 2] = ["CLERK_SECRET_KEY", "CLERK_BEARER_AUTH"];

/// Settings of a [`Clerk`]; [`build`](Self::build) checks them all.
///
/// ```
/// # use clerk_api::Clerk;
/// # use std::time::Duration;
/// let clerk = Clerk::builder()
///     .secret_key("sk_test_x")
///     .timeout(Duration::from_secs(10))
///     .user_agent_suffix("shop/1.4")
///     .build()?;
/// # Ok::<(), clerk_api::Error>(())
/// ```
#[derive(Clone)]
pub struct ClerkBuilder {
    secret_key: Option<Secret>,
    base_url: String,
    api_version: String,
    user_agent_suffix: Option<String>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    timeout: Duration,
    retry: RetryPolicy,
    body_limit: usize,
    http_client: Option<reqwest::Client>,
    on_attempt: Option<OnAttempt>,
}

impl ClerkBuilder {
    /// The instance's secret key (`sk_test_…` or `sk_live_…`). There is no default.
    pub fn secret_key(mut self, secret_key: impl Into<Secret>) -> Self {
        self.secret_key = Some(secret_key.into());
        self
    }

    /// Takes the secret key from the environment variable `CLERK_SECRET_KEY`, else from `CLERK_BEARER_AUTH`; a variable
    /// that is empty counts as unset, and where both are, a key that was set before stays.
    pub fn secret_key_from_env(mut self) -> Self {
        let values = KEY_VARIABLES
            .iter()
            .filter_map(|name| std::env::var(name).ok());
        let found = values
            .into_iter()
            .find(|value| !value.is_empty())
            .map(Secret::new);
        self.secret_key = found.or(self.secret_key);
        self
    }

    /// Where the API is. https, or http on a loopback host; a slash at the end makes no difference. Default: the
    /// contract's server, `https://api.clerk.com/v1`.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// The version of the API, a date, sent as `Clerk-API-Version`. Default: the contract's, which is the one that the
    /// types are made for.
    pub fn api_version(mut self, api_version: impl Into<String>) -> Self {
        self.api_version = api_version.into();
        self
    }

    /// What follows `clerk-api-rust/<version>` in `User-Agent`, such as `shop/1.4`. Default: nothing.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// The longest time for a connection to come about: name, TCP and TLS. Default: 5 s. Without effect on a client of
    /// one's [own](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The longest time for one attempt, from connecting to the answer's last byte. Default: 10 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The longest time for a whole call, retries and waits included. Default: 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How calls are retried. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The longest body of an answer that is read, in bytes. Default: 1 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Takes an HTTP client of one's own, for a proxy, certificates, or a pool that is shared with others.
    ///
    /// Build it with [`redirect::Policy::none()`](reqwest::redirect::Policy::none): reqwest follows redirects by
    /// default, and would send the request's body to wherever one leads. A call whose redirect was followed fails. Its
    /// proxies are its own affair: for an http base URL it should have none.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Calls this after every attempt of every call, in the task that makes the call: it should be quick, and must not
    /// panic. For counting and logging; the feature `tracing` gives the same as spans and events.
    ///
    /// ```
    /// # use clerk_api::Clerk;
    /// let clerk = Clerk::builder()
    ///     .secret_key("sk_test_x")
    ///     .on_attempt(|attempt| eprintln!("{:?}: {:?}", attempt.operation(), attempt.status()))
    ///     .build()?;
    /// # Ok::<(), clerk_api::Error>(())
    /// ```
    pub fn on_attempt(mut self, callback: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.on_attempt = Some(Arc::new(callback));
        self
    }

    /// Checks the settings and makes the client. Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input), with the setting's name in [`parameter`](Error::parameter).
    pub fn build(self) -> Result<Clerk, Error> {
        let Some(secret_key) = self.secret_key else {
            let problem = format!(
                "is missing; set it, or the environment variable {} or {}",
                KEY_VARIABLES[0], KEY_VARIABLES[1]
            );
            return Err(Error::invalid_input("secret_key", problem));
        };
        for (name, limit) in [
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("timeout", self.timeout),
        ] {
            if limit.is_zero() {
                return Err(Error::invalid_input(
                    name,
                    "is zero: nothing could be done in it",
                ));
            }
        }
        let base_url = BaseUrl::parse(&self.base_url)?;
        let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
        if !has_tls && self.http_client.is_none() && base_url.is_https {
            let problem = "is https, and neither of the features `rustls` and `native-tls` is on";
            return Err(Error::invalid_input("base_url", problem));
        }
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(AUTHORIZATION, authorization(&secret_key)?);
        headers.insert(USER_AGENT, user_agent(self.user_agent_suffix.as_deref())?);
        headers.insert(
            HeaderName::from_static("clerk-api-version"),
            header("api_version", &self.api_version)?,
        );
        let user_supplied_client = self.http_client.is_some();
        let http = match self.http_client {
            Some(client) => client,
            None => http_client(self.connect_timeout, base_url.is_https)?,
        };
        let shared = Shared {
            http,
            user_supplied_client,
            connect_timeout: (!user_supplied_client).then_some(self.connect_timeout),
            base_url,
            headers,
            secret_key,
            retry: self.retry,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            body_limit: self.body_limit,
            on_attempt: self.on_attempt,
            limits: Limits::new(Instant::now()),
        };
        Ok(Clerk {
            shared: Arc::new(shared),
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
            timeout: DEFAULT_TIMEOUT,
            retry: RetryPolicy::default(),
            body_limit: DEFAULT_BODY_LIMIT,
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
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// The header that a secret key makes.
pub(super) fn authorization(secret_key: &Secret) -> Result<HeaderValue, Error> {
    let invalid = |problem: &str| Error::invalid_input("secret_key", problem);
    let key = secret_key.expose();
    if key.is_empty() {
        return Err(invalid("is empty"));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid(
            "has white space, line ends or other characters that a key can't have",
        ));
    }
    if key.starts_with("pk_") {
        return Err(invalid(
            "is a publishable key; the API wants a secret key (sk_…)",
        ));
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {key}"))
        .map_err(|_| invalid("can't be sent in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let product = concat!("clerk-api-rust/", env!("CARGO_PKG_VERSION"));
    match suffix {
        None => Ok(HeaderValue::from_static(product)),
        Some(suffix) => header("user_agent_suffix", &format!("{product} {suffix}")),
    }
}

fn header(parameter: &str, value: &str) -> Result<HeaderValue, Error> {
    let printable = !value.is_empty() && value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let value = printable
        .then(|| HeaderValue::from_str(value).ok())
        .flatten();
    value.ok_or_else(|| Error::invalid_input(parameter, "can't be sent in a header"))
}

fn http_client(connect_timeout: Duration, is_https: bool) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder();
    // Plain text stays on this machine, so it must not go to a proxy either.
    let builder = if is_https {
        builder
    } else {
        builder.no_proxy()
    };
    // reqwest takes native-tls wherever any crate turns it on.
    #[cfg(feature = "rustls")]
    let builder = builder.tls_backend_rustls();
    builder
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        // Any crate may turn these on; a body that is larger than it looks is not for here.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        // reqwest would send again what HTTP/2 refuses, at once and uncounted.
        .retry(reqwest::retry::never())
        .build()
        .map_err(|error| {
            let problem = "can't be made; is a TLS feature on, and are there root certificates?";
            Error::invalid_input("http_client", problem).with_source(Some(Cause::of(&error, "")))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(builder: ClerkBuilder) -> Option<String> {
        let error = builder.build().err()?;
        assert!(error.is_invalid_input());
        error.parameter().map(str::to_owned)
    }

    fn builder() -> ClerkBuilder {
        Clerk::builder().secret_key("sk_test_abc")
    }

    #[test]
    fn wrong_settings_are_named() {
        assert_eq!(refused(builder()), None);
        assert_eq!(refused(Clerk::builder()).as_deref(), Some("secret_key"));
        for key in ["", " ", "sk_test_a\n", "sk_test a", "sk_tést", "pk_test_x"] {
            assert_eq!(
                refused(Clerk::builder().secret_key(key)).as_deref(),
                Some("secret_key"),
                "{key:?}"
            );
        }
        let zero = Duration::ZERO;
        for (builder, parameter) in [
            (builder().base_url("http://api.clerk.com"), "base_url"),
            (builder().api_version("2026\n"), "api_version"),
            (builder().api_version(""), "api_version"),
            (builder().user_agent_suffix("a\r\nb"), "user_agent_suffix"),
            (builder().connect_timeout(zero), "connect_timeout"),
            (builder().attempt_timeout(zero), "attempt_timeout"),
            (builder().timeout(zero), "timeout"),
        ] {
            assert_eq!(refused(builder).as_deref(), Some(parameter));
        }
    }

    #[test]
    fn the_authorization_is_sensitive() {
        let value = authorization(&Secret::new("sk_test_abc")).unwrap();
        assert!(value.is_sensitive());
        assert_eq!(value.as_bytes(), b"Bearer sk_test_abc");
    }

    #[test]
    fn no_format_shows_the_key() {
        let builder = builder();
        let clerk = builder.clone().build().unwrap();
        for shown in [
            format!("{builder:#?}"),
            format!("{clerk:#?}"),
            format!("{:#?}", clerk.call()),
        ] {
            assert!(!shown.contains("sk_test_abc"), "{shown}");
        }
    }

    #[test]
    fn an_error_does_not_repeat_the_key() {
        let error = Clerk::new("sk_test abc").unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("sk_test"),
            "{error:?}"
        );
    }
}
