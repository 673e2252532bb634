//! A request as it came, byte for byte.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;

/// One request that a [`FaultyServer`](super::FaultyServer) read.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    pub(super) raw: Bytes,
    /// Empty for a request that is cut off or malformed.
    pub(super) head: Head,
    pub(super) arrived_at: Instant,
    pub(super) sent: Arc<AtomicU64>,
}

impl RecordedRequest {
    /// Head and body, as they came over the wire.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Whether the request came whole; of one that did not, only the [`raw`](Self::raw) bytes are known.
    pub fn is_complete(&self) -> bool {
        !self.head.path.is_empty()
    }

    /// The request target as it was sent, with its query; empty if the request is not complete.
    pub fn path(&self) -> &str {
        &self.head.path
    }

    /// All headers in the order in which they came, their names as they were written.
    pub fn headers(&self) -> &[(String, String)] {
        &self.head.headers
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// The body of a complete request.
    pub fn body(&self) -> &[u8] {
        &self.raw[self.head.length..]
    }

    /// When its first bytes came.
    pub fn arrived_at(&self) -> Instant {
        self.arrived_at
    }

    /// How many bytes of the response the operating system has taken by now; the client may have read fewer.
    pub fn sent_bytes(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    path: String,
    headers: Vec<(String, String)>,
    length: usize,
}

impl Head {
    /// Reads the request at the start of `bytes`, with its length, body included; `None` until it has come whole. No
    /// client under test sends its body in chunks.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, httparse::Error> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(length) = request.parse(bytes)? else {
            return Ok(None);
        };
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let headers = request.headers.iter();
        let head = Self {
            path: request.path.unwrap_or_default().to_owned(),
            headers: headers
                .map(|header| (header.name.to_owned(), text(header.value)))
                .collect(),
            length,
        };
        let body: usize = match head.header("content-length") {
            Some(length) => length.parse().map_err(|_| httparse::Error::HeaderValue)?,
            None => 0,
        };
        let whole = length.saturating_add(body);
        Ok((bytes.len() >= whole).then_some((head, whole)))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}
