//! What can be seen of calls from outside: a callback for each attempt and, with the feature `tracing`, a span for each
//! call and an event for each attempt. Neither has the id of a user or a secret.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use http::StatusCode;

use crate::client::Shared;
use crate::error::ErrorKind;
use crate::failure;
use crate::operation::Operation;
use crate::redact;
use crate::retry::classify::Failed;
use crate::transport::{Answer, Remains};

/// One request that was sent, and what came of it: what [`ClerkBuilder::on_attempt`](crate::ClerkBuilder::on_attempt) is
/// told.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    operation: Option<&'static Operation>,
    number: u32,
    elapsed: Duration,
    status: Option<StatusCode>,
    error_kind: Option<ErrorKind>,
    retry_after: Option<Duration>,
    trace_id: Option<Cow<'a, str>>,
    server_address: &'a str,
    server_port: u16,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        operation: Option<&'static Operation>,
        number: u32,
        elapsed: Duration,
        result: &'a Result<Box<Answer>, (Failed, Box<Remains>)>,
    ) -> Self {
        let (answer, failed) = match result {
            Ok(answer) => (Some(answer.as_ref()), None),
            Err((failed, remains)) => (remains.answer.as_deref(), Some(*failed)),
        };
        let trace_id = answer.and_then(|answer| failure::trace_id(&answer.headers));
        Self {
            operation,
            number,
            elapsed,
            status: answer.map(|answer| answer.status),
            error_kind: failed.map(|failed| failure::kind(failed.failure).0),
            retry_after: failed.and_then(|failed| failed.retry_after),
            trace_id: trace_id
                .and_then(|value| value.to_str().ok())
                .map(|value| redact::text(value, shared.secret_key.expose())),
            server_address: &shared.base_url.host,
            server_port: shared.base_url.port,
        }
    }

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

    /// Which of the call's requests it was; 1 is the first.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// From sending to the answer's last byte, or to the failure.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The answer's status, where there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// How it failed; `None` for an answer of success.
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.error_kind
    }

    /// How long the server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Identifies the request at Clerk, from the answer's headers.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }
}

/// Tells whoever wants to know of an attempt; makes it only for them.
pub(crate) fn attempt<'a>(shared: &Shared, make: impl FnOnce() -> Attempt<'a>) {
    #[cfg(feature = "tracing")]
    let wanted = shared.on_attempt.is_some() || tracing::enabled!(tracing::Level::DEBUG);
    #[cfg(not(feature = "tracing"))]
    let wanted = shared.on_attempt.is_some();
    if !wanted {
        return;
    }
    let attempt = make();
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
    // The status, where there is one that is an error; else the kind.
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

/// Runs a call in its span.
#[cfg(feature = "tracing")]
pub(crate) fn in_span<F: Future>(
    shared: &Shared,
    operation: Option<&'static Operation>,
    call: F,
) -> impl Future<Output = F::Output> {
    use tracing::Instrument as _;
    let span = tracing::debug_span!(
        target: "clerk_api",
        "clerk_api.call",
        otel.kind = "client",
        clerk.operation = operation.map(|operation| operation.id),
        http.request.method = operation.map(|operation| operation.method),
        url.template = operation.map(|operation| operation.path),
        server.address = shared.base_url.host.as_str(),
        server.port = shared.base_url.port,
    );
    call.instrument(span)
}

/// Runs a call, unobserved.
#[cfg(not(feature = "tracing"))]
pub(crate) fn in_span<F: Future>(
    _: &Shared,
    _: Option<&'static Operation>,
    call: F,
) -> impl Future<Output = F::Output> {
    call
}
