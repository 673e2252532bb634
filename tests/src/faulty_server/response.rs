//! An HTTP/1.1 response, written as its script says rather than as it should be.

use std::io;

use http::StatusCode;

use super::connection::{Connection, Disconnect};
use super::reply::{End, Framing, Reply};

/// Bodies are padded from this one block, however long they are.
static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];

impl Reply {
    /// Sends the response, or the raw bytes in its place.
    pub(super) async fn send(&self, connection: &mut Connection) -> io::Result<()> {
        if let Some(bytes) = &self.raw {
            return connection.send(bytes).await;
        }
        let size = self.drip_head.map_or(usize::MAX, |_| 1);
        for piece in self.head().as_bytes().chunks(size) {
            connection.send(piece).await?;
            connection.pause(self.drip_head.unwrap_or_default()).await?;
        }
        connection.pause(self.body_delay).await?;
        self.send_body(connection).await
    }

    async fn send_body(&self, connection: &mut Connection) -> io::Result<()> {
        let length = self.cut_after.unwrap_or(u64::MAX).min(self.length());
        let mut sent = 0;
        while sent < length {
            let piece = self.piece(sent, length - sent);
            sent += piece.len() as u64;
            // A chunk is sent whole, so that each byte of the body still takes one interval.
            if self.framing == Framing::Chunked {
                let size = format!("{:x}\r\n", piece.len());
                let chunk = [size.as_bytes(), piece, b"\r\n"].concat();
                connection.send(&chunk).await?;
            } else {
                connection.send(piece).await?;
            }
            connection.pause(self.drip_body.unwrap_or_default()).await?;
        }
        if self.framing == Framing::Chunked && self.cut_after.is_none() {
            connection.send(b"0\r\n\r\n").await?;
        }
        Ok(())
    }

    /// The next bytes of the body, `rest` at most.
    fn piece(&self, sent: u64, rest: u64) -> &[u8] {
        let sent = usize::try_from(sent).unwrap_or(usize::MAX);
        let bytes = match self.body.get(sent..) {
            Some(bytes) if !bytes.is_empty() => bytes,
            _ => &SPACES[..],
        };
        let most = self.drip_body.map_or(bytes.len(), |_| 1);
        &bytes[..usize::try_from(rest).unwrap_or(most).min(most)]
    }

    fn length(&self) -> u64 {
        self.padded_to.max(self.body.len() as u64)
    }

    fn head(&self) -> String {
        let status = StatusCode::from_u16(self.status).ok();
        let reason = status.and_then(|status| status.canonical_reason());
        let reason = reason.unwrap_or("Unknown");
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.has_header("content-length") && !self.has_header("transfer-encoding") {
            match self.framing {
                // These statuses have no body; even a length of 0 would be wrong.
                Framing::ContentLength if matches!(self.status, 100..=199 | 204 | 304) => {}
                Framing::ContentLength => {
                    let stated = self.length().max(self.cut_after.map_or(0, |cut| cut + 1));
                    head += &format!("content-length: {stated}\r\n");
                }
                Framing::Chunked => head += "transfer-encoding: chunked\r\n",
                Framing::UntilClose => {}
            }
        }
        if matches!(self.end, End::Disconnect(Disconnect::Close)) && self.cut_after.is_none() {
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
