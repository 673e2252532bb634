//! One call, from the generated client's request to its last answer: limits, headers, retries, report.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::Request;

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
use crate::retry::run::{End, Finished, Plan, run};
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

/// What a caller sets for one call. Nearly all set nothing, and what is in a call is moved with it, so it is kept apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions(Option<Box<Settings>>);

/// The settings of a call that has any.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) headers: HeaderMap,
    /// A header that can't be sent; told when the call is.
    pub(crate) refused_header: Option<String>,
}

impl fmt::Debug for Settings {
    /// Without the headers, whose values may be anything.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl CallOptions {
    /// To change them.
    pub(crate) fn settings(&mut self) -> &mut Settings {
        self.0.get_or_insert_default()
    }

    fn get(&self) -> Option<&Settings> {
        self.0.as_deref()
    }
}

impl Settings {
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
    /// Status of the last answer.
    pub(crate) status: Option<StatusCode>,
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
        self.shared.base_url.with(path)
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
    pub(crate) fn execute<'a>(
        &'a self,
        mut request: Request,
        operation: Option<&'static Operation>,
    ) -> impl Future<Output = (Option<Box<Answer>>, Report)> + Send + 'a {
        // All this before the future is made: what it is made with it holds once, what is moved inside it twice.
        let begun = Instant::now();
        let prepared = self.prepare(&mut request, operation);
        let prepared = prepared.map_err(|error| error.of(operation));
        let mut ready = prepared.map(|()| {
            let plan = self.plan(begun, &request, operation);
            let outgoing = Outgoing::new(request);
            (Wire::new(&self.shared, outgoing, operation), plan)
        });
        async move {
            match &mut ready {
                Ok((wire, plan)) => {
                    let operation = wire.operation();
                    let finished = in_span(&self.shared, operation, run(wire, plan)).await;
                    self.report(begun, wire.operation(), finished)
                }
                Err(error) => {
                    let report = Report {
                        error: Some(error.clone()),
                        ..Report::default()
                    };
                    (None, report)
                }
            }
        }
    }

    /// The last answer, and what became of the call.
    fn report(
        &self,
        begun: Instant,
        operation: Option<&'static Operation>,
        finished: Finished<Box<Answer>, Box<Remains>>,
    ) -> (Option<Box<Answer>>, Report) {
        let mut report = Report {
            attempts: finished.attempts,
            elapsed: begun.elapsed(),
            earlier: finished.earlier,
            ..Report::default()
        };
        let answer = match finished.end {
            End::Answered(answer) => Some(answer),
            End::NotAdmitted(refused) => {
                report.error = Some(failure::not_admitted(refused, operation, &report));
                None
            }
            End::Failed {
                failed,
                failure,
                stop,
            } => {
                let Remains { answer, source } = *failure;
                let key = self.shared.secret_key.expose();
                let refused = matches!(failed.failure, Failure::Status(_));
                let error =
                    failure::error(failed, stop, answer.as_deref(), operation, &report, key);
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
        report.status = answer.as_ref().map(|answer| answer.status);
        (answer, report)
    }

    /// Makes the generated request one that may be sent, but for the client's headers.
    fn prepare(
        &self,
        request: &mut Request,
        operation: Option<&'static Operation>,
    ) -> Result<(), Error> {
        let settings = self.options.get();
        if let Some(name) = settings.and_then(|settings| settings.refused_header.as_ref()) {
            return Err(Error::invalid_input(
                "header",
                format!("{name:?} can't be set, or not to that"),
            ));
        }
        if let Some(operation) = operation {
            let path = self.shared.base_url.below(request.url());
            if let Some(parameter) = identifier::misfit(operation.path, path) {
                return Err(Error::invalid_input(
                    parameter,
                    "makes another path of the request's",
                ));
            }
        }
        let takes_body = matches!(request.method().as_str(), "POST" | "PUT" | "PATCH");
        let bodiless = takes_body && request.body().is_none();
        let headers = request.headers_mut();
        if bodiless {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let Some(settings) = settings {
            headers.extend(settings.headers.clone());
        }
        Ok(())
    }

    fn plan(
        &self,
        begun: Instant,
        request: &Request,
        operation: Option<&'static Operation>,
    ) -> Plan<'_> {
        let settings = self.options.get();
        let timeout = settings.and_then(|settings| settings.timeout);
        let timeout = timeout.unwrap_or(self.shared.timeout);
        // A time beyond what the clock can tell is no limit.
        let by_timeout = begun.checked_add(timeout);
        let deadline = settings.and_then(|settings| settings.deadline);
        let deadline = [by_timeout, deadline].into_iter().flatten().min();
        let policy = settings.and_then(|settings| settings.retry.as_ref());
        let policy = policy.unwrap_or(&self.shared.retry);
        let can_be_copied = request.body().is_none_or(|body| body.as_bytes().is_some());
        Plan {
            policy: if can_be_copied {
                policy
            } else {
                &RetryPolicy::NEVER
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
fn redacted(mut answer: Box<Answer>, key: &str) -> Box<Answer> {
    answer.body = redact::bytes(answer.body, key);
    redact::headers(&mut answer.headers, key);
    answer
}
