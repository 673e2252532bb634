//! What a server does with one request.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;

use super::connection::Disconnect;

/// What happens to one request after it was read whole: the server "has done the work" by then.
///
/// Afterwards the connection is kept for the next request, unless `end` says otherwise.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub(super) delay: Duration,
    /// Sent in place of a response.
    pub(super) raw: Option<Bytes>,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) padded_to: u64,
    pub(super) framing: Framing,
    pub(super) body_delay: Duration,
    pub(super) drip_head: Option<Duration>,
    pub(super) drip_body: Option<Duration>,
    pub(super) cut_after: Option<u64>,
    pub(super) end: End,
}

/// How a client can tell where the body ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Framing {
    #[default]
    ContentLength,
    Chunked,
    UntilClose,
}

/// What becomes of the connection after the response.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum End {
    #[default]
    Keep,
    Disconnect(Disconnect),
    DisconnectOnNextRequest(Disconnect),
    DisconnectWhenIdle(Duration, Disconnect),
    Stall,
}

impl Reply {
    /// 200 with a JSON body.
    pub fn ok(body: impl Into<Bytes>) -> Self {
        Self::status(200).json(body)
    }

    /// A response with that status, without a body or content type.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// A redirect to `location`.
    pub fn redirect(status: u16, location: impl Display) -> Self {
        Self::status(status).header("location", location)
    }

    /// These bytes, which need not be HTTP, then the end of the connection by FIN.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self {
            raw: Some(bytes.into()),
            end: End::Disconnect(Disconnect::Close),
            ..Self::default()
        }
    }

    /// No response; the connection stays open until the client ends it.
    pub fn never() -> Self {
        Self::raw("").then(End::Stall)
    }

    /// No response; the connection ends by FIN.
    pub fn close_before_response() -> Self {
        Self::raw("")
    }

    /// No response; the connection ends by RST.
    pub fn reset_before_response() -> Self {
        Self::raw("").then_disconnect(Disconnect::Reset)
    }

    /// Adds a header. A `Content-Length` or `Transfer-Encoding` replaces the true one.
    pub fn header(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.headers.push((name.into(), value.to_string()));
        self
    }

    /// Sets the content type, instead of an earlier one.
    pub fn content_type(mut self, value: impl Display) -> Self {
        self.headers.retain(|(name, _)| name != "content-type");
        self.header("content-type", value)
    }

    /// The body; the content type stays as it is.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// A JSON body.
    pub fn json(self, body: impl Into<Bytes>) -> Self {
        self.body(body).content_type("application/json")
    }

    /// An HTML body.
    pub fn html(self, body: impl Into<Bytes>) -> Self {
        self.body(body).content_type("text/html; charset=UTF-8")
    }

    /// Pads the body to `length` bytes with spaces, after which JSON is still JSON. They take no memory.
    pub fn padded_to(mut self, length: u64) -> Self {
        self.padded_to = length;
        self
    }

    /// Pads the body to 1 TiB, which no client reads to its end.
    pub fn padded_for_ever(self) -> Self {
        self.padded_to(1 << 40)
    }

    /// Sends the body in chunks, without stating its length.
    pub fn chunked(mut self) -> Self {
        self.framing = Framing::Chunked;
        self
    }

    /// States no length: the end of the connection is the end of the body.
    pub fn until_close(mut self) -> Self {
        self.framing = Framing::UntilClose;
        self.then_disconnect(Disconnect::Close)
    }

    /// Waits before the first byte of the response, or before the connection ends without one.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits between head and body.
    pub fn body_delay(mut self, delay: Duration) -> Self {
        self.body_delay = delay;
        self
    }

    /// Sends one byte each `interval`, from the first of the head on; of a chunked body, one chunk with one byte.
    pub fn drip(mut self, interval: Duration) -> Self {
        self.drip_head = Some(interval);
        self.drip_body(interval)
    }

    /// Sends the head at once, then one byte of the body each `interval`.
    pub fn drip_body(mut self, interval: Duration) -> Self {
        self.drip_body = Some(interval);
        self
    }

    /// Ends the connection after that many bytes of the body. A stated length is that of the whole body, and at least
    /// one more than what is sent.
    pub fn cut_after(mut self, length: u64, how: Disconnect) -> Self {
        self.cut_after = Some(length);
        self.then_disconnect(how)
    }

    /// Sends nothing more after that many bytes of the body, and leaves the connection open. The length is stated as
    /// by [`cut_after`](Self::cut_after).
    pub fn stall_after(mut self, length: u64) -> Self {
        self.cut_after = Some(length);
        self.then(End::Stall)
    }

    /// Ends the connection after the response, which announces a [`Close`](Disconnect::Close) by `Connection: close`.
    pub fn then_disconnect(self, how: Disconnect) -> Self {
        self.then(End::Disconnect(how))
    }

    /// Keeps the connection after the response, and ends it once no byte has come for `idle`: without notice, so that
    /// a client may think it alive.
    pub fn then_disconnect_when_idle(self, idle: Duration, how: Disconnect) -> Self {
        self.then(End::DisconnectWhenIdle(idle, how))
    }

    /// Keeps the connection after the response, and ends it without a response once the next request was read. That
    /// request is recorded, but the script is not asked.
    pub fn then_disconnect_on_next_request(self, how: Disconnect) -> Self {
        self.then(End::DisconnectOnNextRequest(how))
    }

    fn then(mut self, end: End) -> Self {
        self.end = end;
        self
    }
}
