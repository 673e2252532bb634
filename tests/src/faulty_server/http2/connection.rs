//! Serves HTTP/2 on one connection: gathers frames to requests, records them, does what the script says.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::Http2Script;
use super::super::connection::{Connection, Disconnect};
use super::super::log::Log;
use super::answer::{Action, Http2Answer};
use super::frame::{Frame, PREFACE, flag, kind, malformed};

/// One request that a [`FaultyHttp2Server`](super::super::FaultyHttp2Server) read.
#[derive(Clone, Debug)]
pub struct Http2Request {
    connection: usize,
    stream: u32,
    header_block: Bytes,
    body: Bytes,
    arrived_at: Instant,
}

impl Http2Request {
    /// On which connection it came; the server's first connection is 1.
    pub fn connection(&self) -> usize {
        self.connection
    }

    /// On which stream it came; a client's first stream is 1, then 3 and so on.
    pub fn stream(&self) -> u32 {
        self.stream
    }

    /// The headers as they came, compressed (HPACK).
    pub fn header_block(&self) -> &[u8] {
        &self.header_block
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// When its first frame was read.
    pub fn arrived_at(&self) -> Instant {
        self.arrived_at
    }
}

pub(in super::super) async fn serve(
    connection: Connection,
    script: Arc<Http2Script>,
    log: Arc<Log<Http2Request>>,
) -> io::Result<()> {
    let mut session = Session {
        connection,
        script,
        log,
        unfinished: HashMap::new(),
        delayed: JoinSet::new(),
        cancelled: HashSet::new(),
        last_stream: None,
    };
    session.begin().await?;
    let how = session.run().await?;
    session.connection.disconnect(how).await
}

struct Session {
    connection: Connection,
    script: Arc<Http2Script>,
    log: Arc<Log<Http2Request>>,
    /// Requests whose end has not come.
    unfinished: HashMap<u32, Unfinished>,
    /// Answers whose time has not come; those of one connection don't wait for each other.
    delayed: JoinSet<(u32, Http2Answer)>,
    /// Streams that the client has reset: an answer on one of them would break the protocol.
    cancelled: HashSet<u32>,
    /// After GOAWAY: the last stream that is still answered.
    last_stream: Option<u32>,
}

struct Unfinished {
    header_block: BytesMut,
    body: BytesMut,
    arrived_at: Instant,
    /// END_STREAM comes with HEADERS, but CONTINUATION may follow.
    ends_with_headers: bool,
}

impl Session {
    async fn begin(&mut self) -> io::Result<()> {
        self.send(&[Frame::settings()]).await?;
        while self.connection.received().len() < PREFACE.len() {
            if !self.connection.receive().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if self.connection.take(PREFACE.len()) == PREFACE {
            return Ok(());
        }
        self.log
            .failed_handshake("the client does not speak HTTP/2");
        Err(io::ErrorKind::InvalidData.into())
    }

    /// Serves until a script, or what follows from it, ends the connection.
    async fn run(&mut self) -> io::Result<Disconnect> {
        loop {
            while let Some(frame) = Frame::take(self.connection.received()) {
                if let Some(how) = self.handle(frame).await? {
                    return Ok(how);
                }
            }
            if self.last_stream.is_some() && self.delayed.is_empty() {
                return Ok(Disconnect::Close);
            }
            let due = tokio::select! {
                received = self.connection.receive() => {
                    if !received? {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    None
                }
                Some(due) = self.delayed.join_next() => due.ok(),
            };
            if let Some((stream, answer)) = due
                && !self.cancelled.contains(&stream)
                && let Some(how) = self.perform(stream, answer.action).await?
            {
                return Ok(how);
            }
        }
    }

    async fn handle(&mut self, frame: Frame) -> io::Result<Option<Disconnect>> {
        match frame.kind {
            kind::HEADERS => {
                let ends_with_headers = frame.has(flag::END_STREAM);
                let request = self
                    .unfinished
                    .entry(frame.stream)
                    .or_insert_with(Unfinished::new);
                request.header_block.extend_from_slice(&frame.content()?);
                request.ends_with_headers = ends_with_headers;
                if ends_with_headers && frame.has(flag::END_HEADERS) {
                    return self.finish(frame.stream).await;
                }
            }
            kind::CONTINUATION => {
                let request = self
                    .unfinished
                    .get_mut(&frame.stream)
                    .ok_or_else(malformed)?;
                request.header_block.extend_from_slice(&frame.payload);
                if request.ends_with_headers && frame.has(flag::END_HEADERS) {
                    return self.finish(frame.stream).await;
                }
            }
            kind::DATA => {
                // The window is opened again by what was read, so that a client never waits for it.
                if let Some(length) = u32::try_from(frame.payload.len())
                    .ok()
                    .filter(|&length| length > 0)
                {
                    let streams: &[u32] = if frame.has(flag::END_STREAM) {
                        &[0]
                    } else {
                        &[0, frame.stream]
                    };
                    let updates: Vec<_> = streams
                        .iter()
                        .map(|&stream| Frame::window_update(stream, length))
                        .collect();
                    self.send(&updates).await?;
                }
                if let Some(request) = self.unfinished.get_mut(&frame.stream) {
                    request.body.extend_from_slice(&frame.content()?);
                    if frame.has(flag::END_STREAM) {
                        return self.finish(frame.stream).await;
                    }
                }
            }
            kind::SETTINGS if !frame.has(flag::ACK) => self.send(&[Frame::settings_ack()]).await?,
            kind::PING if !frame.has(flag::ACK) => {
                self.send(&[Frame::ping_ack(frame.payload)]).await?
            }
            kind::RST_STREAM => {
                self.unfinished.remove(&frame.stream);
                self.cancelled.insert(frame.stream);
            }
            _ => {}
        }
        Ok(None)
    }

    /// A request has come to its end: records it, and answers it now or later.
    async fn finish(&mut self, stream: u32) -> io::Result<Option<Disconnect>> {
        let Some(unfinished) = self.unfinished.remove(&stream) else {
            return Ok(None);
        };
        let request = Http2Request {
            connection: self.connection.number(),
            stream,
            header_block: unfinished.header_block.freeze(),
            body: unfinished.body.freeze(),
            arrived_at: unfinished.arrived_at,
        };
        self.log.request(request.clone(), request.arrived_at);
        if self.last_stream.is_some_and(|last| stream > last) {
            return Ok(None);
        }
        let answer = self.script.answer(&request);
        if answer.delay.is_zero() {
            return self.perform(stream, answer.action).await;
        }
        self.delayed.spawn(async move {
            sleep(answer.delay).await;
            (stream, answer)
        });
        Ok(None)
    }

    async fn perform(&mut self, stream: u32, action: Action) -> io::Result<Option<Disconnect>> {
        match action {
            Action::Respond(response) => self.send(&Frame::response(stream, &response)).await?,
            Action::ResetStream(code) => self.send(&[Frame::reset_stream(stream, code)]).await?,
            Action::GoAway {
                code,
                processed: true,
            } => {
                self.send(&[Frame::go_away(stream, code)]).await?;
                return Ok(Some(Disconnect::Close));
            }
            Action::GoAway {
                code,
                processed: false,
            } => {
                // A client's streams have odd numbers; 0 says that not even the first was processed.
                let last_stream = stream.saturating_sub(2);
                self.last_stream = Some(last_stream);
                self.send(&[Frame::go_away(last_stream, code)]).await?;
            }
            Action::Disconnect(how) => return Ok(Some(how)),
            Action::Never => {}
        }
        Ok(None)
    }

    async fn send(&mut self, frames: &[Frame]) -> io::Result<()> {
        let mut bytes = BytesMut::new();
        for frame in frames {
            frame.write(&mut bytes);
        }
        self.connection.send(&bytes, &AtomicU64::new(0)).await
    }
}

impl Unfinished {
    fn new() -> Self {
        Self {
            header_block: BytesMut::new(),
            body: BytesMut::new(),
            arrived_at: Instant::now(),
            ends_with_headers: false,
        }
    }
}
