//! From what progenitor says of an attempt to the failure, and from the last failure of a call to the error.

use std::error::Error as StdError;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;
use progenitor_client::{Error as GeneratedError, ResponseValue};
use tokio::time::error::Elapsed;

use super::response::trace_id;
use super::success::Success;
use crate::error::{Cause, Error, ErrorBody, ErrorKind, Outcome};
use crate::exchange::Exchange;
use crate::operation::Operation;
use crate::redact;
use crate::retry::failure::{AttemptFailure, FailureKind};
use crate::retry::retry_after;
use crate::retry::run::{CallFailure, Stop};

/// What came of one call of a generated method.
pub(super) type Generated<T> = Result<ResponseValue<T>, GeneratedError>;

/// The result of an attempt.
pub(super) fn of_attempt<T>(
    result: Result<Generated<T>, Elapsed>,
    exchange: &Exchange,
    problem: impl Fn(&T) -> Option<&'static str>,
) -> Result<Success<T>, Box<AttemptFailure>> {
    let (operation, taken, mut received) = {
        let mut state = exchange.state();
        let received = std::mem::take(&mut state.received);
        (state.operation, state.taken.take(), received)
    };
    let is_unsent = || taken.is_some_and(|taken| !taken.load(Ordering::Acquire));
    let mut source = None;
    let mut detail = None;
    let mut transport = |error: reqwest::Error| {
        let kind = of_transport(&error, received.status.is_some());
        source = Some(error.without_url());
        kind
    };
    let kind = match result {
        Ok(Ok(value)) => match problem(&value) {
            None if !received.redirected && !received.too_large => {
                return Ok(Success {
                    status: value.status(),
                    value: value.into_inner(),
                    headers: received.headers,
                });
            }
            problem => {
                detail = problem.map(str::to_owned);
                FailureKind::Undecodable
            }
        },
        Err(_) if is_unsent() => {
            detail = Some("the time was up".to_owned());
            FailureKind::NotSent
        }
        Err(_) => FailureKind::TimedOut,
        Ok(Err(
            GeneratedError::CommunicationError(error)
            | GeneratedError::ResponseBodyError(error)
            | GeneratedError::InvalidUpgrade(error),
        )) => transport(error),
        Ok(Err(GeneratedError::InvalidResponsePayload(_, cause))) => {
            detail = Some(position(&cause));
            FailureKind::Undecodable
        }
        Ok(Err(GeneratedError::UnexpectedResponse(response))) => {
            FailureKind::Status(response.status().as_u16())
        }
        Ok(Err(GeneratedError::ErrorResponse(response))) => {
            FailureKind::Status(response.status().as_u16())
        }
        Ok(Err(GeneratedError::InvalidRequest(problem) | GeneratedError::Custom(problem))) => {
            detail = Some(problem);
            FailureKind::InvalidRequest
        }
    };
    // A status tells more than what happened to the body after it.
    let kind = match received.status {
        _ if received.redirected => FailureKind::Redirected,
        Some(status) if !status.is_success() => FailureKind::Status(status.as_u16()),
        _ if received.too_large => FailureKind::BodyTooLarge,
        _ => kind,
    };
    let key = exchange.shared.secret_key.expose();
    let source: Option<reqwest::Error> = source;
    Err(Box::new(AttemptFailure {
        kind,
        idempotent: operation.is_some_and(|operation| operation.idempotent),
        retry_after: asked_to_wait(&received.headers),
        status: received.status.filter(|_| !received.redirected),
        body: received.body(),
        headers: received.headers,
        detail,
        source: source.map(|source| Cause::of(&source, key)),
    }))
}

fn of_transport(error: &reqwest::Error, responded: bool) -> FailureKind {
    if responded {
        // A server that has begun to respond has processed the request, whatever it says afterwards.
        return if error.is_timeout() {
            FailureKind::TimedOut
        } else {
            FailureKind::ConnectionLost
        };
    }
    if error.is_builder() {
        FailureKind::InvalidRequest
    } else if error.is_connect() || is_unprocessed(error) {
        FailureKind::NotSent
    } else if error.is_timeout() {
        FailureKind::TimedOut
    } else {
        FailureKind::ConnectionLost
    }
}

/// Whether HTTP/2 says that the server has not processed the request (RFC 9113, 8.7): its stream was refused, or lies
/// beyond the last one that a GOAWAY names.
fn is_unprocessed(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<h2::Error>() {
            let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (refused || error.is_go_away());
        }
        source = inner.source();
    }
    false
}

fn asked_to_wait(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    retry_after::parse(value, SystemTime::now())
}

/// What is wrong with a body, without quoting it: serde's own words may quote the ticket.
fn position(cause: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let text = cause.to_string();
    let missing = text
        .strip_prefix("missing field ")
        .and_then(|rest| rest.split(' ').next());
    let problem = match (cause.classify(), missing) {
        (Category::Eof, _) => "it ends too early".to_owned(),
        (Category::Syntax | Category::Io, _) => "it is not JSON".to_owned(),
        (Category::Data, Some(field)) => format!("the field {field} is missing"),
        (Category::Data, None) => "a value has another type".to_owned(),
    };
    let (line, column) = (cause.line(), cause.column());
    format!("{problem}, at line {line} column {column}")
}

