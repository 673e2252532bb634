//! What can be seen of calls from outside: a callback for each attempt and, with the feature `tracing`, a span for each
//! call and its events. The names are OpenTelemetry's, and the types those that tracing-opentelemetry records as they
//! are: integers are `i64`. None has the id of a user or a secret.

#![cfg_attr(not(feature = "tracing"), expect(unused_variables))]

use std::time::Duration;

use super::failed;
use super::failure::Success;
use super::response::{Response, trace_id};
use crate::attempt::Attempt;
use crate::error::Error;
use crate::operation::Operation;
use crate::redact;
use crate::retry::failure::AttemptFailure;
use crate::shared::Shared;

/// Reports an attempt, if anybody listens.
pub(super) fn attempt<T>(
    shared: &Shared,
    operation: Option<&'static Operation>,
    number: u32,
    elapsed: Duration,
    result: &Result<Success<T>, Box<AttemptFailure>>,
) {
    #[cfg(feature = "tracing")]
    let is_traced = tracing::enabled!(target: "clerk_api", tracing::Level::DEBUG);
    #[cfg(not(feature = "tracing"))]
    let is_traced = false;
    if shared.on_attempt.is_none() && !is_traced {
        return;
    }
    let (status, headers, failure) = match result {
        Ok(success) => (Some(success.status), &success.headers, None),
        Err(failure) => (failure.status, &failure.headers, Some(failure)),
    };
    let attempt = Attempt {
        operation: operation.map(|operation| operation.id),
        method: operation.map(|operation| operation.method),
        url_template: operation.map(|operation| operation.path),
        server_address: &shared.base_url.host,
        server_port: shared.base_url.port,
        number,
        elapsed,
        status,
        error_kind: failure.map(|failure| failed::kind(failure.kind)),
        retry_after: failure.and_then(|failure| failure.retry_after),
        trace_id: trace_id(headers)
            .and_then(|value| value.to_str().ok())
            .map(|value| redact::text(value, shared.secret_key.expose())),
    };
    if let Some(on_attempt) = &shared.on_attempt {
        on_attempt(&attempt);
    }
    #[cfg(feature = "tracing")]
    tracing::event!(
        target: "clerk_api",
        tracing::Level::DEBUG,
        "http.response.status_code" = status.map(|status| i64::from(status.as_u16())),
        "http.request.resend_count" = i64::from(number) - 1,
        "error.type" = attempt.error_kind.map(|kind| error_type(kind, status)),
        "clerk.trace_id" = attempt.trace_id.as_deref(),
        "elapsed_ms" = elapsed.as_secs_f64() * 1000.0,
        "attempt"
    );
}

/// Reports that a failed attempt is followed by another, after this delay.
pub(super) fn retry(failure: &AttemptFailure, delay: Duration) {
    #[cfg(feature = "tracing")]
    tracing::event!(
        target: "clerk_api",
        tracing::Level::INFO,
        "error.type" = error_type(failed::kind(failure.kind), failure.status),
        "delay_ms" = delay.as_secs_f64() * 1000.0,
        "retry"
    );
}

/// Names the call's operation on its span, as soon as it is known.
pub(super) fn operation(operation: &'static Operation) {
    #[cfg(feature = "tracing")]
    {
        let span = tracing::Span::current();
        // If ours is filtered out, this is the caller's own span.
        if span.metadata().map(|span| span.name()) == Some("clerk_api.call") {
            span.record("otel.name", operation.id);
            span.record("http.request.method", operation.method);
            span.record("url.template", operation.path);
        }
    }
}

/// The span of a call; nothing without the feature `tracing`.
pub(super) struct CallSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl CallSpan {
    pub(super) fn new(shared: &Shared) -> Self {
        Self {
            #[cfg(feature = "tracing")]
            span: span(shared),
        }
    }

    /// Runs the call in the span.
    pub(super) fn around<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F> {
        #[cfg(feature = "tracing")]
        let call = tracing::Instrument::instrument(call, self.span.clone());
        call
    }

    /// Records how the call ended.
    pub(super) fn record<T>(&self, result: &Result<Response<T>, Error>) {
        #[cfg(feature = "tracing")]
        record(&self.span, result.as_ref().map(Response::status));
    }
}

#[cfg(feature = "tracing")]
fn span(shared: &Shared) -> tracing::Span {
    use tracing::field::Empty;
    tracing::info_span!(
        target: "clerk_api",
        "clerk_api.call",
        otel.name = Empty,
        otel.kind = "client",
        otel.status_code = Empty,
        error.type = Empty,
        http.request.method = Empty,
        http.response.status_code = Empty,
        url.template = Empty,
        server.address = shared.base_url.host.as_str(),
        server.port = i64::from(shared.base_url.port),
    )
}

#[cfg(feature = "tracing")]
fn record(span: &tracing::Span, result: Result<http::StatusCode, &Error>) {
    let status = result.map_or_else(Error::status, Some);
    if let Some(status) = status {
        span.record("http.response.status_code", i64::from(status.as_u16()));
    }
    if let Err(error) = result {
        let error_type = error_type(error.kind(), status);
        span.record("otel.status_code", "ERROR");
        span.record("error.type", &error_type);
        if error.attempts() == 0 {
            tracing::info!(target: "clerk_api", parent: span, { "error.type" = error_type }, "not sent");
        }
    }
}

/// The status, if it is an error's; else the kind.
#[cfg(feature = "tracing")]
fn error_type(kind: crate::error::ErrorKind, status: Option<http::StatusCode>) -> String {
    match status {
        Some(status) if !status.is_success() => status.as_u16().to_string(),
        _ => format!("{kind:?}"),
    }
}
