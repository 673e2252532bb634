//! What a test holds of a running server, whichever protocol it speaks.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection::Connection;
use super::http1::{self, Script};
use super::http2::{self, Http2Request, Http2Script};
use super::log::{Events, Log};
use super::request::RecordedRequest;
use super::script::Scripted;
use super::tls::SelfSigned;

/// How long a test waits for something that should happen at once, before it fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// A faulty HTTP/1.1 server.
pub type FaultyServer = Server<RecordedRequest>;

/// A faulty HTTP/2 server.
pub type FaultyHttp2Server = Server<Http2Request>;

type Serve<Request, Reply, Served> =
    fn(Connection, Arc<Scripted<Request, Reply>>, Arc<Log<Request>>) -> Served;

/// A running faulty server; see [`FaultyServer`] and [`FaultyHttp2Server`].
pub struct Server<Request> {
    address: SocketAddr,
    certificate: Option<Vec<u8>>,
    log: Arc<Log<Request>>,
    /// Dropping it ends the task that accepts connections, which owns theirs.
    _accepting: JoinSet<()>,
}

impl FaultyServer {
    /// Starts a server on a free port of 127.0.0.1.
    pub async fn start(script: impl Into<Script>) -> Self {
        Self::launch(None, script.into(), http1::serve).await
    }

    /// Starts a server that speaks TLS, with a self-signed certificate.
    pub async fn start_tls(script: impl Into<Script>) -> Self {
        let tls = SelfSigned::new("http/1.1");
        Self::launch(Some(tls), script.into(), http1::serve).await
    }
}

impl FaultyHttp2Server {
    /// Starts a server on a free port of 127.0.0.1, for clients that speak HTTP/2 without asking first.
    pub async fn start(script: impl Into<Http2Script>) -> Self {
        Self::launch(None, script.into(), http2::serve).await
    }

    /// Starts a server that speaks TLS, with a self-signed certificate, and agrees on HTTP/2 only.
    pub async fn start_tls(script: impl Into<Http2Script>) -> Self {
        let tls = SelfSigned::new("h2");
        Self::launch(Some(tls), script.into(), http2::serve).await
    }
}

impl<Request: Clone + Send + Sync + 'static> Server<Request> {
    async fn launch<Reply, Served>(
        tls: Option<SelfSigned>,
        script: Scripted<Request, Reply>,
        serve: Serve<Request, Reply, Served>,
    ) -> Self
    where
        Reply: Send + Sync + 'static,
        Served: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("the listener is bound");
        let (acceptor, certificate) = tls.map(|tls| (tls.acceptor, tls.certificate)).unzip();
        let shared = (Arc::new(script), Arc::new(Log::new(Events::new())));
        let log = Arc::clone(&shared.1);
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let Ok((tcp, _)) = listener.accept().await else {
                    continue;
                };
                // Ended tasks are taken out, so that a server can take any number of connections.
                while connections.try_join_next().is_some() {}
                let ((script, log), acceptor) = (shared.clone(), acceptor.clone());
                log.send_modify(|events| {
                    events.connections += 1;
                    events.open_connections += 1;
                });
                connections.spawn(async move {
                    match Connection::accept(tcp, acceptor).await {
                        // An error means that the client left, which the log shows well enough.
                        Ok(connection) => drop(serve(connection, script, Arc::clone(&log)).await),
                        Err(error) => log.send_modify(|events| {
                            events.failed_handshakes.push(error.to_string());
                        }),
                    }
                    log.send_modify(|events| events.open_connections -= 1);
                });
            }
        });
        Self {
            address,
            certificate,
            log,
            _accepting: accepting,
        }
    }

    /// `http://127.0.0.1:PORT`, or `https://…`, without a slash at the end.
    pub fn url(&self) -> String {
        let s = if self.certificate.is_some() { "s" } else { "" };
        format!("http{s}://{}", self.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate in DER, for a client that is to trust it; `None` without TLS.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// All requests, in the order in which they were read whole.
    pub fn requests(&self) -> Vec<Request> {
        self.log.borrow().requests.clone()
    }

    /// How many requests came, including those that were [forgotten](Self::forget_requests).
    pub fn request_count(&self) -> usize {
        self.log.borrow().request_count
    }

    /// Drops the records of requests but not their count, for a test that looks at the process's memory.
    pub fn forget_requests(&self) {
        self.log.send_modify(|events| events.requests = Vec::new());
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.log.borrow().connections
    }

    /// Why TLS handshakes failed.
    pub fn failed_handshakes(&self) -> Vec<String> {
        self.log.borrow().failed_handshakes.clone()
    }

    /// Waits until `count` requests have come in all; panics if they don't come within 30 s.
    pub async fn wait_for_requests(&self, count: usize) {
        self.wait_until(|events| events.request_count >= count)
            .await;
    }

    /// Waits until at least one connection has come and none is open any more; panics if that takes more than 30 s.
    pub async fn wait_until_disconnected(&self) {
        self.wait_until(|events| events.connections > 0 && events.open_connections == 0)
            .await;
    }

    async fn wait_until(&self, reached: impl FnMut(&Events<Request>) -> bool) {
        let mut log = self.log.subscribe();
        if timeout(PATIENCE, log.wait_for(reached)).await.is_err() {
            let events = self.log.borrow();
            let (requests, open) = (events.request_count, events.open_connections);
            panic!("timed out after {PATIENCE:?}; {requests} requests, {open} open connections");
        }
    }
}
