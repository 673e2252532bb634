//! One call, from the generated client's request to its last answer: limits, headers, retries, report.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::Request;
use tower::retry::budget::Budget as _;

use crate::client::Shared;
use crate::error::{Error, Outcome};
use crate::failure;
use crate::identifier;
use crate::observe::in_span;
use crate::operation::Operation;
use crate::outgoing::Outgoing;
use crate::redact;
use crate::retry::RetryPolicy;
use crate::retry::classify::Failure;
use crate::retry::run::{End, Plan, run};
use crate::transport::{Answer, Remains};
use crate::wire::Wire;

/// Headers that are the client's own: what they say must be true.
const OWN_HEADERS: [&str; 15] = [
    "accept-encoding",
    "authorization",
    "clerk-api-version",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// The header in which the generator sends the API's version.
const GENERATED_VERSION: &str = "api-version";

/// What a caller sets for one call.
#[derive(Clone, Default)]
pub(crate) struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) headers: HeaderMap,
    /// A header that can't be sent; told when the call is.
    pub(crate) refused_header: Option<String>,
}

impl fmt::Debug for CallOptions {
    /// Without the headers, whose values may be anything.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl CallOptions {
    /// Adds a header, or remembers that it can't be sent.
    pub(crate) fn header(&mut self, name: &str, value: &str) {
        let parsed = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        );
        match parsed {
            (Ok(name), Ok(value)) if !OWN_HEADERS.contains(&name.as_str()) => {
                self.headers.insert(name, value);
            }
            _ => self.refused_header = Some(name.to_owned()),
        }
    }
}

/// The value inside a generated client: what its calls are made with, and where they report to.
pub struct Call {
    shared: Arc<Shared>,
    options: CallOptions,
    /// Where the handwritten layer finds what became of its call. The generated client's own users have none.
    report: Option<Mutex<Option<Report>>>,
}

/// What became of a call, beyond what the generated client tells.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// The worst outcome of all attempts before the last.
    pub(crate) earlier: Option<Outcome>,
    /// Status and trace id of the last answer.
    pub(crate) status: Option<StatusCode>,
    pub(crate) trace_id: Option<HeaderValue>,
    /// The last answer's headers, where somebody wants the report: the generated client has no use for them then.
    pub(crate) headers: HeaderMap,
    /// The body of an answer of success, likewise.
    pub(crate) body: Option<Bytes>,
    /// The whole error, unless the call ended with an answer of success.
    pub(crate) error: Option<Error>,
}

impl Call {
    /// For one call of the handwritten layer, which wants the report.
    pub(crate) fn reporting(shared: Arc<Shared>, options: CallOptions) -> Self {
        let report = Some(Mutex::new(None));
        Self {
            shared,
            options,
            report,
        }
    }

    /// For any number of calls of the generated client.
    pub(crate) fn silent(shared: Arc<Shared>) -> Self {
        let options = CallOptions::default();
        Self {
            shared,
            options,
            report: None,
        }
    }

    /// What became of the call.
    pub(crate) fn take_report(&self) -> Report {
        let report = self.report.as_ref().map(lock);
        report
            .and_then(|mut report| report.take())
            .unwrap_or_default()
    }

    /// What must not be seen in anything that is said of the call.
    pub(crate) fn secret_key(&self) -> &str {
        self.shared.secret_key.expose()
    }

    /// The URL of an operation's path.
    pub(crate) fn url(&self, path: fmt::Arguments<'_>) -> reqwest::Url {
        use fmt::Write as _;
        let mut whole = String::with_capacity(self.shared.base_path.len() + 64);
        // Writing to a string doesn't fail.
        let _ = write!(whole, "{}{path}", self.shared.base_path);
        let mut url = self.shared.base_url.clone();
        url.set_path(&whole);
        url
    }

    pub(crate) fn is_reporting(&self) -> bool {
        self.report.is_some()
    }

    /// The body that the report has, for whoever decodes it.
    pub(crate) fn take_body(&self) -> Option<Bytes> {
        lock(self.report.as_ref()?).as_mut()?.body.take()
    }

    /// Keeps the report where somebody wants it, else gives its error back.
    pub(crate) fn keep(&self, report: Report) -> Option<Error> {
        match &self.report {
            Some(slot) => {
                *lock(slot) = Some(report);
                None
            }
            None => report.error,
        }
    }

