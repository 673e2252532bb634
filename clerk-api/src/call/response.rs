//! A call's response: the decoded body, status, and headers.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::error::{Error, Outcome};
use crate::redact;

/// The response to a call: the decoded body with status, headers, attempts, and trace id.
///
/// ```no_run
/// # async fn example(clerk: clerk_api::Clerk) -> Result<(), clerk_api::Error> {
/// let response = clerk.sign_in_tokens().create("user_2x").send_with_response().await?;
/// println!("{} after {} attempts", response.status(), response.attempts());
/// let token = response.into_body();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    pub(crate) body: T,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) earlier_outcome: Option<Outcome>,
}

impl<T> Response<T> {
    /// For a call that treats this error response as a success. Without a response, it stays an error.
    pub(crate) fn from_error(body: T, mut error: Error) -> Result<Self, Error> {
        let Some(status) = error.status() else {
            return Err(error);
        };
        let inner = error.inner_mut();
        Ok(Self {
            body,
            status,
            headers: std::mem::take(&mut inner.headers),
            attempts: inner.attempts,
            elapsed: inner.elapsed,
            earlier_outcome: inner.earlier,
        })
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            body: change(self.body),
            status: self.status,
            headers: self.headers,
            attempts: self.attempts,
            elapsed: self.elapsed,
            earlier_outcome: self.earlier_outcome,
        }
    }

    /// The decoded body: what the call is about.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The decoded body, without the rest.
    pub fn into_body(self) -> T {
        self.body
    }

    /// Status, headers, and decoded body.
    pub fn into_parts(self) -> (StatusCode, HeaderMap, T) {
        (self.status, self.headers, self.body)
    }

    /// The response's status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// How many requests the call sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long the call took, waits included.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The worst outcome of the attempts before the last, if there were any. [`Outcome::Unknown`] means that one of them
    /// may have done the work too. A create is sent again after that only if the policy
    /// [takes the risk](crate::RetryPolicy::retry_unknown_outcomes); there may be another, unknown token
    /// until it expires.
    pub fn earlier_outcome(&self) -> Option<Outcome> {
        self.earlier_outcome
    }

    /// Identifies the request at Clerk: the header `Clerk-Trace-Id`, else `cf-ray`. `None` if there is neither, or if it
    /// holds what looks like a secret.
    pub fn trace_id(&self) -> Option<&str> {
        let text = trace_id(&self.headers)?.to_str().ok()?;
        let is_harmless = redact::text(text, "") == text;
        is_harmless.then_some(text)
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    /// With the names of the headers only: their values may be anything.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        formatter
            .debug_struct("Response")
            .field("body", &self.body)
            .field("status", &self.status)
            .field("headers", &headers)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("earlier_outcome", &self.earlier_outcome)
            .finish()
    }
}

/// The trace id among a response's headers.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&HeaderValue> {
    ["clerk-trace-id", "cf-ray"]
        .into_iter()
        .filter_map(|name| headers.get(name))
        .find(|value| !value.is_empty())
}
