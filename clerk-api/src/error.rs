//! The one error of this crate.

mod api_error;
mod cause;
mod display;
mod kind;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub use api_error::ApiError;
pub(crate) use api_error::ErrorBody;
pub(crate) use cause::Cause;
pub use kind::{ErrorKind, Outcome};

use crate::identifier;
use crate::operation::Operation;

/// The error code of a revoke of a token that is not pending.
const NOT_PENDING: &str = "sign_in_token_cannot_be_revoked_code";

/// Why a call failed.
///
/// [`kind`](Self::kind) and the predicates (`is_…`) say what happened; [`outcome`](Self::outcome) says whether the
/// server may have done the work anyway, which matters before you retry a create.
///
/// `Display` is one line with the operation, the status, the server's code and message, the trace id and the number of
/// attempts; errors of lower layers are in [`source`](std::error::Error::source). Neither `Display` nor `Debug` shows a
/// key, a ticket, a link, or the body of a response.
///
/// ```
/// # use clerk_api::{Error, Outcome};
/// # fn handle(error: Error) {
/// match error.outcome() {
///     Outcome::NotSent | Outcome::Rejected => { /* nothing was made; fix the cause, try again */ }
///     Outcome::Unknown => { /* a token may exist; `clerk_api::guide` says what to do */ }
///     Outcome::Applied => { /* it exists; `error.response_body()` has what arrived */ }
///     _ => {}
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) outcome: Outcome,
    pub(crate) operation: Option<&'static Operation>,
    /// What happened, without the server's texts.
    pub(crate) message: String,
    pub(crate) parameter: Option<String>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) body: ErrorBody,
    pub(crate) raw_body: Option<Bytes>,
    pub(crate) trace_id: Option<String>,
    /// The last response's headers, for calls that treat this error as a success.
    pub(crate) headers: HeaderMap,
    pub(crate) earlier: Option<Outcome>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) source: Option<Cause>,
}

impl Error {
    /// What happened.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the server may have done the work, over all attempts of the call.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The worst outcome of the attempts before the last, if there were any. With an
    /// [`outcome`](Self::outcome) of [`Applied`](Outcome::Applied), [`Unknown`](Outcome::Unknown) means that there may be an
    /// additional token, as in [`Response::earlier_outcome`](crate::Response::earlier_outcome).
    pub fn earlier_outcome(&self) -> Option<Outcome> {
        self.0.earlier
    }

    /// The status of the last response; `None` if there was none.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The code of the server's first error, such as `resource_not_found`. `None` if it has none.
    pub fn code(&self) -> Option<&str> {
        let code = self.errors().first().map(ApiError::code);
        code.filter(|code| !code.is_empty())
    }

    /// The server's reasons, in its order. Empty if there was no response, or one that isn't in Clerk's form.
    pub fn errors(&self) -> &[ApiError] {
        &self.0.body.errors
    }

    /// Identifies the request at Clerk; quote it to their support. From the body, else the header `Clerk-Trace-Id`,
    /// else `cf-ray`.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// How long the server asked to wait before another request, at most 30 days.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many requests the call sent, or at least began to send. 0 if it ended before the first.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call took, waits included.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// The operationId of the operation, such as `CreateSignInToken`; `None` for an error of the configuration.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The parameter that is wrong: for [`is_invalid_input`](Self::is_invalid_input) an argument or a setting, else the first
    /// that the server named (`meta.param_name`).
    pub fn parameter(&self) -> Option<&str> {
        self.0
            .parameter
            .as_deref()
            .or_else(|| self.errors().iter().find_map(ApiError::parameter))
    }

    /// The body of the last response, as far as it was read, unchanged: **treat it as a secret**.
    ///
    /// If the response [can't be used](Self::is_decode), it may hold the only copy of a ticket that was just made. If the
    /// body [is too large](Self::is_body_too_large) or was cut off, this is its beginning.
    /// [`sign_in_token_id`](Self::sign_in_token_id) finds the token's id in it. The body of an error response need not be
    /// JSON, and may repeat the request.
    pub fn response_body(&self) -> Option<&[u8]> {
        self.0.raw_body.as_deref()
    }

    /// The id of the token that a successful response is about, although the response can't be used: it doesn't decode, is
    /// too large, or was cut off. The token exists, but its ticket may be lost, so revoke it.
    pub fn sign_in_token_id(&self) -> Option<&str> {
        if !self.0.status.is_some_and(|status| status.is_success()) {
            return None;
        }
        // The body may be cut off anywhere, so it is searched and not parsed.
        let body = str::from_utf8(self.response_body()?).ok()?;
        let values = body.split("\"id\"").skip(1).filter_map(|rest| {
            let value = rest.trim_start().strip_prefix(':')?.trim_start();
            let (id, _) = value.strip_prefix('"')?.split_once('"')?;
            Some(id)
        });
        let mut ids = values.filter(|id| identifier::problem(id).is_none());
        ids.find(|id| id.starts_with("sit_"))
    }

    /// An argument or a setting is invalid. [`parameter`](Self::parameter) names it. Nothing was sent.
    pub fn is_invalid_input(&self) -> bool {
        self.0.kind == ErrorKind::InvalidInput
    }

