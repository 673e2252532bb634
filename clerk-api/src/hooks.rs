//! Where the generated client meets the handwritten layer: the only file that knows progenitor's hooks.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
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
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let operation = Operation::by_name(info.operation_id);
        // Boxed, so that the futures around it, which are moved, stay small.
        let execute = Box::pin(self.inner.execute(&self.client, request, operation));
        let (mut answer, mut report) = execute.await;
        if let Some(answer) = &mut answer
            && self.inner.is_reporting()
        {
            report.headers = std::mem::take(&mut answer.headers);
            if let Some(emptied) = answer.emptied.take() {
                report.body = Some(std::mem::take(&mut answer.body));
                self.inner.keep(report);
                return Ok(emptied);
            }
        }
        let unkept = self.inner.keep(report);
        match (answer, unkept) {
            // A refusal that progenitor couldn't decode either: it would lose the status.
            (Some(answer), Some(error)) if !is_typed(&answer) => carry(Some(error)).await,
            (Some(answer), error) => Ok(of_answer(answer, error)),
            (None, error) => carry(error).await,
        }
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
    Client::new_with_client(shared.base_url.as_str(), shared.http.clone(), call)
}

/// What a call of the handwritten layer gives its caller.
pub(crate) async fn finish<T>(
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
                error: Some(error), ..
            },
        ) => Err(error),
        (Ok(value), report) => {
            let status = value.status();
            let Report {
                attempts,
                elapsed,
                headers,
                ..
            } = report;
            Ok(Response::new(
                value.into_inner(),
                status,
                headers,
                attempts,
                elapsed,
            ))
        }
        (Err(GeneratedError::UnexpectedResponse(response)), report) => {
            // `exec` has read the body: no network here.
            let body = match &report.body {
                Some(body) => body.clone(),
                None => response.bytes().await.unwrap_or_default(),
            };
            let key = client.inner.secret_key();
            Err(failure::unexpected_success(body, &report, key).of(operation))
        }
        (Err(other), report) => {
            // What `from_response` couldn't decode: it knows the answer, the report knows the call.
            let mut error = Error::from(other).of(operation);
            let inner = error.inner_mut();
            inner.attempts = report.attempts;
            inner.elapsed = report.elapsed;
            inner.status = inner.status.or(report.status);
            let trace_id = report.trace_id.as_ref();
            let key = client.inner.secret_key();
            inner.trace_id = trace_id.and_then(|value| failure::text(value, key));
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

fn answered(status: http::StatusCode, headers: &http::HeaderMap, body: ErrorBody) -> Error {
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
pub(crate) async fn from_response<T: DeserializeOwned, E>(
    client: &Client,
    response: reqwest::Response,
) -> Result<ResponseValue<T>, GeneratedError<E>> {
    let status = response.status();
    let headers = response.headers().clone();
    // `exec` has read the body: no network here.
    let body = match client.inner.take_body() {
        Some(body) => body,
        None => response.bytes().await?,
    };
    let cause = match serde_json::from_slice(&body) {
        Ok(value) => return Ok(ResponseValue::new(value, status, headers)),
        Err(cause) => cause,
    };
    let report = Report {
        status: Some(status),
        trace_id: failure::trace_id(&headers).cloned(),
        ..Report::default()
    };
    let error = failure::undecodable(body, &cause, &report, client.inner.secret_key());
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
    response
        .bytes()
        .await
        .map(|body| http::Response::new(body).into())
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
