//! Where the generated client meets the handwritten layer: the only file that knows progenitor's hooks.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::{ClientHooks, Error as GeneratedError, OperationInfo, ResponseValue};
use serde::de::DeserializeOwned;

use crate::call::{Call, CallOptions, Report};
use crate::client::Shared;
use crate::error::{Error, ErrorBody, ErrorKind, Outcome};
use crate::failure;
use crate::generated::client::Client;
use crate::generated::client::types::ClerkErrors;
use crate::operation::Operation;
use crate::response::Response;
use crate::transport::Answer;
use crate::wire::asked_to_wait;

impl ClientHooks<Call> for Client {
    fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> {
        let operation = Operation::by_name(info.operation_id);
        // Boxed, so that the futures around it, which are moved, stay small.
        let executed = Box::pin(self.inner.execute(request, operation));
        async move {
            let (answer, report) = executed.await;
            match handed_on(&self.inner, answer, report) {
                Ok(response) => Ok(response),
                Err(error) => carry(error).await,
            }
        }
    }
}

/// What progenitor gets of an answer, or the error that it has to carry.
fn handed_on(
    call: &Call,
    mut answer: Option<Box<Answer>>,
    mut report: Report,
) -> Result<reqwest::Response, Option<Error>> {
    if let Some(answer) = &mut answer
        && call.is_reporting()
    {
        report.headers = std::mem::take(&mut answer.headers);
        if let Some(emptied) = answer.emptied.take() {
            report.body = Some(std::mem::take(&mut answer.body));
            call.keep(report);
            return Ok(emptied);
        }
    }
    if let Some(answer) = &answer
        && !call.is_reporting()
        && answer.status.is_success()
        && answer.status != StatusCode::OK
    {
        // Where the contract doesn't have this status, the error is all that is left of the answer.
        report.status = Some(answer.status);
        report.headers.clone_from(&answer.headers);
        let body = answer.body.clone();
        report.error = Some(failure::unexpected_success(
            body,
            &report,
            call.secret_key(),
        ));
    }
    let unkept = call.keep(report);
    match (answer, unkept) {
        // A refusal that progenitor couldn't decode either: it would lose the status.
        (Some(answer), Some(error)) if !answer.status.is_success() && !is_typed(&answer) => {
            Err(Some(error))
        }
        (Some(answer), error) => Ok(of_answer(*answer, error)),
        (None, error) => Err(error),
    }
}

/// A generated client for one call of the handwritten layer.
pub(crate) fn for_one_call(shared: &Arc<Shared>, options: CallOptions) -> Client {
    let call = Call::reporting(shared.clone(), options);
    // Requests get their URLs from the call.
    Client::new_with_client("", shared.http.clone(), call)
}

/// A generated client for whoever wants to call it.
pub(crate) fn for_any_calls(shared: &Arc<Shared>) -> Client {
    let call = Call::silent(shared.clone());
    Client::new_with_client(shared.base_url.url.as_str(), shared.http.clone(), call)
}

/// What a call of the handwritten layer gives its caller.
pub(crate) fn finish<T>(
    client: &Client,
    operation: &'static Operation,
    result: Result<ResponseValue<T>, GeneratedError<ClerkErrors>>,
) -> Result<Response<T>, Error> {
    let report = client.inner.take_report();
    let operation = Some(operation);
    match (result, report) {
        (
            Err(_),
            Report {
                error: Some(mut error),
                headers,
                earlier,
                ..
            },
        ) => {
            let inner = error.inner_mut();
            (inner.headers, inner.earlier) = (headers, earlier);
            Err(error)
        }
        (Ok(value), report) => {
            let status = value.status();
            Ok(Response::new(value.into_inner(), status, report))
        }
        (Err(GeneratedError::UnexpectedResponse(_)), mut report) => {
            // Without an error it was an answer of success, whose body the report has.
            let body = report.body.take().unwrap_or_default();
            let key = client.inner.secret_key();
            Err(failure::unexpected_success(body, &report, key).of(operation))
        }
        (Err(other), report) => {
            // What `from_response` couldn't decode: it knows the answer, the report knows the call.
            let mut error = Error::from(other).of(operation);
            let inner = error.inner_mut();
            inner.attempts = report.attempts;
            inner.elapsed = report.elapsed;
            inner.earlier = report.earlier;
            inner.status = inner.status.or(report.status);
            let key = client.inner.secret_key();
            inner.trace_id =
                failure::trace_id(&report.headers).and_then(|value| failure::text(value, key));
            Err(error)
        }
    }
}

