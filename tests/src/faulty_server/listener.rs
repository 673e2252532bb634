//! Accepts connections and runs one task for each, until it is dropped.
#![allow(
    clippy::expect_used,
    reason = "test support: a port that can't be had ends the test"
)]

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::connection::{Connection, Transport};
use super::log::Log;

pub(super) struct Listener {
    pub(super) address: SocketAddr,
    /// Owns the tasks of all connections, so that they end with it.
    accepting: JoinHandle<()>,
}

impl Listener {
    pub(super) async fn start<Request, Serve, Served>(
        acceptor: Option<TlsAcceptor>,
        log: Arc<Log<Request>>,
        serve: Serve,
    ) -> Self
    where
        Request: Clone + Send + Sync + 'static,
        Serve: Fn(Connection) -> Served + Clone + Send + 'static,
        Served: Future<Output = io::Result<()>> + Send,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("the listener is bound");
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let Ok((stream, _)) = accepted else { continue };
                        let (number, open) = log.connection();
                        let (acceptor, log, serve) = (acceptor.clone(), Arc::clone(&log), serve.clone());
                        connections.spawn(async move {
                            match transport(stream, acceptor).await {
                                // An error means that the client left, which the log shows well enough.
                                Ok(transport) => drop(serve(Connection::new(transport, number)).await),
                                Err(error) => log.failed_handshake(error),
                            }
                            drop(open);
                        });
                    }
                    // Ended tasks are taken out, so that a server can take any number of connections.
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Self { address, accepting }
    }

    /// Ends all tasks, and returns when the port is free.
    pub(super) async fn stop(mut self) {
        self.accepting.abort();
        // It was cancelled, or had ended already: both are what was asked for.
        drop((&mut self.accepting).await);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn transport(stream: TcpStream, acceptor: Option<TlsAcceptor>) -> io::Result<Transport> {
    // A byte that is sent alone must not wait for the next one.
    stream.set_nodelay(true)?;
    Ok(match acceptor {
        Some(acceptor) => Transport::Tls(Box::new(acceptor.accept(stream).await?)),
        None => Transport::Plain(stream),
    })
}