/// What is known of a call that ended.
pub(super) struct Report {
    pub(super) operation: Option<&'static Operation>,
    pub(super) attempts: u32,
    pub(super) elapsed: Duration,
    pub(super) earlier: Option<Outcome>,
}

/// The error of a call that failed.
pub(super) fn error(failure: CallFailure, report: &Report, key: &str) -> Error {
    let mut error = match failure {
        CallFailure::Attempt(failure, _) if failure.kind == FailureKind::InvalidRequest => {
            return invalid_request(*failure).for_operation(report.operation);
        }
        CallFailure::Attempt(failure, stop) => of_failure(*failure, stop, report.earlier, key),
        CallFailure::Throttled(wait) => {
            let message = "not sent: an earlier rate limit holds for longer than the call may take";
            let mut error = Error::new(ErrorKind::RateLimited, Outcome::NotSent, message);
            error.inner_mut().retry_after = Some(wait);
            error
        }
        CallFailure::NoTimeLeft => {
            let message = "not sent: too little of the call's time was left";
            Error::new(ErrorKind::Timeout, Outcome::NotSent, message)
        }
    };
    let inner = error.inner_mut();
    inner.attempts = report.attempts;
    inner.elapsed = report.elapsed;
    inner.earlier = report.earlier;
    error.for_operation(report.operation)
}

fn invalid_request(failure: AttemptFailure) -> Error {
    match (failure.detail, failure.source) {
        (Some(parameter), _) if !parameter.is_empty() => {
            Error::invalid_input(&parameter, "makes another path of the request's")
        }
        (_, source) => Error::invalid_input("request", "can't be built").with_source(source),
    }
}

fn of_failure(failure: AttemptFailure, stop: Stop, earlier: Option<Outcome>, key: &str) -> Error {
    let (kind, what) = kind(failure.kind);
    let outcome = failure.kind.outcome();
    let mut message = what.to_owned();
    if let Some(detail) = &failure.detail {
        message.push_str(": ");
        message.push_str(detail);
    }
    if let Some(reason) = why_not_again(stop) {
        message.push_str("; ");
        message.push_str(reason);
    }
    if earlier >= Some(Outcome::Unknown) && outcome != Outcome::Unknown {
        message.push_str("; an earlier attempt may have done it");
    }
    let over_all = earlier.map_or(outcome, |earlier| earlier.max(outcome));
    let mut error = Error::new(kind, over_all, message).with_source(failure.source);
    let inner = error.inner_mut();
    inner.retry_after = failure.retry_after;
    inner.status = failure.status;
    if failure.status.is_some_and(|status| !status.is_success()) {
        inner.body = ErrorBody::parse(&failure.body, key);
    }
    let from_header = || {
        let text = trace_id(&failure.headers)?.to_str().ok()?;
        Some(redact::text(text, key).into_owned())
    };
    inner.trace_id = inner.body.trace_id.clone().or_else(from_header);
    inner.raw_body = failure.status.map(|_| failure.body);
    inner.headers = failure.headers;
    error
}

/// The kind of error that a failure is, and what to say of it.
pub(super) fn kind(failure: FailureKind) -> (ErrorKind, &'static str) {
    match failure {
        FailureKind::InvalidRequest => (ErrorKind::InvalidInput, "the request can't be built"),
        FailureKind::NotSent => (ErrorKind::Connect, "could not connect to the server"),
        FailureKind::ConnectionLost => (
            ErrorKind::ConnectionLost,
            "the connection was lost before the whole response had arrived",
        ),
        FailureKind::TimedOut => (ErrorKind::Timeout, "no complete response in time"),
        FailureKind::BodyTooLarge => (
            ErrorKind::BodyTooLarge,
            "the work is done, but the response is larger than the client's limit",
        ),
        FailureKind::Undecodable => (
            ErrorKind::Decode,
            "the work is done, but the response can't be used",
        ),
        FailureKind::Redirected => (
            ErrorKind::Status,
            "the HTTP client followed a redirect; build it with `redirect::Policy::none()`",
        ),
        FailureKind::Status(200..=299) => (
            ErrorKind::Decode,
            "the work is done, but the contract doesn't have this status",
        ),
        FailureKind::Status(408) => (ErrorKind::Status, "the server says that it took too long"),
        FailureKind::Status(429) => (ErrorKind::RateLimited, "the rate limit is reached"),
        FailureKind::Status(300..=399) => {
            (ErrorKind::Status, "a redirect, which is never followed")
        }
        FailureKind::Status(500..=599) => (ErrorKind::Status, "the server failed"),
        FailureKind::Status(_) => (ErrorKind::Status, "the server rejected the request"),
    }
}

fn why_not_again(stop: Stop) -> Option<&'static str> {
    match stop {
        Stop::Final | Stop::AttemptsUsed => None,
        Stop::MayDuplicate => Some("not sent again, since it may have been done"),
        Stop::PastDeadline => Some("another attempt would not fit into the call's time"),
        Stop::BudgetUsed => Some("not sent again, since too many of the client's calls fail"),
    }
}
