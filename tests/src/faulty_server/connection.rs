//! One accepted connection: reads, writes, waits, and ends in the scripted way.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

/// Lets the client read what was sent before an RST, which may overtake it.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// How long a closed connection still reads. A socket that is closed with bytes unread sends RST, which would turn a
/// clean close into a reset.
const LINGER: Duration = Duration::from_secs(1);

/// How a server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnect {
    /// By FIN: the client reads the end of the stream.
    Close,
    /// By RST: the client reads "connection reset by peer".
    Reset,
}

pub(super) type Stream = Either<TcpStream, TlsStream<TcpStream>>;

/// An error from any of the methods means that the client is gone, so that a caller can only stop.
pub(super) struct Connection {
    pub(super) stream: Stream,
    /// What was read and not handled yet.
    pub(super) received: BytesMut,
    /// How many bytes were sent since the current request.
    pub(super) sent: Arc<AtomicU64>,
}

impl Connection {
    pub(super) async fn accept(tcp: TcpStream, tls: Option<TlsAcceptor>) -> io::Result<Self> {
        // A byte that is sent alone must not wait for the next one.
        tcp.set_nodelay(true)?;
        let stream = match tls {
            Some(tls) => Either::Right(tls.accept(tcp).await?),
            None => Either::Left(tcp),
        };
        Ok(Self {
            stream,
            received: BytesMut::new(),
            sent: Arc::default(),
        })
    }

    /// Waits for more bytes; `false` means that the client closed its side. Cancel safe.
    pub(super) async fn receive(&mut self) -> io::Result<bool> {
        self.received.reserve(16 * 1024);
        Ok(self.stream.read_buf(&mut self.received).await? > 0)
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await?;
        self.sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Does nothing for `duration`, and stops early with an error if the client leaves.
    pub(super) async fn pause(&mut self, duration: Duration) -> io::Result<()> {
        if duration.is_zero() {
            return Ok(());
        }
        timeout(duration, self.until_client_leaves())
            .await
            .unwrap_or(Ok(()))
    }

    /// Does nothing until the client leaves, which is an error.
    pub(super) async fn until_client_leaves(&mut self) -> io::Result<()> {
        while self.receive().await? {}
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    pub(super) async fn disconnect(mut self, how: Disconnect) -> io::Result<()> {
        match how {
            Disconnect::Close => {
                self.stream.shutdown().await?;
                self.pause(LINGER).await
            }
            Disconnect::Reset => {
                sleep(BEFORE_RESET).await;
                match &self.stream {
                    Either::Left(tcp) => tcp.set_zero_linger(),
                    Either::Right(tls) => tls.get_ref().0.set_zero_linger(),
                }
            }
        }
    }
}
