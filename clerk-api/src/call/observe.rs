//! What can be seen of calls from outside: a callback for each attempt and, with the feature `tracing`, a span for each
//! call and an event for each attempt. Neither has the id of a user or a secret.

use std::future::Future;
use std::time::Duration;

use super::failed;
use super::failure::Success;
use super::response::trace_id;
use crate::attempt::Attempt;
use crate::operation::Operation;
use crate::redact;
use crate::retry::failure::AttemptFailure;
use crate::shared::Shared;

/// Tells of an attempt, if anybody wants to know.
pub(super) fn attempt<T>(
    shared: &Shared,
    operation: Option<&'static Operation>,
    number: u32,
    elapsed: Duration,
    result: &Result<Success<T>, Box<AttemptFailure>>,
) {
    #[cfg(feature = "tracing")]
    let wanted = shared.on_attempt.is_some() || tracing::enabled!(tracing::Level::DEBUG);
    #[cfg(not(feature = "tracing"))]
    let wanted = shared.on_attempt.is_some();
    if !wanted {
        return;
    }
    let (status, headers, failure) = match result {
        Ok(success) => (Some(success.status), &success.headers, None),
        Err(failure) => (failure.status, &failure.headers, Some(failure)),
    };
    let attempt = Attempt {
        operation,
        number,
        elapsed,
        status,
        error_kind: failure.map(|failure| failed::kind(failure.kind)),
        retry_after: failure.and_then(|failure| failure.retry_after),
        trace_id: trace_id(headers)
            .and_then(|value| value.to_str().ok())
            .map(|value| redact::text(value, shared.secret_key.expose())),
        server_address: &shared.base_url.host,
        server_port: shared.base_url.port,
    };
    if let Some(on_attempt) = &shared.on_attempt {
        on_attempt(&attempt);
    }
    #[cfg(feature = "tracing")]
    event(&attempt);
}

/// The event of an attempt, with OpenTelemetry's names for the fields of an HTTP client.
#[cfg(feature = "tracing")]
fn event(attempt: &Attempt<'_>) {
    let status = attempt.status.map(|status| status.as_u16());
    // The status, if it is an error's; else the kind.
    let error_type = attempt.error_kind.map(|kind| match status {
        Some(status) if !(200..300).contains(&status) => status.to_string(),
        _ => format!("{kind:?}"),
    });
    tracing::event!(
        target: "clerk_api",
        tracing::Level::DEBUG,
        "http.response.status_code" = status,
        "http.request.resend_count" = attempt.number - 1,
        "error.type" = error_type,
        "clerk.trace_id" = attempt.trace_id(),
        "elapsed_ms" = attempt.elapsed.as_secs_f64() * 1000.0,
        "attempt"
    );
}

/// Tells the call's span which operation it is, as soon as that is known.
#[cfg(feature = "tracing")]
pub(super) fn operation(operation: &'static Operation) {
    let span = tracing::Span::current();
    span.record("clerk.operation", operation.id);
    span.record("http.request.method", operation.method);
    span.record("url.template", operation.path);
}

/// Nothing observes it.
#[cfg(not(feature = "tracing"))]
pub(super) fn operation(_: &'static Operation) {}

/// Runs a call in its span.
#[cfg(feature = "tracing")]
pub(super) fn in_span<F: Future>(shared: &Shared, call: F) -> impl Future<Output = F::Output> {
    use tracing::Instrument as _;
    use tracing::field::Empty;
    let span = tracing::debug_span!(
        target: "clerk_api",
        "clerk_api.call",
        otel.kind = "client",
        clerk.operation = Empty,
        http.request.method = Empty,
        url.template = Empty,
        server.address = shared.base_url.host.as_str(),
        server.port = shared.base_url.port,
    );
    call.instrument(span)
}

/// Runs a call, unobserved.
#[cfg(not(feature = "tracing"))]
pub(super) fn in_span<F: Future>(_: &Shared, call: F) -> impl Future<Output = F::Output> {
    call
}
