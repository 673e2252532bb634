//! From the last failure of a call to its error.

use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderName, SERVER};

use super::response::trace_id;
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorBody, ErrorKind, Outcome};
use crate::operation::Operation;
use crate::redact;
use crate::retry::failure::{AttemptFailure, FailureKind};
use crate::retry::run::{CallFailure, Stop};
use crate::shared::Shared;

/// What is known of a call that ended.
pub(super) struct Report {
    pub(super) operation: Option<&'static Operation>,
    pub(super) attempts: u32,
    pub(super) elapsed: Duration,
    pub(super) earlier: Option<Outcome>,
}

/// The error of a call that failed.
pub(super) fn error(failure: CallFailure, report: &Report, shared: &Shared) -> Error {
    let mut error = match failure {
        CallFailure::Attempt(failure, _) if failure.kind == FailureKind::InvalidPath => {
            let parameter = failure.detail.unwrap_or_default();
            return Error::invalid_input(&parameter, "would change the path of the request")
                .for_operation(report.operation);
        }
        CallFailure::Attempt(failure, stop) => from_failure(*failure, stop, report.earlier, shared),
        CallFailure::Throttled(wait) => {
            let message =
                "not sent: after an earlier 429, the client waits longer than this call may take";
            let mut error = Error::new(ErrorKind::RateLimited, Outcome::NotSent, message);
            error.inner_mut().retry_after = Some(wait);
            error
        }
        CallFailure::NoTimeLeft => {
            let message = "not sent: too little of the call's time limit was left";
            Error::new(ErrorKind::Timeout, Outcome::NotSent, message)
        }
    };
    let inner = error.inner_mut();
    inner.attempts = report.attempts;
    inner.elapsed = report.elapsed;
    inner.earlier = report.earlier;
    error.for_operation(report.operation)
}

fn from_failure(
    failure: AttemptFailure,
    stop: Stop,
    earlier: Option<Outcome>,
    shared: &Shared,
) -> Error {
    let key = shared.secret_key.expose();
    let outcome = failure.kind.outcome();
    let body = match failure.kind {
        FailureKind::Status(300..) => ErrorBody::parse(&failure.body, key),
        _ => ErrorBody::default(),
    };
    let mut message = message(&failure, &body, &shared.base_url, key);
    if let Some(reason) = why_not_retried(stop) {
        message.push_str("; ");
        message.push_str(reason);
    }
    if earlier >= Some(Outcome::Unknown) && outcome != Outcome::Unknown {
        message.push_str("; an earlier attempt may have succeeded");
    }
    let over_all = earlier.map_or(outcome, |earlier| earlier.max(outcome));
    let mut error = Error::new(kind(failure.kind), over_all, message).with_source(failure.source);
    let inner = error.inner_mut();
    inner.retry_after = failure.retry_after;
    inner.status = failure.status;
    let from_header = || {
        let text = trace_id(&failure.headers)?.to_str().ok()?;
        Some(redact::text(text, key).into_owned())
    };
    inner.trace_id = body.trace_id.clone().or_else(from_header);
    inner.body = body;
    inner.raw_body = failure.status.map(|_| failure.body);
    inner.headers = failure.headers;
    error
}

/// The kind of error that a failure is.
pub(super) fn kind(failure: FailureKind) -> ErrorKind {
    match failure {
        FailureKind::InvalidPath => ErrorKind::InvalidInput,
        FailureKind::InvalidRequest => ErrorKind::InvalidRequest,
        FailureKind::NotConnected => ErrorKind::Connect,
        FailureKind::NotProcessed => ErrorKind::NotProcessed,
        FailureKind::ConnectionLost => ErrorKind::ConnectionLost,
        FailureKind::InvalidResponse => ErrorKind::InvalidResponse,
        FailureKind::TimedOut => ErrorKind::Timeout,
        FailureKind::BodyTooLarge => ErrorKind::BodyTooLarge,
        FailureKind::Undecodable | FailureKind::NotJson | FailureKind::Status(200..=299) => {
            ErrorKind::Decode
        }
        FailureKind::Status(429) => ErrorKind::RateLimited,
        FailureKind::Status(_) | FailureKind::Redirected => ErrorKind::Status,
    }
}

/// What happened, in words.
fn message(failure: &AttemptFailure, body: &ErrorBody, server: &BaseUrl, key: &str) -> String {
    let what = match failure.kind {
        FailureKind::InvalidPath | FailureKind::InvalidRequest => {
            let reason = failure.detail.as_deref();
            let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
            return format!("the request can't be built{reason}");
        }
        FailureKind::NotConnected => {
            let why = match (&failure.source, &failure.detail) {
                (Some(source), _) => format!(": {}", source.innermost()),
                (None, Some(limit)) => format!(" {limit}"),
                (None, None) => String::new(),
            };
            return format!("could not connect to {}:{}{why}", server.host, server.port);
        }
        FailureKind::NotProcessed => "the server did not process the request",
        FailureKind::ConnectionLost => "the connection was lost before the whole response arrived",
        FailureKind::InvalidResponse => "the response is not valid HTTP",
        FailureKind::TimedOut => {
            let limit = failure.detail.as_deref().unwrap_or_default();
            return format!("no complete response {limit}");
        }
        FailureKind::BodyTooLarge => {
            "the request succeeded, but the response is larger than the client's limit"
        }
        FailureKind::Undecodable => {
            let problem = failure.detail.as_deref().unwrap_or_default();
            return format!("the request succeeded, but the response can't be used: {problem}");
        }
        FailureKind::NotJson => {
            let origin = origin(&failure.headers, key);
            return format!("the response is not Clerk's JSON{origin}");
        }
        FailureKind::Redirected => {
            "the HTTP client followed a redirect; build it with `redirect::Policy::none()`"
        }
        FailureKind::Status(200..=299) => {
            "the request succeeded, but the API contract doesn't have this status"
        }
        FailureKind::Status(300..=399) => "a redirect, which is never followed",
        FailureKind::Status(408) => "the server says that the request took too long",
        FailureKind::Status(429) => "the rate limit is exceeded",
        FailureKind::Status(500..=599) => "the server failed",
        FailureKind::Status(_) => "the server rejected the request",
    };
    let is_error = matches!(failure.kind, FailureKind::Status(400..));
    if is_error && body.errors.is_empty() && !failure.body.is_empty() {
        let origin = origin(&failure.headers, key);
        return format!("{what}; the response is not Clerk's JSON{origin}");
    }
    what.to_owned()
}

/// What may have sent a response: its media type and its `Server` header, if it has them.
fn origin(headers: &HeaderMap, key: &str) -> String {
    let text = |name: &HeaderName| {
        let text = headers.get(name)?.to_str().ok()?;
        // Enough for a name.
        Some(redact::text(text, key).chars().take(60).collect::<String>())
    };
    match (text(&CONTENT_TYPE), text(&SERVER)) {
        (Some(media_type), Some(server)) => format!(" ({media_type}, server {server})"),
        (Some(one), None) => format!(" ({one})"),
        (None, Some(server)) => format!(" (server {server})"),
        (None, None) => String::new(),
    }
}

fn why_not_retried(stop: Stop) -> Option<&'static str> {
    match stop {
        Stop::Final | Stop::AttemptsUsed => None,
        Stop::MayDuplicate => Some("not retried, since the server may have processed it"),
        Stop::PastDeadline => {
            Some("not retried, since too little of the call's time limit is left")
        }
        Stop::BudgetUsed => Some("not retried, since too many of the client's calls fail"),
    }
}
