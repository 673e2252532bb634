//! From a call that failed to the error that says so.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::call::Report;
use crate::error::{Error, ErrorBody, ErrorKind, Outcome};
use crate::operation::Operation;
use crate::redact;
use crate::retry::classify::{Failed, Failure};
use crate::retry::run::{NotAdmitted, Stop};
use crate::transport::Answer;

/// The error of a call whose last attempt failed.
pub(crate) fn error(
    failed: Failed,
    stop: Stop,
    answer: Option<&Answer>,
    operation: Option<&'static Operation>,
    report: &Report,
    key: &str,
) -> Error {
    let (kind, what) = kind(failed.failure);
    let outcome = failed.failure.outcome();
    let over_all = report
        .earlier
        .map_or(outcome, |earlier| earlier.max(outcome));
    let mut message = what.to_owned();
    if let Some(why) = why_not_again(stop) {
        message.push_str("; ");
        message.push_str(why);
    }
    if report.earlier >= Some(Outcome::Unknown) && outcome != Outcome::Unknown {
        message.push_str("; an earlier attempt may have done it");
    }
    let mut error = Error::new(kind, over_all, message).of(operation);
    let inner = error.inner_mut();
    inner.attempts = report.attempts;
    inner.elapsed = report.elapsed;
    inner.earlier = report.earlier;
    inner.retry_after = failed.retry_after;
    if let Some(answer) = answer {
        inner.status = Some(answer.status);
        if matches!(failed.failure, Failure::Status(_)) {
            inner.body = ErrorBody::parse(&answer.body, key);
        }
        inner.raw_body = Some(answer.body.clone());
        inner.trace_id = inner
            .body
            .trace_id
            .clone()
            .or_else(|| trace_id(&answer.headers).and_then(|value| text(value, key)));
    }
    error
}

/// The error of a call that ended before its first attempt.
pub(crate) fn not_admitted(
    refused: NotAdmitted,
    operation: Option<&'static Operation>,
    report: &Report,
) -> Error {
    let (kind, message, retry_after) = match refused {
        NotAdmitted::CoolingDown(wait) => (
            ErrorKind::RateLimited,
            "not sent: the client waits for an earlier rate limit to pass, for longer than the call may take",
            Some(wait),
        ),
        NotAdmitted::TimeIsUp => (ErrorKind::Timeout, "not sent: the call's time was up", None),
    };
    let mut error = Error::new(kind, Outcome::NotSent, message).of(operation);
    let inner = error.inner_mut();
    inner.elapsed = report.elapsed;
    inner.retry_after = retry_after;
    error
}

/// The error of a call that was answered with success in a body that doesn't decode. What serde says of it may quote
/// the ticket, so only its position, or a missing field's name, goes into the message.
pub(crate) fn undecodable(
    body: Bytes,
    cause: &serde_json::Error,
    report: &Report,
    key: &str,
) -> Error {
    use serde_json::error::Category;
    let text = cause.to_string();
    let missing = text
        .strip_prefix("missing field ")
        .and_then(|rest| rest.split(' ').next());
    let problem = match (cause.classify(), missing) {
        (Category::Eof, _) => "it ends too early".to_owned(),
        (Category::Syntax | Category::Io, _) => "it is not JSON".to_owned(),
        (Category::Data, Some(field)) => format!("the field {field} is missing"),
        (Category::Data, None) => "a value is not of its type".to_owned(),
    };
    let position = format!("line {} column {}", cause.line(), cause.column());
    applied(body, &format!("{problem}, at {position}"), report, key)
}

/// The error of a call that was answered with a success that the contract doesn't have.
pub(crate) fn unexpected_success(body: Bytes, report: &Report, key: &str) -> Error {
    applied(body, "the contract doesn't have this status", report, key)
}

fn applied(body: Bytes, problem: &str, report: &Report, key: &str) -> Error {
    let message = format!("the work is done, but the answer can't be understood: {problem}");
    let mut error = Error::new(ErrorKind::Decode, Outcome::Applied, message);
    let inner = error.inner_mut();
    inner.status = report.status;
    inner.attempts = report.attempts;
    inner.elapsed = report.elapsed;
    inner.earlier = report.earlier;
    inner.raw_body = Some(body);
    inner.trace_id = trace_id(&report.headers).and_then(|value| text(value, key));
    error
}

/// The trace id among an answer's headers.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&HeaderValue> {
    let named = ["clerk-trace-id", "cf-ray"]
        .into_iter()
        .filter_map(|name| headers.get(name));
    named.into_iter().find(|value| !value.is_empty())
}

/// A header's value, where it is text, without secrets.
pub(crate) fn text(value: &HeaderValue, key: &str) -> Option<String> {
    let text = value.to_str().ok()?;
    Some(redact::text(text, key).into_owned())
}

/// The error that an answer's status makes, when nothing else is known of the call.
pub(crate) fn of_status(status: StatusCode) -> Error {
    let failure = Failure::Status(status.as_u16());
    let (kind, what) = kind(failure);
    let mut error = Error::new(kind, failure.outcome(), what);
    error.inner_mut().status = Some(status);
    error
}

/// The kind of error that a failure makes, and what to say of it.
pub(crate) fn kind(failure: Failure) -> (ErrorKind, &'static str) {
    match failure {
        Failure::NotSent => (ErrorKind::Connect, "no connection to the server"),
        Failure::ConnectionLost => (
            ErrorKind::ConnectionLost,
            "the connection was lost before the whole answer was there",
        ),
        Failure::TimedOut => (ErrorKind::Timeout, "no whole answer in time"),
        Failure::BodyTooLarge => (
            ErrorKind::BodyTooLarge,
            "the work is done, but the answer is larger than the client's limit",
        ),
        Failure::Redirected => (
            ErrorKind::Status,
            "the HTTP client followed a redirect; build it with `redirect::Policy::none()`",
        ),
        Failure::Status(408) => (ErrorKind::Status, "the server says that it took too long"),
        Failure::Status(429) => (ErrorKind::RateLimited, "the rate limit is reached"),
        Failure::Status(300..=399) => (ErrorKind::Status, "a redirect, which is never followed"),
        Failure::Status(500..=599) => (ErrorKind::Status, "the server failed"),
        Failure::Status(_) => (ErrorKind::Status, "the server refused the request"),
    }
}

fn why_not_again(stop: Stop) -> Option<&'static str> {
    match stop {
        Stop::Final | Stop::AttemptsUsed => None,
        Stop::WouldRisk => Some("not sent again, since it may have been done"),
        Stop::PastDeadline => Some("another attempt would not fit into the call's time"),
        Stop::BudgetUsed => Some("not sent again, since too many of the client's calls fail"),
    }
}
