//! Serves HTTP/2 on one connection, as far as a client's retries depend on it.

use std::fmt::Display;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{HeaderName, HeaderValue, Request, Response};
use tokio::task::JoinSet;

use super::connection::{Connection, Disconnect, Stream};
use super::log::Log;
use super::script::Scripted;

/// One request that a [`FaultyHttp2Server`](super::FaultyHttp2Server) read.
pub type Http2Request = Request<Bytes>;

/// What a [`FaultyHttp2Server`](super::FaultyHttp2Server) does with each request.
pub type Http2Script = Scripted<Http2Request, Http2Reply>;

/// What happens to one request after it was read whole.
#[must_use]
#[derive(Clone, Debug)]
pub struct Http2Reply {
    response: Option<Response<Bytes>>,
    end: End,
}

/// What follows the response, or comes in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Keep,
    ResetStream(Reason),
    /// GOAWAY; the last stream lies so far below the request's.
    GoAway(Reason, u32),
    Disconnect(Disconnect),
    Silence,
}

impl Http2Reply {
    fn without_response(end: End) -> Self {
        Self {
            response: None,
            end,
        }
    }

    /// 200 with a JSON body.
    pub fn ok(body: impl Into<Bytes>) -> Self {
        Self::status(200)
            .header("content-type", "application/json")
            .body(body)
    }

    /// A response with that status, without a body or content type.
    pub fn status(status: u16) -> Self {
        let response = Response::builder().status(status).body(Bytes::new());
        Self {
            response: Some(response.expect("a status")),
            end: End::Keep,
        }
    }

    /// RST_STREAM with REFUSED_STREAM: the protocol says that the request was not processed.
    pub fn refused_stream() -> Self {
        Self::reset_stream(Reason::REFUSED_STREAM)
    }

    /// RST_STREAM instead of a response.
    pub fn reset_stream(code: Reason) -> Self {
        Self::without_response(End::ResetStream(code))
    }

    /// GOAWAY with a last stream below the request's, which says that it was not processed; then FIN.
    pub fn go_away_unprocessed(code: Reason) -> Self {
        // A client's streams have odd numbers; 0 says that not even the first was processed.
        Self::without_response(End::GoAway(code, 2))
    }

    /// GOAWAY with the request's stream as the last: it may have been processed. Then FIN, without a response.
    pub fn go_away_processed(code: Reason) -> Self {
        Self::without_response(End::GoAway(code, 0))
    }

    /// The connection ends by FIN, without a frame that says so.
    pub fn close_before_response() -> Self {
        Self::without_response(End::Disconnect(Disconnect::Close))
    }

    /// The connection ends by RST.
    pub fn reset_before_response() -> Self {
        Self::without_response(End::Disconnect(Disconnect::Reset))
    }

    /// No response; the stream stays open, and the connection works: it responds to PING and other requests.
    pub fn never() -> Self {
        Self::without_response(End::Keep)
    }

    /// From this request on, the connection stays open and sends nothing, neither a response nor a PING's.
    pub fn silence() -> Self {
        Self::without_response(End::Silence)
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: impl Display) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        let value = HeaderValue::from_str(&value.to_string()).expect("a header's value");
        self.response(|response| _ = response.headers_mut().append(name, value))
    }

    /// The body.
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        self.response(|response| *response.body_mut() = body.into())
    }

    /// Ends the stream after head and body by RST_STREAM, so that the body is cut off.
    pub fn then_reset_stream(mut self, code: Reason) -> Self {
        self.end = End::ResetStream(code);
        self
    }

    fn response(mut self, change: impl FnOnce(&mut Response<Bytes>)) -> Self {
        change(self.response.as_mut().expect("a response"));
        self
    }
}

pub(super) async fn serve(
    mut connection: Connection,
    script: Arc<Http2Script>,
    log: Arc<Log<Http2Request>>,
) -> io::Result<()> {
    let ended = serve_streams(&mut connection.stream, &script, &log).await;
    let Some((last_frame, how)) = ended else {
        return Ok(());
    };
    connection.send(&last_frame).await?;
    match how {
        Some(how) => connection.disconnect(how).await,
        None => connection.until_client_leaves().await,
    }
}

/// Serves until the script ends the connection, and returns what is left to do without h2: a frame to send, and how to
/// disconnect, if at all. `None` means that the client ended it.
async fn serve_streams(
    stream: &mut Stream,
    script: &Http2Script,
    log: &Log<Http2Request>,
) -> Option<(Vec<u8>, Option<Disconnect>)> {
    let mut http2 = h2::server::handshake(stream).await.ok()?;
    let mut reading = JoinSet::new();
    // A stream whose handle is dropped would be reset.
    let mut without_response = Vec::new();
    // The highest stream whose request was processed: a GOAWAY must not say of it that it wasn't.
    let mut processed = 0;
    loop {
        let (request, mut respond) = tokio::select! {
            accepted = http2.accept() => {
                let (request, respond) = accepted?.ok()?;
                reading.spawn(async { Some((read(request).await.ok()?, respond)) });
                continue;
            }
            Some(read) = reading.join_next() => match read {
                Ok(Some(read)) => read,
                // The client has reset the stream.
                _ => continue,
            }
        };
        log.send_modify(|events| events.record(request.clone()));
        let reply = script.reply(&request);
        let stream = u32::from(respond.stream_id());
        if !matches!(reply.end, End::GoAway(..)) {
            processed = processed.max(stream);
        }
        if let Some(response) = reply.response {
            // An error means that the client has reset the stream.
            drop(send(&mut respond, response, reply.end == End::Keep));
        } else if reply.end == End::Keep {
            without_response.push(respond);
            continue;
        }
        match reply.end {
            End::Keep => {}
            End::ResetStream(code) => {
                // A reset discards what h2 has not written yet.
                poll_fn(|context| Poll::Ready(http2.poll_closed(context).is_ready())).await;
                respond.send_reset(code);
            }
            End::GoAway(code, below) => {
                let last_stream = stream.saturating_sub(below).max(processed);
                return Some((go_away(last_stream, code), Some(Disconnect::Close)));
            }
            End::Disconnect(how) => return Some((Vec::new(), Some(how))),
            End::Silence => return Some((Vec::new(), None)),
        }
    }
}

fn send(
    respond: &mut SendResponse<Bytes>,
    response: Response<Bytes>,
    is_end: bool,
) -> Result<(), h2::Error> {
    let (head, body) = response.into_parts();
    let mut stream = respond.send_response(Response::from_parts(head, ()), false)?;
    stream.send_data(body, is_end)
}

async fn read(request: Request<RecvStream>) -> Result<Http2Request, h2::Error> {
    let (head, mut stream) = request.into_parts();
    let mut body = BytesMut::new();
    while let Some(data) = stream.data().await {
        let data = data?;
        stream.flow_control().release_capacity(data.len())?;
        body.extend_from_slice(&data);
    }
    Ok(Request::from_parts(head, body.freeze()))
}

/// A GOAWAY frame (RFC 9113, section 6.8). h2 can't send one for a stream that it read but did not process.
fn go_away(last_stream: u32, code: Reason) -> Vec<u8> {
    let head = [0, 0, 8, 7, 0, 0, 0, 0, 0];
    let last_stream = last_stream.to_be_bytes();
    let code = u32::from(code).to_be_bytes();
    [&head[..], &last_stream, &code].concat()
}
