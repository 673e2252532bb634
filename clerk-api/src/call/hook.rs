//! The generated client's hook: it prepares each request, sends it once, and reads the response within its limits.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::{Request, Response, ResponseBuilderExt as _};

use super::observe;
use super::watched_body::WatchedBody;
use crate::exchange::Exchange;
use crate::generated::client::Client;
use crate::generated::operations::OPERATIONS;
use crate::identifier;

/// The generated client's own header, which Clerk doesn't know: it has `Clerk-API-Version`.
const API_VERSION: HeaderName = HeaderName::from_static("api-version");

/// Why a request is not sent. Only a caller who clones the client gets to see it.
const NOT_TO_BE_SENT: &str = "only the client that the closure gets can send, not a clone of it";

impl ClientHooks<Exchange> for Client {
    /// Checks where the request would go, and sets its headers.
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        let exchange = &self.inner;
        let mut operations = OPERATIONS.iter();
        if let Some(operation) = operations.find(|operation| operation.name == info.operation_id) {
            let first = exchange.set_operation(operation);
            if first {
                observe::operation(operation);
            }
            if exchange.state().identify_only {
                return Err(Error::Custom(NOT_TO_BE_SENT.to_owned()));
            }
            let path = exchange.shared.base_url.below(request.url());
            if let Some(parameter) = identifier::invalid_parameter(operation.path, path) {
                return Err(Error::InvalidRequest(parameter.to_owned()));
            }
        }
        let takes_body = matches!(request.method().as_str(), "POST" | "PUT" | "PATCH");
        let bodiless = takes_body && request.body().is_none();
        let headers = request.headers_mut();
        headers.remove(API_VERSION);
        set(headers, &exchange.shared.headers);
        if let Some(options) = exchange.options() {
            set(headers, &options.headers);
        }
        if bodiless {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(())
    }

    /// Sends the request. What has arrived of the response outlives this future, which may be dropped at any point.
    fn exec(
        &self,
        mut request: Request,
        _: &OperationInfo,
    ) -> impl Future<Output = reqwest::Result<Response>> {
        let exchange = &self.inner;
        watch(exchange, &mut request);
        let user_supplied = exchange.shared.user_supplied_client;
        let url = user_supplied.then(|| Box::new(request.url().clone()));
        let sent = self.client.execute(request);
        async move {
            let mut response = sent.await?;
            {
                let received = &mut exchange.state().received;
                received.status = Some(response.status());
                received.headers = std::mem::take(response.headers_mut());
                received.redirected = url.is_some_and(|url| *url != *response.url());
            }
            read_body(exchange, &mut response).await?;
            if response.status().is_success() {
                let body = exchange.state().received.body();
                response = with_body(response, body);
            }
            Ok(response)
        }
    }
}

/// The response with this body in place of the one that has been read.
fn with_body(mut response: Response, body: Bytes) -> Response {
    let mut builder = http::Response::builder();
    if let Some(extensions) = builder.extensions_mut() {
        *extensions = std::mem::take(response.extensions_mut());
    }
    // Without a URL, reqwest parses one that it makes up.
    let mut builder = builder.url(response.url().clone());
    let mut rebuilt = http::Response::new(body);
    *rebuilt.status_mut() = response.status();
    *rebuilt.extensions_mut() = builder
        .extensions_mut()
        .map(std::mem::take)
        .unwrap_or_default();
    rebuilt.into()
}

/// Reads the body up to the limit.
async fn read_body(exchange: &Exchange, response: &mut Response) -> reqwest::Result<()> {
    let limit = exchange.shared.max_response_bytes;
    let announced = response.content_length().unwrap_or_default();
    let is_success = response.status().is_success();
    exchange.state().received.too_large = is_success && announced > limit as u64;
    while let Some(chunk) = response.chunk().await? {
        let received = &mut exchange.state().received;
        let room = limit - received.length();
        if chunk.len() > room {
            // The beginning is enough of an error's text; that of a token may be all that matters.
            received.push(chunk.slice(..room));
            received.too_large = is_success;
            break;
        }
        received.push(chunk);
    }
    Ok(())
}

/// Watches whether the request is sent, if the attempt may end before connecting does.
fn watch(exchange: &Exchange, request: &mut Request) {
    let mut state = exchange.state();
    let connect_timeout = exchange.shared.connect_timeout;
    state.claim = None;
    if connect_timeout.is_none_or(|connecting| state.attempt_limit <= connecting) {
        let body = request.body_mut().take().unwrap_or_default();
        let (body, claim) = WatchedBody::wrap(body);
        *request.body_mut() = Some(body);
        // The body's own length counts, which changes if the request is given up.
        request.headers_mut().remove(CONTENT_LENGTH);
        state.claim = Some(claim);
    }
}

fn set(headers: &mut HeaderMap, to: &HeaderMap) {
    for (name, value) in to {
        headers.insert(name, value.clone());
    }
}
