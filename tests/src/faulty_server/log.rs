//! What a server has seen, shared between its connections and the test.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::timeout;

/// How long a test waits for something that should happen at once, before it fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// All that happened at a server. The watch channel holds it and wakes those who wait for a change.
pub(super) struct Log<Request> {
    events: watch::Sender<Events<Request>>,
}

pub(super) struct Events<Request> {
    pub(super) requests: Vec<Request>,
    /// When the first byte of each came.
    pub(super) arrivals: Vec<Instant>,
    /// Counted apart from `requests`, which a test may have the server forget.
    pub(super) request_count: usize,
    pub(super) connections: usize,
    pub(super) open_connections: usize,
    pub(super) failed_handshakes: Vec<String>,
}

impl<Request: Clone> Log<Request> {
    pub(super) fn new() -> Arc<Self> {
        let events = Events {
            requests: Vec::new(),
            arrivals: Vec::new(),
            request_count: 0,
            connections: 0,
            open_connections: 0,
            failed_handshakes: Vec::new(),
        };
        Arc::new(Self {
            events: watch::Sender::new(events),
        })
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&Events<Request>) -> T) -> T {
        read(&self.events.borrow())
    }

    pub(super) fn request(&self, request: Request, arrived_at: Instant) {
        self.events.send_modify(|events| {
            events.request_count += 1;
            events.requests.push(request);
            events.arrivals.push(arrived_at);
        });
    }

    pub(super) fn forget_requests(&self) {
        self.events.send_modify(|events| {
            events.requests = Vec::new();
            events.arrivals = Vec::new();
        });
    }

    pub(super) fn failed_handshake(&self, why: impl ToString) {
        self.events
            .send_modify(|events| events.failed_handshakes.push(why.to_string()));
    }

    /// Counts a connection, which stays open until the guard is dropped; the first one's number is 1.
    pub(super) fn connection(self: &Arc<Self>) -> (usize, OpenConnection<Request>) {
        let mut number = 0;
        self.events.send_modify(|events| {
            events.connections += 1;
            events.open_connections += 1;
            number = events.connections;
        });
        (number, OpenConnection(Arc::clone(self)))
    }

    /// Waits until `reached` holds.
    ///
    /// # Panics
    ///
    /// When that takes longer than [`PATIENCE`]; the message says what was awaited and how far it got.
    pub(super) async fn wait_until(
        &self,
        what: &str,
        mut reached: impl FnMut(&Events<Request>) -> bool,
    ) {
        let mut events = self.events.subscribe();
        if timeout(PATIENCE, events.wait_for(|events| reached(events)))
            .await
            .is_err()
        {
            let (requests, open) =
                self.read(|events| (events.request_count, events.open_connections));
            panic!(
                "waited {PATIENCE:?} for {what}; there are {requests} requests and {open} open connections"
            );
        }
    }
}

/// Counts a connection as open for as long as it lives, however its task ends.
pub(super) struct OpenConnection<Request>(Arc<Log<Request>>);

impl<Request> Drop for OpenConnection<Request> {
    fn drop(&mut self) {
        self.0
            .events
            .send_modify(|events| events.open_connections -= 1);
    }
}