    /// Sends a request as often as its operation, the policy and the time allow. The answer is the last one, whatever
    /// its status.
    pub(crate) async fn execute(
        &self,
        client: &reqwest::Client,
        mut request: Request,
        operation: Option<&'static Operation>,
    ) -> (Option<Answer>, Report) {
        let begun = Instant::now();
        let mut report = Report::default();
        let own_headers = match self.prepare(&mut request, operation) {
            Ok(own_headers) => own_headers,
            Err(error) => {
                report.error = Some(error.of(operation));
                return (None, report);
            }
        };
        let plan = self.plan(begun, &request, operation);
        self.shared.budget.deposit();
        let outgoing = Outgoing::new(request, own_headers, plan.policy.attempts());
        let mut wire = Wire::new(&self.shared, client, outgoing, operation);
        let finished = in_span(&self.shared, operation, run(&mut wire, &plan)).await;
        report.attempts = finished.attempts;
        report.elapsed = begun.elapsed();
        report.earlier = finished.earlier;
        let answer = match finished.end {
            End::Answered(answer) => Some(answer),
            End::NotAdmitted(refused) => {
                report.error = Some(failure::not_admitted(refused, operation, &report));
                None
            }
            End::Failed {
                failed,
                failure: Remains { answer, source },
                stop,
            } => {
                let key = self.shared.secret_key.expose();
                let refused = matches!(failed.failure, Failure::Status(_));
                let error = failure::error(failed, stop, answer.as_ref(), operation, &report, key);
                report.error = Some(match source {
                    Some(source) => error.because(&source, key),
                    None => error,
                });
                // What progenitor makes of it, its user may print.
                let refusal = answer.filter(|_| refused);
                if self.is_reporting() {
                    refusal
                } else {
                    refusal.map(|answer| redacted(answer, key))
                }
            }
        };
        if let Some(answer) = &answer {
            report.status = Some(answer.status);
            report.trace_id = failure::trace_id(&answer.headers).cloned();
        }
        (answer, report)
    }

    /// Makes the generated request one that may be sent, but for the client's headers. Gives those that are its own.
    fn prepare(
        &self,
        request: &mut Request,
        operation: Option<&'static Operation>,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
        if let Some(name) = &self.options.refused_header {
            return Err(Error::invalid_input(
                "header",
                format!("{name:?} can't be set, or not to that"),
            ));
        }
        if let Some(operation) = operation {
            let path = request.url().path();
            let path = path
                .strip_prefix(self.shared.base_path.as_str())
                .unwrap_or_default();
            if let Some(parameter) = identifier::misfit(operation.path, path) {
                return Err(Error::invalid_input(
                    parameter,
                    "makes another path of the request's",
                ));
            }
        }
        let takes_body = matches!(request.method().as_str(), "POST" | "PUT" | "PATCH");
        if takes_body && request.body().is_none() {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        // The generator's own idea is left out: Clerk doesn't know it.
        let generated = std::mem::take(request.headers_mut()).into_iter();
        let generated = generated.filter_map(|(name, value)| Some((name?, value)));
        let mut own: Vec<_> = generated
            .filter(|(name, _)| name != GENERATED_VERSION)
            .collect();
        let options = self.options.headers.iter();
        own.extend(options.map(|(name, value)| (name.clone(), value.clone())));
        Ok(own)
    }

    fn plan(
        &self,
        begun: Instant,
        request: &Request,
        operation: Option<&'static Operation>,
    ) -> Plan {
        let timeout = self.options.timeout.unwrap_or(self.shared.timeout);
        // A time beyond what the clock can tell is no limit.
        let by_timeout = begun.checked_add(timeout);
        let deadline = [by_timeout, self.options.deadline]
            .into_iter()
            .flatten()
            .min();
        let policy = self.options.retry.as_ref().unwrap_or(&self.shared.retry);
        let can_be_copied = request.body().is_none_or(|body| body.as_bytes().is_some());
        Plan {
            policy: if can_be_copied {
                policy.clone()
            } else {
                RetryPolicy::never()
            },
            repeatable: operation.is_some_and(|operation| operation.idempotent),
            attempt_limit: self.shared.attempt_timeout,
            deadline,
        }
    }
}

impl Clone for Call {
    /// The same settings; the report stays with the original.
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
            options: self.options.clone(),
            report: self.report.as_ref().map(|_| Mutex::new(None)),
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Call").finish_non_exhaustive()
    }
}

fn lock(report: &Mutex<Option<Report>>) -> MutexGuard<'_, Option<Report>> {
    // It is held for an assignment only, which can't leave it half done.
    report.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a refusal repeats of what was sent, or of what others sent, is not for anybody's log.
fn redacted(mut answer: Answer, key: &str) -> Answer {
    answer.body = redact::bytes(answer.body, key);
    redact::headers(&mut answer.headers, key);
    answer
}
