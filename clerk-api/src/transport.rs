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
    pub(crate) answer: Option<Answer>,
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
pub(crate) async fn attempt(
    client: &reqwest::Client,
    request: reqwest::Request,
    limits: Limits,
) -> Result<Answer, (Failure, Remains)> {
    // It outlives the exchange, so that what came before the time was up isn't lost.
    let mut received = Received::default();
    let exchange = exchange(client, request, limits, &mut received);
    let (failure, source) = match tokio::time::timeout(limits.time, exchange).await {
        Ok(Ok(())) => (None, None),
        Ok(Err(Ended::BodyTooLarge)) => (Some(Failure::BodyTooLarge), None),
        Ok(Err(Ended::Redirected)) => {
            let source = None;
            return Err((
                Failure::Redirected,
                Remains {
                    answer: None,
                    source,
                },
            ));
        }
        Ok(Err(Ended::Transport(error))) => {
            let failure = of_transport(&error, received.head.is_some());
            (Some(failure), Some(error.without_url()))
        }
        Err(_) => (Some(Failure::TimedOut), None),
    };
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
            Err((failure, Remains { answer, source }))
        }
    }
}

async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    limits: Limits,
    received: &mut Received,
) -> Result<(), Ended> {
    let limit = limits.body;
    let url = limits.watch_redirects.then(|| request.url().clone());
    let mut response = client.execute(request).await.map_err(Ended::Transport)?;
    if url.is_some_and(|url| url != *response.url()) {
        return Err(Ended::Redirected);
    }
    let success = response.status().is_success();
    let announced = response.content_length().unwrap_or_default();
    received.head = Some((response.status(), std::mem::take(response.headers_mut())));
    if success && announced > limit as u64 {
        return Err(Ended::BodyTooLarge);
    }
    while let Some(chunk) = response.chunk().await.map_err(Ended::Transport)? {
        let room = limit - received.length();
        if chunk.len() > room {
            if success {
                return Err(Ended::BodyTooLarge);
            }
            // Of an error's text the beginning will do.
            received.push(chunk.slice(..room));
            return Ok(());
        }
        received.push(chunk);
    }
    received.emptied = Some(response);
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
    head: Option<(StatusCode, HeaderMap)>,
    first: Bytes,
    more: BytesMut,
    emptied: Option<reqwest::Response>,
}

impl Received {
    fn length(&self) -> usize {
        self.first.len().max(self.more.len())
    }

    /// Keeps one chunk as it is, which most answers are; copies only where there are more.
    fn push(&mut self, chunk: Bytes) {
        if self.first.is_empty() && self.more.is_empty() {
            self.first = chunk;
            return;
        }
        if self.more.is_empty() {
            self.more
                .extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.more.extend_from_slice(&chunk);
    }

    fn into_answer(self) -> Option<Answer> {
        let (status, headers) = self.head?;
        let body = if self.more.is_empty() {
            self.first
        } else {
            self.more.freeze()
        };
        Some(Answer {
            status,
            headers,
            body,
            emptied: self.emptied,
        })
    }
}
