//! The few frames of RFC 9113 that a server can't do without.

use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::answer::{ErrorCode, Response};

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The longest payload that every peer takes.
const LONGEST_PAYLOAD: usize = 16_384;

pub(super) mod kind {
    pub(in super::super) const DATA: u8 = 0x0;
    pub(in super::super) const HEADERS: u8 = 0x1;
    pub(in super::super) const RST_STREAM: u8 = 0x3;
    pub(in super::super) const SETTINGS: u8 = 0x4;
    pub(in super::super) const PING: u8 = 0x6;
    pub(in super::super) const GOAWAY: u8 = 0x7;
    pub(in super::super) const WINDOW_UPDATE: u8 = 0x8;
    pub(in super::super) const CONTINUATION: u8 = 0x9;
}

pub(super) mod flag {
    pub(in super::super) const ACK: u8 = 0x1;
    pub(in super::super) const END_STREAM: u8 = 0x1;
    pub(in super::super) const END_HEADERS: u8 = 0x4;
    pub(in super::super) const PADDED: u8 = 0x8;
    pub(in super::super) const PRIORITY: u8 = 0x20;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Bytes,
}

impl Frame {
    const HEAD: usize = 9;

    fn new(kind: u8, flags: u8, stream: u32, payload: impl Into<Bytes>) -> Self {
        Self {
            kind,
            flags,
            stream,
            payload: payload.into(),
        }
    }

    /// Takes a frame off the start of `bytes`, if it has come whole.
    pub(super) fn take(bytes: &mut BytesMut) -> Option<Self> {
        let head = bytes.get(..Self::HEAD)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff;
        if bytes.len() < Self::HEAD + length {
            return None;
        }
        bytes.advance(Self::HEAD);
        Some(Self {
            kind,
            flags,
            stream,
            payload: bytes.split_to(length).freeze(),
        })
    }

    pub(super) fn write(&self, out: &mut BytesMut) {
        out.put_uint(self.payload.len() as u64, 3);
        out.put_u8(self.kind);
        out.put_u8(self.flags);
        out.put_u32(self.stream);
        out.put_slice(&self.payload);
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The payload of DATA or HEADERS without padding and priority.
    pub(super) fn content(&self) -> io::Result<Bytes> {
        let padding = if self.has(flag::PADDED) {
            usize::from(*self.payload.first().ok_or_else(malformed)?)
        } else {
            0
        };
        let priority = if self.kind == kind::HEADERS && self.has(flag::PRIORITY) {
            5
        } else {
            0
        };
        let start = usize::from(self.has(flag::PADDED)) + priority;
        let end = self
            .payload
            .len()
            .checked_sub(padding)
            .filter(|&end| end >= start)
            .ok_or_else(malformed)?;
        Ok(self.payload.slice(start..end))
    }

    pub(super) fn settings() -> Self {
        Self::new(kind::SETTINGS, 0, 0, Bytes::new())
    }

    pub(super) fn settings_ack() -> Self {
        Self::new(kind::SETTINGS, flag::ACK, 0, Bytes::new())
    }

    pub(super) fn ping_ack(payload: Bytes) -> Self {
        Self::new(kind::PING, flag::ACK, 0, payload)
    }

    pub(super) fn window_update(stream: u32, increment: u32) -> Self {
        Self::new(
            kind::WINDOW_UPDATE,
            0,
            stream,
            increment.to_be_bytes().to_vec(),
        )
    }

    pub(super) fn reset_stream(stream: u32, code: ErrorCode) -> Self {
        Self::new(
            kind::RST_STREAM,
            0,
            stream,
            (code as u32).to_be_bytes().to_vec(),
        )
    }

    pub(super) fn go_away(last_stream: u32, code: ErrorCode) -> Self {
        Self::new(
            kind::GOAWAY,
            0,
            0,
            [last_stream.to_be_bytes(), (code as u32).to_be_bytes()].concat(),
        )
    }

    /// The frames of an answer: HEADERS, then DATA in pieces that every client takes.
    pub(super) fn response(stream: u32, response: &Response) -> Vec<Self> {
        let open = response.then_reset.is_some();
        let pieces: Vec<_> = response.body.chunks(LONGEST_PAYLOAD).collect();
        let end = |is_last: bool| {
            if is_last && !open {
                flag::END_STREAM
            } else {
                0
            }
        };

        let flags = flag::END_HEADERS | end(pieces.is_empty());
        let mut frames = vec![Self::new(
            kind::HEADERS,
            flags,
            stream,
            header_block(response),
        )];
        for (index, piece) in pieces.iter().enumerate() {
            let is_last = index + 1 == pieces.len();
            frames.push(Self::new(
                kind::DATA,
                end(is_last),
                stream,
                response.body.slice_ref(piece),
            ));
        }
        frames.extend(
            response
                .then_reset
                .map(|code| Self::reset_stream(stream, code)),
        );
        frames
    }
}

pub(super) fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "malformed HTTP/2 frame")
}

/// All fields as literals without indexing and Huffman code (RFC 7541, section 6.2.2), which every client reads.
fn header_block(response: &Response) -> Bytes {
    let mut block = BytesMut::new();
    // Entry 8 of the static table is `:status`.
    block.put_u8(0x08);
    put_string(&mut block, &response.status.to_string());
    for (name, value) in &response.headers {
        block.put_u8(0x00);
        put_string(&mut block, name);
        put_string(&mut block, value);
    }
    block.freeze()
}

/// A string whose length is an integer with a prefix of 7 bits (RFC 7541, sections 5.1 and 5.2).
fn put_string(block: &mut BytesMut, string: &str) {
    match string.len().checked_sub(0x7f) {
        None => block.put_u8(string.len() as u8),
        Some(mut rest) => {
            block.put_u8(0x7f);
            while rest >= 0x80 {
                block.put_u8((rest % 0x80) as u8 | 0x80);
                rest /= 0x80;
            }
            block.put_u8(rest as u8);
        }
    }
    block.put_slice(string.as_bytes());
}
