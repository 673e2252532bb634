//! Whether a request has reached a connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::Body;

/// A request's body that can be claimed once: by the connection that sends it, or by the caller that gives up. A
/// connection that claims it too late gets an error instead, so the server never receives a complete request.
pub(super) struct WatchedBody {
    body: Body,
    claimed: Arc<AtomicBool>,
    is_sent: bool,
}

impl WatchedBody {
    /// The body, and what [`give_up`] takes.
    pub(super) fn wrap(body: Body) -> (Body, Arc<AtomicBool>) {
        let claimed = Arc::new(AtomicBool::new(false));
        let watched = Self {
            body,
            claimed: claimed.clone(),
            is_sent: false,
        };
        (Body::wrap(watched), claimed)
    }
}

/// Gives a request up. Returns whether it has not been sent, and never will be.
pub(super) fn give_up(claimed: &AtomicBool) -> bool {
    !claimed.swap(true, Ordering::AcqRel)
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.is_sent && self.claimed.swap(true, Ordering::AcqRel) {
            return Poll::Ready(Some(Err(io::Error::other("the request was given up"))));
        }
        self.is_sent = true;
        let frame = Pin::new(&mut self.body).poll_frame(context);
        frame.map_err(io::Error::other)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
