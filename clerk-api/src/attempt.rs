//! What an observer learns of an attempt.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;

use crate::error::ErrorKind;

/// One request and its result: what [`ClerkBuilder::on_attempt`](crate::ClerkBuilder::on_attempt) is called with. It has
/// neither a user's id nor a secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operationId, such as `CreateSignInToken`.
    pub operation: Option<&'static str>,
    /// The HTTP method.
    pub method: Option<&'static str>,
    /// The path below the base URL, with its parameters in braces.
    pub url_template: Option<&'static str>,
    /// The server's name or address, from the base URL.
    pub server_address: &'a str,
    /// The server's port.
    pub server_port: u16,
    /// The number of the attempt within its call; the first is 1.
    pub number: u32,
    /// The time from sending to the last byte of the response, or to the failure.
    pub elapsed: Duration,
    /// The response's status, if there was a response.
    pub status: Option<StatusCode>,
    /// How it failed; `None` for a successful response.
    pub error_kind: Option<ErrorKind>,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// Identifies the request at Clerk, from the response's headers.
    pub trace_id: Option<Cow<'a, str>>,
}
