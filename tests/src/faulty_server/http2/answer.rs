//! What a server does with one HTTP/2 request, as a script says it.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;

use super::super::connection::Disconnect;

/// The longest body that fits in the window which every client has at first. The server keeps no account of windows.
const LONGEST_BODY: usize = 65_535;

/// What happens to one request, after it was read to its end.
#[derive(Clone, Debug)]
pub struct Http2Answer {
    pub(super) delay: Duration,
    pub(super) action: Action,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    Respond(Response),
    ResetStream(ErrorCode),
    GoAway { code: ErrorCode, processed: bool },
    Disconnect(Disconnect),
    Never,
}

#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) then_reset: Option<ErrorCode>,
}

/// Why a stream or connection ends: the codes of RFC 9113, section 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub enum ErrorCode {
    NoError = 0x0,
    ProtocolError = 0x1,
    InternalError = 0x2,
    FlowControlError = 0x3,
    SettingsTimeout = 0x4,
    StreamClosed = 0x5,
    FrameSizeError = 0x6,
    RefusedStream = 0x7,
    Cancel = 0x8,
    CompressionError = 0x9,
    ConnectError = 0xa,
    EnhanceYourCalm = 0xb,
    InadequateSecurity = 0xc,
    Http11Required = 0xd,
}

impl Http2Answer {
    fn new(action: Action) -> Self {
        Self {
            delay: Duration::ZERO,
            action,
        }
    }

    /// 200 with a JSON body.
    pub fn ok(body: impl Into<Bytes>) -> Self {
        Self::status(200)
            .header("content-type", "application/json")
            .body(body)
    }

    /// An answer with that status, without a body or content type.
    pub fn status(status: u16) -> Self {
        Self::new(Action::Respond(Response {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            then_reset: None,
        }))
    }

    /// RST_STREAM with REFUSED_STREAM: the protocol says that the request was not processed.
    pub fn refused_stream() -> Self {
        Self::reset_stream(ErrorCode::RefusedStream)
    }

    /// RST_STREAM instead of an answer.
    pub fn reset_stream(code: ErrorCode) -> Self {
        Self::new(Action::ResetStream(code))
    }

    /// GOAWAY with a last stream below the request's: the protocol says that it was not processed. Lower streams are
    /// still answered, later ones are not; then the connection ends by FIN.
    pub fn go_away_unprocessed(code: ErrorCode) -> Self {
        Self::new(Action::GoAway {
            code,
            processed: false,
        })
    }

    /// GOAWAY with the request's stream as the last: it may have been processed. It is not answered; the connection
    /// ends by FIN.
    pub fn go_away_processed(code: ErrorCode) -> Self {
        Self::new(Action::GoAway {
            code,
            processed: true,
        })
    }

    /// The connection ends by FIN, without a frame that says so.
    pub fn close_before_answer() -> Self {
        Self::new(Action::Disconnect(Disconnect::Close))
    }

    /// The connection ends by RST.
    pub fn reset_before_answer() -> Self {
        Self::new(Action::Disconnect(Disconnect::Reset))
    }

    /// No answer; the stream stays open.
    pub fn never() -> Self {
        Self::new(Action::Never)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(self, name: impl Into<String>, value: impl Display) -> Self {
        // HTTP/2 has no upper case in names; clients take it for a broken protocol.
        self.response(|response| {
            response
                .headers
                .push((name.into().to_ascii_lowercase(), value.to_string()))
        })
    }

    /// The body.
    ///
    /// # Panics
    ///
    /// If it is longer than 65,535 bytes, which a client need not take at once.
    #[must_use]
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        assert!(
            body.len() <= LONGEST_BODY,
            "a body over HTTP/2 has at most {LONGEST_BODY} bytes"
        );
        self.response(|response| response.body = body)
    }

    /// Ends the stream after head and body by RST_STREAM, so that the body is cut off.
    #[must_use]
    pub fn then_reset_stream(self, code: ErrorCode) -> Self {
        self.response(|response| response.then_reset = Some(code))
    }

    /// Waits before the answer, or before what comes in its place. Other streams are served meanwhile.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    #[track_caller]
    fn response(mut self, change: impl FnOnce(&mut Response)) -> Self {
        match &mut self.action {
            Action::Respond(response) => change(response),
            _ => panic!("only an HTTP answer has a head and a body"),
        }
        self
    }
}
