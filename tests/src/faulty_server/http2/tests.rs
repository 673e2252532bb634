//! Checks what the server does with frames that are written and read by hand.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::super::tests::Client;
use super::super::{ErrorCode, FaultyHttp2Server, Http2Answer};
use super::frame::{Frame, PREFACE, flag, kind};

struct Peer {
    client: Client,
    received: BytesMut,
}

impl Peer {
    async fn connect(server: &FaultyHttp2Server) -> Self {
        let mut client = Client::connect(server).await;
        client.write(PREFACE).await;
        let mut peer = Self {
            client,
            received: BytesMut::new(),
        };
        peer.write(&[frame(kind::SETTINGS, 0, 0, b"")]).await;
        assert_eq!(peer.next().await, Some(frame(kind::SETTINGS, 0, 0, b"")));
        assert_eq!(
            peer.next().await,
            Some(frame(kind::SETTINGS, flag::ACK, 0, b""))
        );
        peer
    }

    async fn write(&mut self, frames: &[Frame]) {
        let mut bytes = BytesMut::new();
        for frame in frames {
            frame.write(&mut bytes);
        }
        self.client.write(&bytes).await;
    }

    /// Sends requests without a body, in one piece.
    async fn requests(&mut self, streams: &[u32]) {
        self.write(
            &streams
                .iter()
                .map(|&stream| request(stream))
                .collect::<Vec<_>>(),
        )
        .await;
    }

    /// The next frame, `None` at the connection's end by FIN.
    async fn next(&mut self) -> Option<Frame> {
        self.try_next().await.expect("no reset")
    }

    async fn try_next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            if let Some(frame) = Frame::take(&mut self.received) {
                return Ok(Some(frame));
            }
            let bytes = self.client.read().await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            self.received.extend_from_slice(&bytes);
        }
    }
}

fn request(stream: u32) -> Frame {
    frame(
        kind::HEADERS,
        flag::END_HEADERS | flag::END_STREAM,
        stream,
        b"head",
    )
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &'static [u8]) -> Frame {
    Frame {
        kind,
        flags,
        stream,
        payload: Bytes::from_static(payload),
    }
}

#[tokio::test]
async fn answers_and_records() {
    let server = FaultyHttp2Server::start([Http2Answer::ok("{}"), Http2Answer::status(503)]).await;
    let mut peer = Peer::connect(&server).await;
    peer.write(&[
        frame(kind::HEADERS, flag::END_HEADERS, 1, b"head"),
        frame(kind::DATA, flag::END_STREAM, 1, b"body"),
    ])
    .await;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::WINDOW_UPDATE, 0, 0, b"\0\0\0\x04"))
    );
    let head = b"\x08\x03200\0\x0ccontent-type\x10application/json";
    assert_eq!(
        peer.next().await,
        Some(frame(kind::HEADERS, flag::END_HEADERS, 1, head))
    );
    assert_eq!(
        peer.next().await,
        Some(frame(kind::DATA, flag::END_STREAM, 1, b"{}"))
    );

    peer.requests(&[3]).await;
    let flags = flag::END_HEADERS | flag::END_STREAM;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::HEADERS, flags, 3, b"\x08\x03503"))
    );

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (
            requests[0].stream(),
            requests[0].header_block(),
            requests[0].body()
        ),
        (1, &b"head"[..], &b"body"[..])
    );
    assert_eq!((requests[1].stream(), requests[1].connection()), (3, 1));
    assert!(requests[0].arrived_at() <= requests[1].arrived_at());
    assert_eq!(server.gaps().len(), 1);
}

#[tokio::test]
async fn refuses_and_resets_streams() {
    let server = FaultyHttp2Server::start([
        Http2Answer::refused_stream(),
        Http2Answer::reset_stream(ErrorCode::InternalError),
        Http2Answer::status(200)
            .body("{")
            .then_reset_stream(ErrorCode::Cancel),
    ])
    .await;
    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1, 3, 5]).await;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::RST_STREAM, 0, 1, b"\0\0\0\x07"))
    );
    assert_eq!(
        peer.next().await,
        Some(frame(kind::RST_STREAM, 0, 3, b"\0\0\0\x02"))
    );
    assert_eq!(
        peer.next().await,
        Some(frame(kind::HEADERS, flag::END_HEADERS, 5, b"\x08\x03200"))
    );
    assert_eq!(peer.next().await, Some(frame(kind::DATA, 0, 5, b"{")));
    assert_eq!(
        peer.next().await,
        Some(frame(kind::RST_STREAM, 0, 5, b"\0\0\0\x08"))
    );
    assert_eq!((server.request_count(), server.open_connections()), (3, 1));
}

