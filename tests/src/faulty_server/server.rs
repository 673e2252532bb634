//! What a test holds of a running server, whichever protocol it speaks.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use super::http1;
use super::http2;
use super::listener::Listener;
use super::log::Log;
use super::script::Scripted;
use super::tls::SelfSigned;
use super::{FaultyHttp2Server, FaultyServer, Http2Script, Script};

/// How a protocol serves one connection.
type Serve<Request, Answer, Served> =
    fn(Connection, Arc<Scripted<Request, Answer>>, Arc<Log<Request>>) -> Served;

/// A running faulty server; see [`FaultyServer`] and [`FaultyHttp2Server`].
pub struct Server<Request> {
    listener: Listener,
    log: Arc<Log<Request>>,
    certificate: Option<Vec<u8>>,
}

impl FaultyServer {
    /// Starts a server on a free port of 127.0.0.1.
    pub async fn start(script: impl Into<Script>) -> Self {
        Self::launch(script.into(), None, http1::serve).await
    }

    /// Starts a server that speaks TLS, with a certificate that is signed by itself.
    pub async fn start_tls(script: impl Into<Script>) -> Self {
        Self::launch(
            script.into(),
            Some(SelfSigned::new("http/1.1")),
            http1::serve,
        )
        .await
    }
}

impl FaultyHttp2Server {
    /// Starts a server on a free port of 127.0.0.1, for clients that speak HTTP/2 without asking first.
    pub async fn start(script: impl Into<Http2Script>) -> Self {
        Self::launch(script.into(), None, http2::serve).await
    }

    /// Starts a server that speaks TLS and there agrees on HTTP/2 only, with a certificate that is signed by itself.
    pub async fn start_tls(script: impl Into<Http2Script>) -> Self {
        Self::launch(script.into(), Some(SelfSigned::new("h2")), http2::serve).await
    }
}

impl<Request: Clone + Send + Sync + 'static> Server<Request> {
    async fn launch<Answer, Served>(
        script: Scripted<Request, Answer>,
        tls: Option<SelfSigned>,
        serve: Serve<Request, Answer, Served>,
    ) -> Self
    where
        Answer: Send + Sync + 'static,
        Served: Future<Output = io::Result<()>> + Send + 'static,
    {
        let (script, log) = (Arc::new(script), Log::new());
        let (acceptor, certificate) = tls.map(|tls| (tls.acceptor, tls.certificate)).unzip();
        let seen = Arc::clone(&log);
        let serve = move |connection| serve(connection, Arc::clone(&script), Arc::clone(&seen));
        let listener = Listener::start(acceptor, Arc::clone(&log), serve).await;
        Self {
            listener,
            log,
            certificate,
        }
    }

    /// `http://127.0.0.1:PORT`, or `https://…`, without a slash at the end.
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address())
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address
    }

    /// The certificate in DER, for a client that is to trust it; `None` without TLS.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// All requests, in the order in which they were read to their end.
    pub fn requests(&self) -> Vec<Request> {
        self.log.read(|events| events.requests.clone())
    }

    /// How many requests came, those included that were [forgotten](Self::forget_requests).
    pub fn request_count(&self) -> usize {
        self.log.read(|events| events.request_count)
    }

    /// How much time lay between the first bytes of each request and those of the next.
    pub fn gaps(&self) -> Vec<Duration> {
        let mut arrivals = self.log.read(|events| events.arrivals.clone());
        arrivals.sort();
        arrivals.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// Drops the records of requests but not their count, for a test that looks at the process's memory.
    pub fn forget_requests(&self) {
        self.log.forget_requests();
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.log.read(|events| events.connections)
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> usize {
        self.log.read(|events| events.open_connections)
    }

    /// Why connections failed before HTTP began: the client did not trust the certificate, or spoke something else.
    pub fn failed_handshakes(&self) -> Vec<String> {
        self.log.read(|events| events.failed_handshakes.clone())
    }

    /// Waits until `count` requests have come in all.
    ///
    /// # Panics
    ///
    /// If they don't come within 30 s.
    pub async fn wait_for_requests(&self, count: usize) {
        self.log
            .wait_until(&format!("{count} requests"), |events| {
                events.request_count >= count
            })
            .await;
    }

    /// Waits until at least one connection has come and none is open any more, so that a test can tell that the client
    /// let go of the last one.
    ///
    /// # Panics
    ///
    /// If that takes longer than 30 s.
    pub async fn wait_until_disconnected(&self) {
        self.log
            .wait_until("every connection to end", |events| {
                events.connections > 0 && events.open_connections == 0
            })
            .await;
    }

    /// Ends all connections and frees the port: from then on, connections are refused.
    pub async fn stop(self) {
        self.listener.stop().await;
    }
}
