//! An HTTP/1.1 response, written as its script says rather than as it should be.

use std::io;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bytes::Bytes;

use super::connection::Connection;

/// Bodies are filled up from this one block, however long they are.
static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];

#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) reason: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) padded_to: u64,
    pub(super) framing: Framing,
    pub(super) body_delay: Duration,
    pub(super) drip_body: Option<Duration>,
    pub(super) cut_after: Option<u64>,
}

/// How a client can tell where the body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    ContentLength,
    Chunked,
    UntilClose,
}

impl Response {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            reason: usual_reason(status).to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            padded_to: 0,
            framing: Framing::ContentLength,
            body_delay: Duration::ZERO,
            drip_body: None,
            cut_after: None,
        }
    }

    /// `drip` is the time between any two bytes, head included; `closes` says whether the head announces the end.
    pub(super) async fn send(
        &self,
        connection: &mut Connection,
        drip: Option<Duration>,
        closes: bool,
        written: &AtomicU64,
    ) -> io::Result<()> {
        let head = self.head(closes);
        match drip {
            Some(interval) => connection.drip(head.as_bytes(), interval, written).await?,
            None => connection.send(head.as_bytes(), written).await?,
        }
        connection.pause(self.body_delay).await?;
        self.send_body(connection, drip.or(self.drip_body), written)
            .await
    }

    async fn send_body(
        &self,
        connection: &mut Connection,
        drip: Option<Duration>,
        written: &AtomicU64,
    ) -> io::Result<()> {
        let length = self.cut_after.unwrap_or(u64::MAX).min(self.length());
        let mut sent = 0;
        while sent < length {
            let piece = self.piece(sent, length - sent, drip.is_some());
            sent += piece.len() as u64;
            // A chunk is written whole, so that each byte of the body still takes one interval.
            if self.framing == Framing::Chunked {
                let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
                connection.send(&chunk, written).await?;
            } else {
                connection.send(piece, written).await?;
            }
            connection.pause(drip.unwrap_or_default()).await?;
        }
        if self.framing == Framing::Chunked && self.cut_after.is_none() {
            connection.send(b"0\r\n\r\n", written).await?;
        }
        Ok(())
    }

    /// The next bytes of the body, `rest` at most.
    fn piece(&self, sent: u64, rest: u64, one_byte: bool) -> &[u8] {
        let bytes = usize::try_from(sent)
            .ok()
            .and_then(|sent| self.body.get(sent..))
            .unwrap_or_default();
        let bytes = if bytes.is_empty() { &SPACES[..] } else { bytes };
        let limit = if one_byte { 1 } else { bytes.len() };
        &bytes[..usize::try_from(rest).unwrap_or(limit).min(limit)]
    }

    fn length(&self) -> u64 {
        self.padded_to.max(self.body.len() as u64)
    }

    fn head(&self, closes: bool) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, self.reason);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.has_header("content-length") && !self.has_header("transfer-encoding") {
            match self.framing {
                // These statuses have no body, and a stated length would be wrong even for an empty one.
                Framing::ContentLength if matches!(self.status, 100..=199 | 204 | 304) => {}
                Framing::ContentLength => {
                    let stated = self.length().max(self.cut_after.map_or(0, |cut| cut + 1));
                    head += &format!("content-length: {stated}\r\n");
                }
                Framing::Chunked => head += "transfer-encoding: chunked\r\n",
                Framing::UntilClose => {}
            }
        }
        if closes && !self.has_header("connection") {
            head += "connection: close\r\n";
        }
        head + "\r\n"
    }

    fn has_header(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(name))
    }
}

fn usual_reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Scripted",
    }
}
