//! What a server has seen, shared between its connections and the test.

use tokio::sync::watch;

/// The channel holds what happened, and wakes those who wait for a change.
pub(super) type Log<Request> = watch::Sender<Events<Request>>;

pub(super) struct Events<Request> {
    pub(super) requests: Vec<Request>,
    /// Counted apart from `requests`, which a test may have the server forget.
    pub(super) request_count: usize,
    pub(super) connections: usize,
    pub(super) open_connections: usize,
    pub(super) failed_handshakes: Vec<String>,
}

impl<Request> Events<Request> {
    pub(super) fn new() -> Self {
        Self {
            requests: Vec::new(),
            request_count: 0,
            connections: 0,
            open_connections: 0,
            failed_handshakes: Vec::new(),
        }
    }

    pub(super) fn record(&mut self, request: Request) {
        self.request_count += 1;
        self.requests.push(request);
    }
}