#[tokio::test]
async fn goes_away_below_the_stream() {
    let server = FaultyHttp2Server::start([
        Http2Answer::status(200).delay(Duration::from_millis(50)),
        Http2Answer::go_away_unprocessed(ErrorCode::NoError),
    ])
    .await;
    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1, 3, 5]).await;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::GOAWAY, 0, 0, b"\0\0\0\x01\0\0\0\0"))
    );
    // The stream below is answered, the one above is not.
    let flags = flag::END_HEADERS | flag::END_STREAM;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::HEADERS, flags, 1, b"\x08\x03200"))
    );
    assert_eq!(peer.next().await, None);
    assert_eq!(server.request_count(), 3);
}

#[tokio::test]
async fn goes_away_below_the_first_stream() {
    let server =
        FaultyHttp2Server::start([Http2Answer::go_away_unprocessed(ErrorCode::NoError)]).await;
    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1]).await;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::GOAWAY, 0, 0, b"\0\0\0\0\0\0\0\0"))
    );
    assert_eq!(peer.next().await, None);
}

#[tokio::test]
async fn goes_away_after_the_stream() {
    let server =
        FaultyHttp2Server::start([Http2Answer::go_away_processed(ErrorCode::EnhanceYourCalm)])
            .await;
    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1]).await;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::GOAWAY, 0, 0, b"\0\0\0\x01\0\0\0\x0b"))
    );
    assert_eq!(peer.next().await, None);
}

#[tokio::test]
async fn ends_the_connection() {
    let server = FaultyHttp2Server::start([
        Http2Answer::close_before_answer(),
        Http2Answer::reset_before_answer(),
        Http2Answer::never(),
    ])
    .await;
    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1]).await;
    assert_eq!(peer.next().await, None);

    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1]).await;
    let error = peer.try_next().await.expect_err("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);

    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1]).await;
    peer.write(&[frame(kind::PING, 0, 0, b"12345678")]).await;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::PING, flag::ACK, 0, b"12345678"))
    );
    drop(peer);
    server.wait_until_disconnected().await;
    assert_eq!((server.request_count(), server.connections()), (3, 3));
}

#[tokio::test]
async fn a_late_answer_delays_no_other_and_a_cancelled_one_is_not_sent() {
    let server = FaultyHttp2Server::start([
        Http2Answer::status(500).delay(Duration::from_millis(20)),
        Http2Answer::status(200).delay(Duration::from_millis(60)),
        Http2Answer::status(204),
    ])
    .await;
    let mut peer = Peer::connect(&server).await;
    let cancel = frame(kind::RST_STREAM, 0, 1, b"\0\0\0\x08");
    peer.write(&[request(1), cancel, request(3), request(5)])
        .await;
    let flags = flag::END_HEADERS | flag::END_STREAM;
    assert_eq!(
        peer.next().await,
        Some(frame(kind::HEADERS, flags, 5, b"\x08\x03204"))
    );
    assert_eq!(
        peer.next().await,
        Some(frame(kind::HEADERS, flags, 3, b"\x08\x03200"))
    );
}

#[tokio::test]
async fn reads_padding_priority_and_continuation() {
    let server = FaultyHttp2Server::start([Http2Answer::status(200)]).await;
    let mut peer = Peer::connect(&server).await;
    let flags = flag::PADDED | flag::PRIORITY | flag::END_STREAM;
    peer.write(&[
        frame(kind::HEADERS, flags, 1, b"\x02\0\0\0\0\x10head\0\0"),
        frame(kind::CONTINUATION, flag::END_HEADERS, 1, b"more"),
    ])
    .await;
    assert_eq!(
        peer.next().await.map(|frame| frame.kind),
        Some(kind::HEADERS)
    );
    assert_eq!(server.requests()[0].header_block(), b"headmore");

    // Padding that is longer than its frame.
    peer.write(&[frame(kind::HEADERS, flag::PADDED, 3, b"\x09x")])
        .await;
    server.wait_until_disconnected().await;
}

#[tokio::test]
async fn long_values_and_bodies_come_in_pieces() {
    let answer = Http2Answer::status(200)
        .header("A", "x".repeat(300))
        .body("y".repeat(65_535));
    let server = FaultyHttp2Server::start([answer]).await;
    let mut peer = Peer::connect(&server).await;
    peer.requests(&[1]).await;
    let head = peer.next().await.expect("a head").payload;
    // 300 = 127 + 173, and 173 = 0x80 + 45.
    assert!(
        head.starts_with(b"\x08\x03200\0\x01a\x7f\xad\x01xxx"),
        "{head:?}"
    );
    let mut lengths = Vec::new();
    loop {
        let data = peer.next().await.expect("the body");
        lengths.push(data.payload.len());
        if data.has(flag::END_STREAM) {
            break;
        }
    }
    assert_eq!(lengths, [16_384, 16_384, 16_384, 16_383]);
}

#[tokio::test]
async fn tells_of_clients_that_speak_something_else() {
    let server = FaultyHttp2Server::start([Http2Answer::status(200)]).await;
    let mut client = Client::connect(&server).await;
    client.write(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    server.wait_until_disconnected().await;
    assert_eq!(
        server.failed_handshakes(),
        ["the client does not speak HTTP/2"]
    );
    assert_eq!(server.request_count(), 0);
}
