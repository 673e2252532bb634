//! A request as it came, byte for byte, and what it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::{Bytes, BytesMut};

/// One request that a [`FaultyServer`](super::FaultyServer) read.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    pub(super) raw: Bytes,
    pub(super) parts: Option<Parts>,
    pub(super) arrived_at: Instant,
    pub(super) connection: usize,
    pub(super) answered: Arc<AtomicU64>,
}

impl RecordedRequest {
    /// Head and body, as they came over the wire.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Whether the request came to its end; of one that did not, only the [`raw`](Self::raw) bytes are known.
    pub fn is_complete(&self) -> bool {
        self.parts.is_some()
    }

    /// The method, empty if the request is not complete.
    pub fn method(&self) -> &str {
        self.parts.as_ref().map_or("", |parts| &parts.method)
    }

    /// The request target as it was sent, with its query; empty if the request is not complete.
    pub fn path(&self) -> &str {
        self.parts.as_ref().map_or("", |parts| &parts.path)
    }

    /// All headers in the order in which they came, their names as they were written.
    pub fn headers(&self) -> &[(String, String)] {
        self.parts.as_ref().map_or(&[], |parts| &parts.headers)
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.as_ref()?.header(name)
    }

    /// The body, without the framing of a chunked one.
    pub fn body(&self) -> &[u8] {
        self.parts.as_ref().map_or(&[], |parts| &parts.body)
    }

    /// When the first byte came.
    pub fn arrived_at(&self) -> Instant {
        self.arrived_at
    }

    /// On which connection it came; the server's first connection is 1.
    pub fn connection(&self) -> usize {
        self.connection
    }

    /// How many bytes of the answer the operating system has taken by now; the client may have read fewer.
    pub fn answered_bytes(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
}

/// What a complete request says.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// The bytes are no HTTP/1 request, whatever may follow.
#[derive(Debug)]
pub(super) struct Malformed;

impl Parts {
    /// Reads the request at the start of `bytes`, with its length; `None` while its end has not come.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        // Otherwise a TLS client would wait for an answer that never comes.
        if bytes.first().is_some_and(|byte| !byte.is_ascii_uppercase()) {
            return Err(Malformed);
        }
        let Some(head_length) = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .map(|end| end + 4)
        else {
            return Ok(None);
        };
        let head = String::from_utf8_lossy(&bytes[..head_length - 4]);
        let mut lines = head.split("\r\n");
        let (method, path) = request_line(lines.next().unwrap_or_default()).ok_or(Malformed)?;
        let headers = lines
            .map(header)
            .collect::<Option<Vec<_>>>()
            .ok_or(Malformed)?;

        let mut parts = Self {
            method,
            path,
            headers,
            body: Bytes::new(),
        };
        let body = parts.read_body(&bytes[head_length..])?;
        Ok(body.map(|(body, length)| {
            parts.body = body;
            (parts, head_length + length)
        }))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let named = self
            .headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    pub(super) fn asks_to_close(&self) -> bool {
        self.header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    fn read_body(&self, bytes: &[u8]) -> Result<Option<(Bytes, usize)>, Malformed> {
        if self
            .header("transfer-encoding")
            .is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
        {
            return chunked_body(bytes);
        }
        let length = self
            .header("content-length")
            .map_or(Ok(0), str::parse)
            .map_err(|_| Malformed)?;
        Ok(bytes
            .get(..length)
            .map(|body| (Bytes::copy_from_slice(body), length)))
    }
}

fn request_line(line: &str) -> Option<(String, String)> {
    let (method, rest) = line.split_once(' ')?;
    let (path, version) = rest.rsplit_once(' ')?;
    version
        .starts_with("HTTP/1.")
        .then(|| (method.to_owned(), path.to_owned()))
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.to_owned(), value.trim().to_owned()))
}

fn chunked_body(bytes: &[u8]) -> Result<Option<(Bytes, usize)>, Malformed> {
    let mut body = BytesMut::new();
    let mut at = 0;
    loop {
        let Some(line) = line_at(bytes, at) else {
            return Ok(None);
        };
        at += line.len() + 2;
        let size = line.split(|&byte| byte == b';').next().unwrap_or_default();
        let size = str::from_utf8(size).map_err(|_| Malformed)?;
        let size = u32::from_str_radix(size.trim(), 16).map_err(|_| Malformed)? as usize;
        if size == 0 {
            return Ok(trailers_end(bytes, at).map(|end| (body.freeze(), end)));
        }
        let Some(chunk) = bytes.get(at..at + size + 2) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk.strip_suffix(b"\r\n").ok_or(Malformed)?);
        at += chunk.len();
    }
}

/// Where the empty line ends that closes the trailers.
fn trailers_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let line = line_at(bytes, at)?;
        at += line.len() + 2;
        if line.is_empty() {
            return Some(at);
        }
    }
}

/// The line that begins at `at`, without its end, if that has come.
fn line_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = &bytes[at..];
    rest.windows(2)
        .position(|window| window == b"\r\n")
        .map(|end| &rest[..end])
}
