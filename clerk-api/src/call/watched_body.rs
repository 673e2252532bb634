//! Whether a request has reached a connection.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::Body;

/// A request's body that notes when a connection takes it: the HTTP client reads a body, or drops it if there is nothing
/// to read, when it writes the request. Before that it only looks for a connection.
pub(super) struct WatchedBody {
    body: Body,
    taken: Arc<AtomicBool>,
}

impl WatchedBody {
    /// The body with a flag that turns true when it is taken.
    pub(super) fn wrap(body: Option<Body>) -> (Body, Arc<AtomicBool>) {
        let taken = Arc::new(AtomicBool::new(false));
        let watched = Self {
            body: body.unwrap_or_default(),
            taken: taken.clone(),
        };
        (Body::wrap(watched), taken)
    }

    fn note(&self) {
        self.taken.store(true, Ordering::Release);
    }
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        self.note();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.note();
    }
}
