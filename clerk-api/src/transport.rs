//! One attempt: a request out, an answer in, within its limits.

use std::error::Error as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};

use crate::retry::classify::Failure;

/// An answer, its body read as far as it may be.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Where the body was read to its end: what it came in, without headers and body. Making another one is dear.
    pub(crate) emptied: Option<reqwest::Response>,
}

/// What is left of an attempt that failed.
#[derive(Debug, Default)]
pub(crate) struct Remains {
    /// The answer, where there was one; its body may be cut.
    pub(crate) answer: Option<Box<Answer>>,
    pub(crate) source: Option<reqwest::Error>,
}

/// What one attempt may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) time: Duration,
    pub(crate) body: usize,
    /// Whether the HTTP client may follow redirects, so that the answer may be another server's.
    pub(crate) watch_redirects: bool,
}

/// Why the exchange ended early.
enum Ended {
    Transport(reqwest::Error),
    BodyTooLarge,
    Redirected,
}

/// Sends a request once. `Ok` is an answer of success (2xx) with its whole body.
pub(crate) fn attempt(
    client: &reqwest::Client,
    request: reqwest::Request,
    limits: Limits,
) -> impl Future<Output = Result<Box<Answer>, (Failure, Box<Remains>)>> + Send {
    let url = limits
        .watch_redirects
        .then(|| Box::new(request.url().clone()));
    // Handed over before the future is made, which would have room for it as long as it lives.
    received(client.execute(request), url, limits.time, limits.body)
}

async fn received(
    response: impl Future<Output = reqwest::Result<reqwest::Response>> + Send,
    url: Option<Box<reqwest::Url>>,
    time_limit: Duration,
    body_limit: usize,
) -> Result<Box<Answer>, (Failure, Box<Remains>)> {
    // It outlives the exchange, so that what came before the time was up isn't lost.
    let mut received = Received::default();
    let exchange = exchange(response, url, body_limit, &mut received);
    let (failure, source) = match tokio::time::timeout(time_limit, exchange).await {
        Ok(Ok(())) => (None, None),
        Ok(Err(Ended::BodyTooLarge)) => (Some(Failure::BodyTooLarge), None),
        Ok(Err(Ended::Redirected)) => {
            return Err((Failure::Redirected, Box::default()));
        }
        Ok(Err(Ended::Transport(error))) => {
            let failure = of_transport(&error, received.answer.is_some());
            (Some(failure), Some(error.without_url()))
        }
        Err(_) => (Some(Failure::TimedOut), None),
    };
    let failure = failure.map(|failure| {
        if received.too_large {
            Failure::BodyTooLarge
        } else {
            failure
        }
    });
    let answer = received.into_answer();
    // A status tells more than what happened to the body after it.
    let refusal = answer
        .as_ref()
        .filter(|answer| !answer.status.is_success())
        .map(|answer| Failure::Status(answer.status.as_u16()));
    match (refusal.or(failure), answer) {
        (None, Some(answer)) => Ok(answer),
        (failure, answer) => {
            let failure = failure.unwrap_or(Failure::ConnectionLost);
            Err((failure, Box::new(Remains { answer, source })))
        }
    }
}

/// `url` is the request's, where the answer's has to be the same.
async fn exchange(
    response: impl Future<Output = reqwest::Result<reqwest::Response>>,
    url: Option<Box<reqwest::Url>>,
    limit: usize,
    received: &mut Received,
) -> Result<(), Ended> {
    let mut response = response.await.map_err(Ended::Transport)?;
    if url.is_some_and(|url| *url != *response.url()) {
        return Err(Ended::Redirected);
    }
    let success = response.status().is_success();
    let announced = response.content_length().unwrap_or_default();
    received.begin(response.status(), std::mem::take(response.headers_mut()));
    received.too_large = success && announced > limit as u64;
    while let Some(chunk) = response.chunk().await.map_err(Ended::Transport)? {
        let room = limit - received.length();
        if chunk.len() > room {
            // Of an error's text the beginning will do; that of a token may be all that matters.
            received.push(chunk.slice(..room));
            return if success {
                Err(Ended::BodyTooLarge)
            } else {
                Ok(())
            };
        }
        received.push(chunk);
    }
    received.end(response);
    Ok(())
}

fn of_transport(error: &reqwest::Error, answered: bool) -> Failure {
    // What has begun to answer has processed the request, whatever it says afterwards.
    let unsent = error.is_connect() || error.is_builder() || is_unprocessed(error);
    if unsent && !answered {
        Failure::NotSent
    } else if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::ConnectionLost
    }
}

/// Whether HTTP/2 says that the server has not processed the request (RFC 9113, 8.7): its stream was refused, or lies
/// beyond the last one that a GOAWAY names.
fn is_unprocessed(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<h2::Error>() {
            let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (refused || error.is_go_away());
        }
        source = inner.source();
    }
    false
}

/// What has arrived so far.
#[derive(Default)]
struct Received {
    /// Boxed, as it is moved from here through all layers.
    answer: Option<Box<Answer>>,
    /// The whole body, where it came in more chunks than one.
    chunks: BytesMut,
    /// An answer of success that says itself that it is larger than the limit.
    too_large: bool,
}

impl Received {
    fn begin(&mut self, status: StatusCode, headers: HeaderMap) {
        self.answer = Some(Box::new(Answer {
            status,
            headers,
            body: Bytes::new(),
            emptied: None,
        }));
    }

    fn length(&self) -> usize {
        let first = self.answer.as_ref().map_or(0, |answer| answer.body.len());
        first.max(self.chunks.len())
    }

    /// Keeps one chunk as it is, which most answers are; copies only where there are more.
    fn push(&mut self, chunk: Bytes) {
        let Some(answer) = &mut self.answer else {
            return;
        };
        if answer.body.is_empty() {
            answer.body = chunk;
            return;
        }
        if self.chunks.is_empty() {
            self.chunks.extend_from_slice(&answer.body);
        }
        self.chunks.extend_from_slice(&chunk);
    }

    fn end(&mut self, emptied: reqwest::Response) {
        if let Some(answer) = &mut self.answer {
            answer.emptied = Some(emptied);
        }
    }

    fn into_answer(self) -> Option<Box<Answer>> {
        let mut answer = self.answer?;
        if !self.chunks.is_empty() {
            answer.body = self.chunks.freeze();
        }
        Some(answer)
    }
}
