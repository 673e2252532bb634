//! What a server does with one request, as a script says it.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;

use super::connection::Disconnect;
use super::response::{Framing, Response};

/// A length that no client reads to its end: 1 TiB.
const FOR_EVER: u64 = 1 << 40;

/// What happens to one request, after it was read to its end: the server "has done the work" by then.
///
/// Begin with [`ok`](Self::ok), [`status`](Self::status), [`redirect`](Self::redirect) or [`raw`](Self::raw) for one
/// that is answered, with [`never`](Self::never), [`close_before_answer`](Self::close_before_answer) or
/// [`reset_before_answer`](Self::reset_before_answer) for one that is not. Afterwards the connection is kept for the
/// next request, unless the answer says how it ends or the client asked for its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) delay: Duration,
    pub(super) drip: Option<Duration>,
    pub(super) content: Content,
    pub(super) end: End,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Nothing,
    Raw(Bytes),
    Response(Response),
}

/// What becomes of the connection after the answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Keep,
    Disconnect(Disconnect),
    DisconnectOnNextRequest(Disconnect),
    DisconnectWhenIdle(Duration, Disconnect),
    Stall,
}

impl Answer {
    fn new(content: Content, end: End) -> Self {
        Self {
            delay: Duration::ZERO,
            drip: None,
            content,
            end,
        }
    }

    /// 200 with a JSON body.
    pub fn ok(body: impl Into<Bytes>) -> Self {
        Self::status(200).json(body)
    }

    /// An answer with that status, without a body or content type.
    pub fn status(status: u16) -> Self {
        Self::new(Content::Response(Response::new(status)), End::Keep)
    }

    /// A redirect to `location`.
    pub fn redirect(status: u16, location: impl Display) -> Self {
        Self::status(status).header("location", location)
    }

    /// These bytes, which need not be HTTP, then the end of the connection by FIN.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self::new(
            Content::Raw(bytes.into()),
            End::Disconnect(Disconnect::Close),
        )
    }

    /// No answer; the connection stays open until the client ends it.
    pub fn never() -> Self {
        Self::new(Content::Nothing, End::Stall)
    }

    /// No answer; the connection ends by FIN.
    pub fn close_before_answer() -> Self {
        Self::new(Content::Nothing, End::Disconnect(Disconnect::Close))
    }

    /// No answer; the connection ends by RST.
    pub fn reset_before_answer() -> Self {
        Self::new(Content::Nothing, End::Disconnect(Disconnect::Reset))
    }

    /// The reason phrase, instead of the status's usual one.
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.response(|response| response.reason = reason.into())
    }

    /// Adds a header. A `Content-Length` or `Transfer-Encoding` of its own takes the place of the true one.
    #[must_use]
    pub fn header(self, name: impl Into<String>, value: impl Display) -> Self {
        self.response(|response| response.headers.push((name.into(), value.to_string())))
    }

    /// Sets the content type, in the place of an earlier one.
    #[must_use]
    pub fn content_type(self, value: impl Display) -> Self {
        self.without_header("content-type")
            .header("content-type", value)
    }

    /// Takes out a header that was added before.
    #[must_use]
    pub fn without_header(self, name: &str) -> Self {
        self.response(|response| {
            response
                .headers
                .retain(|(other, _)| !other.eq_ignore_ascii_case(name))
        })
    }

    /// The body; the content type stays as it is.
    #[must_use]
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        self.response(|response| response.body = body.into())
    }

    /// A body, said to be JSON.
    #[must_use]
    pub fn json(self, body: impl Into<Bytes>) -> Self {
        self.body(body).content_type("application/json")
    }

    /// A body, said to be HTML.
    #[must_use]
    pub fn html(self, body: impl Into<Bytes>) -> Self {
        self.body(body).content_type("text/html; charset=UTF-8")
    }

    /// Fills the body up to `length` bytes with spaces, after which JSON is still JSON. They take no memory.
    #[must_use]
    pub fn padded_to(self, length: u64) -> Self {
        self.response(|response| response.padded_to = length)
    }

    /// Fills the body up with spaces for as long as the client reads.
    #[must_use]
    pub fn padded_for_ever(self) -> Self {
        self.padded_to(FOR_EVER)
    }

    /// Sends the body in chunks, without stating its length.
    #[must_use]
    pub fn chunked(self) -> Self {
        self.response(|response| response.framing = Framing::Chunked)
    }

    /// States no length: the end of the connection is the end of the body.
    #[must_use]
    pub fn until_close(self) -> Self {
        let mut answer = self.response(|response| response.framing = Framing::UntilClose);
        answer.end = End::Disconnect(Disconnect::Close);
        answer
    }

    /// Waits before the first byte of the answer, or before the connection ends without one.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits between head and body.
    #[must_use]
    pub fn body_delay(self, delay: Duration) -> Self {
        self.response(|response| response.body_delay = delay)
    }

    /// Sends one byte each `interval`, from the first of the head on; of a chunked body, one chunk with one byte.
    #[must_use]
    pub fn drip(mut self, interval: Duration) -> Self {
        self.drip = Some(interval);
        self
    }

    /// Sends the head at once, then one byte of the body each `interval`.
    #[must_use]
    pub fn drip_body(self, interval: Duration) -> Self {
        self.response(|response| response.drip_body = Some(interval))
    }

    /// Ends the connection after that many bytes of the body. A stated length is that of the whole body, and at least
    /// one more than what is sent.
    #[must_use]
    pub fn cut_after(self, length: u64, how: Disconnect) -> Self {
        self.cut(length, End::Disconnect(how))
    }

    /// Sends nothing more after that many bytes of the body, and leaves the connection open. The length is stated as by
    /// [`cut_after`](Self::cut_after).
    #[must_use]
    pub fn stall_after(self, length: u64) -> Self {
        self.cut(length, End::Stall)
    }

    /// Ends the connection after the answer, which announces a [`Close`](Disconnect::Close) by `Connection: close`.
    #[must_use]
    pub fn then_disconnect(self, how: Disconnect) -> Self {
        self.then(End::Disconnect(how))
    }

    /// Keeps the connection after a [`raw`](Self::raw) answer.
    #[must_use]
    pub fn then_keep(self) -> Self {
        self.then(End::Keep)
    }

    /// Keeps the connection after the answer, and ends it once no byte has come on it for `idle`: without notice, so
    /// that a client may think it alive.
    #[must_use]
    pub fn then_disconnect_when_idle(self, idle: Duration, how: Disconnect) -> Self {
        self.then(End::DisconnectWhenIdle(idle, how))
    }

    /// Keeps the connection after the answer, and ends it without an answer as the next request comes on it: by FIN
    /// when that was read to its end, by RST at its first bytes. That request is recorded, but the script is not asked.
    #[must_use]
    pub fn then_disconnect_on_next_request(self, how: Disconnect) -> Self {
        self.then(End::DisconnectOnNextRequest(how))
    }

    fn then(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    fn cut(mut self, length: u64, end: End) -> Self {
        self.end = end;
        self.response(|response| response.cut_after = Some(length))
    }

    #[track_caller]
    fn response(mut self, change: impl FnOnce(&mut Response)) -> Self {
        match &mut self.content {
            Content::Response(response) => change(response),
            Content::Nothing | Content::Raw(_) => {
                panic!("only an HTTP answer has a head and a body")
            }
        }
        self
    }
}
