//! A call of any operation: the settings that every call has, and the one way in which calls are sent.

mod failed;
mod failure;
mod hook;
mod observe;
pub(crate) mod response;
mod settings;
mod watched_body;

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use progenitor_client::{Error as GeneratedError, ResponseValue};

use failed::Report;
use failure::Success;
use response::Response;
pub(crate) use settings::{call_sending, call_settings};

use crate::error::Error;
use crate::exchange::{Exchange, Options, State};
use crate::generated::client::Client;
use crate::operation::Operation;
use crate::retry::failure::{AttemptFailure, FailureKind};
use crate::retry::run::{Plan, run};
use crate::shared::Shared;

/// An attempt is begun only if at least this part of its time limit is left of the call's time.
const LEAST_SHARE: u32 = 4;

/// A call of any operation of the contract, not yet sent. From [`Clerk::call`](crate::Clerk::call).
///
/// Before it is sent it takes settings for this one call.
#[derive(Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct Call {
    client: Client,
}

impl Call {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let exchange = Exchange::new(shared.clone());
        let base_url = shared.base_url.as_str();
        Self {
            client: Client::new_with_client(base_url, shared.http.clone(), exchange),
        }
    }

    pub(crate) fn options_mut(&mut self) -> &mut Options {
        self.client.inner.options_mut()
    }

    /// Sends it. `operation` gets the generated client and calls one of its methods; that is one attempt. There is a
    /// method for each operation, named after its operationId in snake case. Its arguments are the path parameters, the
    /// query parameters, and the body. Call exactly one, of this client itself: several would
    /// all be repeated together, and a clone of the client sends nothing.
    ///
    /// A path parameter that would make the request go to another operation is an error. Still, check ids that come from
    /// outside: `a\..\b` is sent as `b`.
    ///
    /// # Errors
    ///
    /// Those of the operation, and those of every call; always this crate's [`Error`].
    pub async fn send<'a, T, F>(
        &'a mut self,
        operation: impl Fn(&'a Client) -> F,
    ) -> Result<Response<T>, Error>
    where
        F: Future<Output = Result<ResponseValue<T>, GeneratedError>>,
    {
        self.send_checked(operation, |_| None).await
    }

    /// [`send`](Self::send) with a check: `problem` says what is wrong with a value that decodes but can't be the response
    /// to this request, such as one about another user.
    pub(crate) async fn send_checked<'a, T, F>(
        &'a mut self,
        operation: impl Fn(&'a Client) -> F,
        problem: impl Fn(&T) -> Option<&'static str>,
    ) -> Result<Response<T>, Error>
    where
        F: Future<Output = Result<ResponseValue<T>, GeneratedError>>,
    {
        let client = &self.client;
        let span = observe::CallSpan::new(&client.inner.shared);
        // The future is created where it is awaited. In a variable or an argument it would take its space twice.
        let result = span.around(send(client, operation, problem)).await;
        span.record(&result);
        result
    }
}

/// Sends a call, and returns how it ended.
async fn send<'a, T, F>(
    client: &'a Client,
    operation: impl Fn(&'a Client) -> F,
    problem: impl Fn(&T) -> Option<&'static str>,
) -> Result<Response<T>, Error>
where
    F: Future<Output = Result<ResponseValue<T>, GeneratedError>>,
{
    let begun = Instant::now();
    let exchange = &client.inner;
    let shared = &exchange.shared;
    *exchange.state() = State::default();
    let plan = match plan(exchange, begun) {
        Ok(plan) => plan,
        Err(error) => {
            let operation = identify(exchange, || operation(client)).await;
            return Err(error.for_operation(operation));
        }
    };
    let attempts = run(
        &plan,
        &shared.limits,
        random,
        observe::retry,
        |number, limit| attempt(exchange, number, limit, || operation(client), &problem),
    );
    let finished = attempts.await;
    let operation = match finished.attempts {
        0 => identify(exchange, || operation(client)).await,
        _ => exchange.state().operation,
    };
    let report = Report {
        operation,
        attempts: finished.attempts,
        elapsed: begun.elapsed(),
        earlier: finished.earlier,
    };
    match finished.result {
        Ok(success) => Ok(Response {
            body: success.body,
            status: success.status,
            headers: success.headers,
            attempts: report.attempts,
            elapsed: report.elapsed,
            earlier_outcome: report.earlier,
        }),
        Err(failure) => Err(failed::error(failure, &report, shared)),
    }
}

call_settings!(Call);

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Call").finish_non_exhaustive()
    }
}

/// The operation of a call that was not sent: the hook learns it from the request, and does not send that.
async fn identify<F: Future>(
    exchange: &Exchange,
    call: impl FnOnce() -> F,
) -> Option<&'static Operation> {
    exchange.state().identify_only = true;
    call().await;
    exchange.state().operation
}

/// The call's limits, from its own settings and the client's.
fn plan(exchange: &Exchange, begun: Instant) -> Result<Plan<'_>, Error> {
    let shared = &exchange.shared;
    let options = exchange.options();
    if let Some(problem) = options.and_then(|options| options.invalid_header.as_ref()) {
        return Err(Error::invalid_input("header", problem));
    }
    let timeout = options.and_then(|options| options.operation_timeout);
    // A time that the clock can't represent is no limit.
    let by_timeout = begun.checked_add(timeout.unwrap_or(shared.operation_timeout));
    let deadline = options.and_then(|options| options.deadline);
    let deadline = [by_timeout, deadline].into_iter().flatten().min();
    let policy = options.and_then(|options| options.retry_policy.as_ref());
    let policy = policy.unwrap_or(&shared.retry_policy);
    policy.check()?;
    let attempt_time = deadline.map_or(shared.attempt_timeout, |deadline| {
        let whole = deadline.saturating_duration_since(begun);
        whole.min(shared.attempt_timeout)
    });
    Ok(Plan {
        policy,
        attempt_timeout: shared.attempt_timeout,
        deadline,
        least_time: attempt_time / LEAST_SHARE,
    })
}

/// One attempt: one call of a generated method, within its time.
async fn attempt<T, F>(
    exchange: &Exchange,
    number: u32,
    limit: Duration,
    call: impl FnOnce() -> F,
    problem: impl Fn(&T) -> Option<&'static str>,
) -> Result<Success<T>, Box<AttemptFailure>>
where
    F: Future<Output = Result<ResponseValue<T>, GeneratedError>>,
{
    let begun = Instant::now();
    exchange.state().attempt_limit = limit;
    let result = tokio::time::timeout(limit, call()).await;
    let result = failure::attempt_result(result, exchange, problem);
    if !matches!(&result, Err(failure) if failure.kind == FailureKind::InvalidPath) {
        let operation = exchange.state().operation;
        observe::attempt(
            &exchange.shared,
            operation,
            number,
            begun.elapsed(),
            &result,
        );
    }
    result
}

/// A number in `[0, 1)`.
fn random() -> f64 {
    // The keys of std's hashers are random, and no two are the same: enough for jitter, and it links no crate.
    let bits = RandomState::new().hash_one(());
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