    /// The request can't be built, such as by a caller's own HTTP client that refuses it. Nothing was sent.
    pub fn is_invalid_request(&self) -> bool {
        self.0.kind == ErrorKind::InvalidRequest
    }

    /// Could not connect: the name doesn't resolve, the connection is refused, or TLS fails. Usually the network, a proxy, or a wrong
    /// base URL. Nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// The server says that it did not process the request (HTTP/2). Usually it is shutting down or overloaded.
    pub fn is_not_processed(&self) -> bool {
        self.0.kind == ErrorKind::NotProcessed
    }

    /// The time limit of the attempt or of the call was reached. Usually a slow network or server.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// The connection was lost before the whole response arrived.
    pub fn is_connection_lost(&self) -> bool {
        self.0.kind == ErrorKind::ConnectionLost
    }

    /// The response is not valid HTTP, or has more than 100 headers. Usually something other than an HTTP server listens
    /// at the base URL.
    pub fn is_invalid_response(&self) -> bool {
        self.0.kind == ErrorKind::InvalidResponse
    }

    /// The server's rate limit is exceeded (429), or an earlier 429 still holds and this call has no time to wait. The limit
    /// is for the whole Clerk instance; [`retry_after`](Self::retry_after) says when to try again.
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }

    /// A successful response can't be used: it doesn't decode, is about something else, or has a status that the contract
    /// doesn't have. [`response_body`](Self::response_body) has it.
    pub fn is_decode(&self) -> bool {
        self.0.kind == ErrorKind::Decode
    }

    /// A successful response is larger than the client's limit.
    pub fn is_body_too_large(&self) -> bool {
        self.0.kind == ErrorKind::BodyTooLarge
    }

    /// 400: the server doesn't understand the request, or the token's state doesn't allow it.
    pub fn is_bad_request(&self) -> bool {
        self.is_status(StatusCode::BAD_REQUEST)
    }

    /// A revoke of a token that is no longer pending: used, expired, or revoked before.
    /// For [`ensure_revoked`](crate::SignInTokens::ensure_revoked) that is a success.
    pub fn is_not_pending(&self) -> bool {
        self.is_bad_request()
            && self
                .errors()
                .iter()
                .any(|error| error.code() == NOT_PENDING)
    }

    /// 401: the secret key is missing, wrong, or revoked.
    pub fn is_unauthorized(&self) -> bool {
        self.is_status(StatusCode::UNAUTHORIZED)
    }

    /// 403: not allowed; with `org_id` usually because the user isn't a member of that organization.
    pub fn is_forbidden(&self) -> bool {
        self.is_status(StatusCode::FORBIDDEN)
    }

    /// 404: no such user, no such token. Usually an id of another instance.
    pub fn is_not_found(&self) -> bool {
        self.is_status(StatusCode::NOT_FOUND)
    }

    /// 409: the same thing is being changed by something else.
    pub fn is_conflict(&self) -> bool {
        self.is_status(StatusCode::CONFLICT)
    }

    /// 422: a parameter is missing or invalid. [`parameter`](Self::parameter) names it.
    pub fn is_unprocessable(&self) -> bool {
        self.is_status(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// 3xx: a redirect, by the server or something in front of it. Never followed. Usually a wrong base URL or a captive portal.
    pub fn is_redirect(&self) -> bool {
        self.0.status.is_some_and(|status| status.is_redirection())
    }

    /// 5xx: the server failed.
    pub fn is_server_error(&self) -> bool {
        self.0.status.is_some_and(|status| status.is_server_error())
    }

    fn is_status(&self, status: StatusCode) -> bool {
        self.0.status == Some(status)
    }

    /// An argument or a setting that is wrong.
    pub(crate) fn invalid_input(parameter: &str, problem: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::InvalidInput, Outcome::NotSent, problem);
        error.0.parameter = Some(parameter.to_owned());
        error
    }

    pub(crate) fn new(kind: ErrorKind, outcome: Outcome, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            outcome,
            operation: None,
            message: message.into(),
            parameter: None,
            status: None,
            body: ErrorBody::default(),
            raw_body: None,
            trace_id: None,
            headers: HeaderMap::new(),
            earlier: None,
            retry_after: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            source: None,
        }))
    }

    pub(crate) fn for_operation(mut self, operation: Option<&'static Operation>) -> Self {
        self.0.operation = operation;
        self
    }

    /// Adds the error of a lower layer.
    pub(crate) fn with_source(mut self, source: Option<Cause>) -> Self {
        self.0.source = source;
        self
    }

    pub(crate) fn inner_mut(&mut self) -> &mut Inner {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_and_can_go_anywhere() {
        fn goes_anywhere<T: Send + Sync + 'static>() {}
        goes_anywhere::<Error>();
        assert!(size_of::<Error>() <= 16);
        assert!(size_of::<Result<(), Error>>() <= 16);
    }

    #[test]
    fn invalid_input_names_the_parameter() {
        let error = Error::invalid_input("user_id", "is empty");
        assert!(error.is_invalid_input());
        assert_eq!(error.parameter(), Some("user_id"));
        assert_eq!(error.outcome(), Outcome::NotSent);
        assert_eq!(error.to_string(), "invalid input: user_id is empty");
    }
}
