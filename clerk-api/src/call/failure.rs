//! From progenitor's result of an attempt to a success or a failure.

use std::error::Error as StdError;
use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use progenitor_client::{Error as GeneratedError, ResponseValue};
use tokio::time::error::Elapsed;

use super::watched_body::give_up;
use crate::error::Cause;
use crate::exchange::{Exchange, Received};
use crate::retry::failure::{AttemptFailure, FailureKind};
use crate::retry::retry_after;

/// The result of one call of a generated method.
pub(super) type Generated<T> = Result<ResponseValue<T>, GeneratedError>;

/// An attempt that succeeded: a decoded response.
pub(super) struct Success<T> {
    pub(super) body: T,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

/// A kind of failure, with details.
struct Finding {
    kind: FailureKind,
    detail: Option<String>,
    source: Option<reqwest::Error>,
}

impl Finding {
    fn new(kind: FailureKind) -> Self {
        Self {
            kind,
            detail: None,
            source: None,
        }
    }

    fn detailed(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::new(kind)
        }
    }
}

/// The result of an attempt. `problem` says what is wrong with a decoded body, if anything is.
pub(super) fn attempt_result<T>(
    result: Result<Generated<T>, Elapsed>,
    exchange: &Exchange,
    problem: impl Fn(&T) -> Option<&'static str>,
) -> Result<Success<T>, Box<AttemptFailure>> {
    let (operation, mut received) = {
        let mut state = exchange.state();
        (state.operation, std::mem::take(&mut state.received))
    };
    let finding = match result {
        Err(_) => timeout(exchange),
        Ok(Err(error)) => from_generated(error, &received),
        Ok(Ok(value)) => match problem(&value) {
            None if !received.redirected && !received.too_large => {
                return Ok(Success {
                    status: value.status(),
                    body: value.into_inner(),
                    headers: received.headers,
                });
            }
            None => Finding::new(FailureKind::Undecodable),
            Some(problem) => Finding::detailed(FailureKind::Undecodable, problem),
        },
    };
    // An HTTP client that has sent the request and then can't connect has followed a redirect.
    let claim = exchange.state().claim.take();
    if finding.kind == FailureKind::NotConnected && claim.is_some_and(|claim| !give_up(&claim)) {
        received.redirected = true;
    }
    // A status says more than what happened to the body afterwards.
    let kind = match received.status {
        _ if received.redirected => FailureKind::Redirected,
        Some(status) if !status.is_success() => FailureKind::Status(status.as_u16()),
        _ if received.too_large => FailureKind::BodyTooLarge,
        _ => finding.kind,
    };
    let detail = finding.detail.filter(|_| kind == finding.kind);
    let key = exchange.shared.secret_key.expose();
    Err(Box::new(AttemptFailure {
        kind,
        idempotent: operation.is_some_and(|operation| operation.idempotent),
        retry_after: asked_to_wait(&received.headers),
        status: received.status.filter(|_| !received.redirected),
        body: received.body(),
        headers: received.headers,
        detail,
        source: finding.source.map(|source| Cause::new(&source, key)),
    }))
}

/// What the end of the time limit means.
fn timeout(exchange: &Exchange) -> Finding {
    let (limit, claim) = {
        let mut state = exchange.state();
        (state.attempt_limit, state.claim.take())
    };
    let is_unsent = claim.is_some_and(|claim| give_up(&claim));
    let whose = if limit < exchange.shared.attempt_timeout {
        "the rest of the call's time limit"
    } else {
        "the attempt's time limit"
    };
    let kind = if is_unsent {
        FailureKind::NotConnected
    } else {
        FailureKind::TimedOut
    };
    Finding::detailed(kind, format!("within {limit:.1?} ({whose})"))
}

fn from_generated(error: GeneratedError, received: &Received) -> Finding {
    match error {
        GeneratedError::CommunicationError(error)
        | GeneratedError::ResponseBodyError(error)
        | GeneratedError::InvalidUpgrade(error) => Finding {
            kind: from_transport(&error, received.status.is_some()),
            detail: None,
            source: Some(error.without_url()),
        },
        GeneratedError::InvalidResponsePayload(body, cause) => {
            if body.trim_ascii_start().starts_with(b"{") {
                Finding::detailed(FailureKind::Undecodable, position(&cause))
            } else {
                Finding::new(FailureKind::NotJson)
            }
        }
        GeneratedError::UnexpectedResponse(response) => {
            Finding::new(FailureKind::Status(response.status().as_u16()))
        }
        GeneratedError::ErrorResponse(response) => {
            Finding::new(FailureKind::Status(response.status().as_u16()))
        }
        GeneratedError::InvalidRequest(parameter) => {
            Finding::detailed(FailureKind::InvalidPath, parameter)
        }
        GeneratedError::Custom(reason) => Finding::detailed(FailureKind::InvalidRequest, reason),
    }
}

fn from_transport(error: &reqwest::Error, responded: bool) -> FailureKind {
    if responded {
        // A server that has begun to respond has processed the request, whatever it says afterwards.
        return FailureKind::ConnectionLost;
    }
    if error.is_builder() {
        return FailureKind::InvalidRequest;
    }
    if error.is_connect() {
        return FailureKind::NotConnected;
    }
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<h2::Error>() {
            return from_http2(error);
        }
        if let Some(error) = inner.downcast_ref::<hyper::Error>()
            && error.is_parse()
        {
            return FailureKind::InvalidResponse;
        }
        source = inner.source();
    }
    FailureKind::ConnectionLost
}

/// HTTP/2 says that the server has not processed the request (RFC 9113, 8.7) if its stream was refused, or lies beyond the
/// last one that a GOAWAY names.
fn from_http2(error: &h2::Error) -> FailureKind {
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    if error.is_remote() && (refused || error.is_go_away()) {
        FailureKind::NotProcessed
    } else {
        FailureKind::ConnectionLost
    }
}

fn asked_to_wait(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(RETRY_AFTER).into_iter();
    let values = values.filter_map(|value| value.to_str().ok());
    // A date is meant by the server's clock.
    let server_time = headers.get(http::header::DATE);
    let server_time = server_time.and_then(|date| date.to_str().ok());
    let server_time = server_time.and_then(|date| httpdate::parse_http_date(date).ok());
    let now = server_time.unwrap_or_else(SystemTime::now);
    values
        .filter_map(|value| retry_after::parse(value, now))
        .max()
}

/// What is wrong with a body, without quoting it: serde's own message may quote the ticket.
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
