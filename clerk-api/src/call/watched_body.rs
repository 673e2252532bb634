//! Whether a request has reached a connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::Body;

const WAITING: u8 = 0;
const SENT: u8 = 1;
const GIVEN_UP: u8 = 2;

/// Gives a request up. Returns whether it was not sent, and never will be.
pub(super) fn give_up(claim: &AtomicU8) -> bool {
    try_set(claim, GIVEN_UP)
}

/// Returns whether the request is in this state, now or since before.
fn try_set(claim: &AtomicU8, state: u8) -> bool {
    let before = claim.compare_exchange(WAITING, state, Ordering::AcqRel, Ordering::Acquire);
    before.is_ok() || before == Err(state)
}

/// A request's body that can be claimed once: by the connection that sends it, or by the caller that gives up. A
/// connection that claims it too late gets an error instead, so the server never receives a complete request.
pub(super) struct WatchedBody {
    body: Body,
    claim: Arc<AtomicU8>,
}

impl WatchedBody {
    /// The body, and what [`give_up`] takes.
    pub(super) fn wrap(body: Body) -> (Body, Arc<AtomicU8>) {
        let claim = Arc::new(AtomicU8::new(WAITING));
        let watched = Self {
            body,
            claim: claim.clone(),
        };
        (Body::wrap(watched), claim)
    }
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !try_set(&self.claim, SENT) {
            return Poll::Ready(Some(Err(io::Error::other("the request was given up"))));
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        frame.map_err(io::Error::other)
    }

    /// A connection asks this before it sends the head, which is a complete request if the body is empty.
    fn is_end_stream(&self) -> bool {
        if self.body.is_end_stream() {
            try_set(&self.claim, SENT);
        }
        // The end has to be polled for: the claim may have failed.
        false
    }

    fn size_hint(&self) -> SizeHint {
        if self.claim.load(Ordering::Acquire) == GIVEN_UP {
            // An empty body would complete the request.
            return SizeHint::with_exact(1);
        }
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use http_body::Body as _;

    use super::*;

    #[test]
    fn a_request_is_either_sent_or_given_up() {
        let mut context = Context::from_waker(Waker::noop());
        for text in ["", "{}"] {
            let (mut body, claim) = WatchedBody::wrap(Body::from(text));
            assert!(give_up(&claim));
            // What the connection would send is never complete.
            assert!(!body.is_end_stream());
            assert_ne!(body.size_hint().exact(), Some(0));
            let frame = Pin::new(&mut body).poll_frame(&mut context);
            assert!(matches!(frame, Poll::Ready(Some(Err(_)))));

            let (mut body, claim) = WatchedBody::wrap(Body::from(text));
            assert_eq!(body.size_hint().exact(), Some(text.len() as u64));
            assert!(!body.is_end_stream());
            if !text.is_empty() {
                let frame = Pin::new(&mut body).poll_frame(&mut context);
                assert!(matches!(frame, Poll::Ready(Some(Ok(_)))));
            }
            assert!(!give_up(&claim), "{text:?} was sent");
        }
    }
}
