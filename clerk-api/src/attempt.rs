//! What an observer is told of an attempt.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;

use crate::error::ErrorKind;
use crate::operation::Operation;

/// One request that was sent, and what came of it: what [`ClerkBuilder::on_attempt`](crate::ClerkBuilder::on_attempt) is
/// told. It has neither a user's id nor a secret.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) number: u32,
    pub(crate) elapsed: Duration,
    pub(crate) status: Option<StatusCode>,
    pub(crate) error_kind: Option<ErrorKind>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) trace_id: Option<Cow<'a, str>>,
    pub(crate) server_address: &'a str,
    pub(crate) server_port: u16,
}

impl<'a> Attempt<'a> {
    /// The operationId, such as `CreateSignInToken`.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation.map(|operation| operation.id)
    }

    /// The HTTP method.
    pub fn method(&self) -> Option<&'static str> {
        self.operation.map(|operation| operation.method)
    }

    /// The path below the base URL, with its parameters in braces.
    pub fn url_template(&self) -> Option<&'static str> {
        self.operation.map(|operation| operation.path)
    }

    /// The server's name or address, from the base URL.
    pub fn server_address(&self) -> &'a str {
        self.server_address
    }

    /// The server's port.
    pub fn server_port(&self) -> u16 {
        self.server_port
    }

    /// The number of the attempt within its call; the first is 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The time from sending to the last byte of the response, or to the failure.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The response's status, if there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// How it failed; `None` for a successful response.
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.error_kind
    }

    /// How long the server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Identifies the request at Clerk, from the response's headers.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }
}
