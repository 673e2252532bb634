//! One accepted connection: reads, writes, waits, and ends in the way it is told to.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::server::TlsStream;

/// How long a closed connection takes in what the client still sends. A socket that is closed with bytes unread sends
/// RST, which would turn a clean close into a reset.
const LINGER: Duration = Duration::from_secs(1);

/// More than an ordinary request has, so that it comes in one piece.
const READ_AT_ONCE: usize = 16 * 1024;

/// How a server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnect {
    /// In order, by FIN: the client reads the end of the stream.
    Close,
    /// By RST: the client reads "connection reset by peer".
    Reset,
}

pub(super) enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// An error from any of the methods means that the client is gone, so that a caller can only stop.
pub(super) struct Connection {
    transport: Transport,
    number: usize,
    received: BytesMut,
    /// When the first of the `received` bytes came.
    arrived_at: Instant,
    last_arrival: Instant,
}

impl Connection {
    pub(super) fn new(transport: Transport, number: usize) -> Self {
        let now = Instant::now();
        Self {
            transport,
            number,
            received: BytesMut::new(),
            arrived_at: now,
            last_arrival: now,
        }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// What has come and was not taken yet.
    pub(super) fn received(&mut self) -> &mut BytesMut {
        &mut self.received
    }

    pub(super) fn arrived_at(&self) -> Instant {
        self.arrived_at
    }

    /// Takes `length` of the bytes that have come.
    pub(super) fn take(&mut self, length: usize) -> Bytes {
        // Copied, so that a record doesn't keep the whole buffer alive.
        let taken = Bytes::copy_from_slice(&self.received[..length]);
        self.received.advance(length);
        self.arrived_at = self.last_arrival;
        taken
    }

    /// Waits for further bytes; `false` means that the client has closed its side. May be dropped while it waits.
    pub(super) async fn receive(&mut self) -> io::Result<bool> {
        let was_empty = self.received.is_empty();
        self.received.reserve(READ_AT_ONCE);
        let count = match &mut self.transport {
            Transport::Plain(stream) => stream.read_buf(&mut self.received).await?,
            Transport::Tls(stream) => stream.read_buf(&mut self.received).await?,
        };
        self.last_arrival = Instant::now();
        if was_empty {
            self.arrived_at = self.last_arrival;
        }
        Ok(count > 0)
    }

    /// Writes all of `bytes`, and adds each one that the operating system took to `written`.
    pub(super) async fn send(&mut self, mut bytes: &[u8], written: &AtomicU64) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = match &mut self.transport {
                Transport::Plain(stream) => stream.write(bytes).await?,
                Transport::Tls(stream) => stream.write(bytes).await?,
            };
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            written.fetch_add(count as u64, Ordering::Relaxed);
            bytes = &bytes[count..];
        }
        match &mut self.transport {
            Transport::Plain(stream) => stream.flush().await,
            Transport::Tls(stream) => stream.flush().await,
        }
    }

    /// Writes one byte each `interval`.
    pub(super) async fn drip(
        &mut self,
        bytes: &[u8],
        interval: Duration,
        written: &AtomicU64,
    ) -> io::Result<()> {
        for byte in bytes.chunks(1) {
            self.send(byte, written).await?;
            self.pause(interval).await?;
        }
        Ok(())
    }

    /// Does nothing for `duration`, and stops early with an error if the client goes away meanwhile.
    pub(super) async fn pause(&mut self, duration: Duration) -> io::Result<()> {
        if duration.is_zero() {
            return Ok(());
        }
        tokio::select! {
            () = sleep(duration) => Ok(()),
            left = self.until_client_leaves() => left,
        }
    }

    /// Does nothing until the client goes away, and says so with an error.
    pub(super) async fn until_client_leaves(&mut self) -> io::Result<()> {
        while self.receive().await? {}
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    /// Whether no byte comes for `duration`.
    pub(super) async fn is_idle_for(&mut self, duration: Duration) -> io::Result<bool> {
        if !self.received.is_empty() {
            return Ok(false);
        }
        tokio::select! {
            () = sleep(duration) => Ok(true),
            received = self.receive() => if received? { Ok(false) } else { Err(io::ErrorKind::UnexpectedEof.into()) },
        }
    }

    pub(super) async fn disconnect(mut self, how: Disconnect) -> io::Result<()> {
        match (how, &mut self.transport) {
            (Disconnect::Reset, Transport::Plain(stream)) => return stream.set_zero_linger(),
            (Disconnect::Reset, Transport::Tls(stream)) => {
                return stream.get_ref().0.set_zero_linger();
            }
            (Disconnect::Close, Transport::Plain(stream)) => stream.shutdown().await?,
            (Disconnect::Close, Transport::Tls(stream)) => stream.shutdown().await?,
        }
        // Whether the client left or time ran out: the connection ends here.
        timeout(LINGER, self.until_client_leaves())
            .await
            .unwrap_or(Ok(()))
    }
}