impl From<GeneratedError<ClerkErrors>> for Error {
    /// For callers of the [generated client](crate::api). For an answer of success that doesn't decode, and for a refusal
    /// that the contract names, the number of attempts and the elapsed time are lost on the way, and read 0.
    fn from(error: GeneratedError<ClerkErrors>) -> Self {
        match error {
            GeneratedError::CommunicationError(error)
            | GeneratedError::ResponseBodyError(error)
            | GeneratedError::InvalidUpgrade(error) => carried(&error).unwrap_or_else(|| {
                // `exec` carries ours, so this one came up before it: the request couldn't be built.
                Self::invalid_input("request", "can't be built").because(&error.without_url(), "")
            }),
            GeneratedError::ErrorResponse(value) => {
                let body = serde_json::to_vec(&*value).unwrap_or_default();
                answered(value.status(), value.headers(), ErrorBody::parse(&body, ""))
            }
            GeneratedError::UnexpectedResponse(response) => {
                let ours = response.extensions().get::<Self>().cloned();
                ours.unwrap_or_else(|| {
                    answered(response.status(), response.headers(), ErrorBody::default())
                })
            }
            GeneratedError::InvalidResponsePayload(..)
            | GeneratedError::InvalidRequest(_)
            | GeneratedError::Custom(_) => Self::invalid_input("request", "can't be built"),
        }
    }
}

fn answered(status: StatusCode, headers: &HeaderMap, body: ErrorBody) -> Error {
    let mut error = failure::of_status(status);
    let inner = error.inner_mut();
    let from_headers = failure::trace_id(headers).and_then(|value| failure::text(value, ""));
    inner.trace_id = body.trace_id.clone().or(from_headers);
    inner.retry_after = asked_to_wait(headers);
    inner.body = body;
    error
}

/// Whether a refusal's body is what the contract says that it is.
fn is_typed(answer: &Answer) -> bool {
    serde_json::from_slice::<ClerkErrors>(&answer.body).is_ok()
}

/// The answer for progenitor; where nobody kept the error, it comes along for [`Error::from`].
fn of_answer(answer: Answer, error: Option<Error>) -> reqwest::Response {
    let mut response = http::Response::new(answer.body);
    *response.status_mut() = answer.status;
    if let Some(error) = error {
        response.extensions_mut().insert(error);
    }
    *response.headers_mut() = answer.headers;
    response.into()
}

/// Makes a request's URL of the client's and an operation's path. The generator puts it there.
pub(crate) fn url(client: &Client, path: fmt::Arguments<'_>) -> reqwest::Url {
    client.inner.url(path)
}

/// Decodes an answer, in place of progenitor's own function, whose error prints the body: a ticket, if it comes to that.
/// The generator puts it there.
pub(crate) fn from_response<'a, T, E>(
    client: &'a Client,
    mut response: reqwest::Response,
) -> impl Future<Output = Result<ResponseValue<T>, GeneratedError<E>>> + Send + 'a
where
    T: DeserializeOwned + Send + 'a,
    E: 'a,
{
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let key = client.inner.secret_key();
    // `exec` has read the body: no network here. All else is rare, and boxed, since the future has room for it.
    let decoded = match client.inner.take_body() {
        Some(body) => decode(status, headers, body, key)
            .map_err(|error| -> Rest<'a, T, E> { Box::pin(undecodable(error)) }),
        None => Err(Box::pin(async move {
            let body = response.bytes().await?;
            match decode(status, headers, body, key) {
                Ok(value) => Ok(value),
                Err(error) => undecodable(error).await,
            }
        }) as Rest<'a, T, E>),
    };
    async move {
        match decoded {
            Ok(value) => Ok(value),
            Err(rest) => rest.await,
        }
    }
}

/// What is left to do of a decoding.
type Rest<'a, T, E> =
    Pin<Box<dyn Future<Output = Result<ResponseValue<T>, GeneratedError<E>>> + Send + 'a>>;

fn decode<T: DeserializeOwned>(
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    key: &str,
) -> Result<ResponseValue<T>, Error> {
    let cause = match serde_json::from_slice(&body) {
        Ok(value) => return Ok(ResponseValue::new(value, status, headers)),
        Err(cause) => cause,
    };
    let report = Report {
        status: Some(status),
        headers,
        ..Report::default()
    };
    Err(failure::undecodable(body, &cause, &report, key))
}

async fn undecodable<T, E>(error: Error) -> Result<ResponseValue<T>, GeneratedError<E>> {
    match carry(Some(error)).await {
        Ok(response) => Err(GeneratedError::UnexpectedResponse(response)),
        Err(error) => Err(GeneratedError::CommunicationError(error)),
    }
}

/// `exec` can only fail with reqwest's error, which nobody else can make; but a body that fails with ours makes one.
async fn carry(error: Option<Error>) -> reqwest::Result<reqwest::Response> {
    let error = error.unwrap_or_else(|| {
        Error::new(
            ErrorKind::ConnectionLost,
            Outcome::Unknown,
            "the call's report has the error",
        )
    });
    let body = reqwest::Body::wrap_stream(FailingBody(Some(error)));
    let response = reqwest::Response::from(http::Response::new(body));
    // The body has no whole, so this is an error; the mapping is for the type only.
    let whole = Box::pin(response.bytes()).await;
    whole.map(|body| http::Response::new(body).into())
}

fn carried(error: &reqwest::Error) -> Option<Error> {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<Error>() {
            return Some(error.clone());
        }
        source = inner.source();
    }
    None
}

/// A body that is nothing but an error.
struct FailingBody(Option<Error>);

impl futures_core::Stream for FailingBody {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Err))
    }
}
