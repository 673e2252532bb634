//! HTTP/2, as seen by h2's client.

use std::io::ErrorKind;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Error, Ping, PingPong};
use http::Request;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::{FaultyHttp2Server, Http2Reply, Reason};

async fn connect(server: &FaultyHttp2Server) -> (SendRequest<Bytes>, PingPong) {
    let tcp = TcpStream::connect(server.address()).await.unwrap();
    let (client, mut connection) = h2::client::handshake(tcp).await.unwrap();
    let ping = connection.ping_pong().unwrap();
    tokio::spawn(connection);
    (client, ping)
}

/// Sends a request, and describes what comes: status, headers, and the length of the body or what ended it.
async fn post(client: SendRequest<Bytes>) -> Result<String, Error> {
    let request = Request::post("http://x/v1/a").body(()).unwrap();
    let mut client = client.ready().await?;
    let (response, mut body) = client.send_request(request, false)?;
    body.send_data("{}".into(), true)?;
    let (head, mut body) = response.await?.into_parts();
    let mut received = format!("{} {:?}", head.status.as_u16(), head.headers);
    let mut length = 0;
    while let Some(data) = body.data().await {
        match data {
            Ok(data) => {
                body.flow_control().release_capacity(data.len())?;
                length += data.len();
            }
            Err(error) => return Ok(format!("{received} {}", describe(&error))),
        }
    }
    received += &format!(" {length} bytes");
    Ok(received)
}

/// What the server did to a stream or connection.
fn describe(error: &Error) -> String {
    if let Some(error) = error.get_io() {
        let is_reset = error.kind() == ErrorKind::ConnectionReset;
        return if is_reset { "RST" } else { "FIN" }.to_owned();
    }
    assert!(error.is_remote(), "{error}");
    let frame = if error.is_go_away() {
        "GOAWAY"
    } else {
        "RST_STREAM"
    };
    format!("{frame} {:?}", error.reason().unwrap())
}

#[tokio::test]
async fn responds_and_fails_as_scripted() {
    let calm = Reason::ENHANCE_YOUR_CALM;
    let large = Http2Reply::ok("x".repeat(100_000));
    let limited = Http2Reply::status(429).header("Retry-After", 1);
    let cut = Http2Reply::ok("{").then_reset_stream(Reason::CANCEL);
    let internal_error = Http2Reply::reset_stream(Reason::INTERNAL_ERROR);
    let json = r#"200 {"content-type": "application/json"}"#;
    for (reply, expected) in [
        (large, &*format!("{json} 100000 bytes")),
        (limited, r#"429 {"retry-after": "1"} 0 bytes"#),
        (cut, &*format!("{json} RST_STREAM CANCEL")),
        (Http2Reply::refused_stream(), "RST_STREAM REFUSED_STREAM"),
        (internal_error, "RST_STREAM INTERNAL_ERROR"),
        (
            Http2Reply::go_away_unprocessed(calm),
            "GOAWAY ENHANCE_YOUR_CALM",
        ),
        // A stream up to the last one waits for its response, until the connection ends.
        (Http2Reply::go_away_processed(calm), "FIN"),
        (Http2Reply::close_before_response(), "FIN"),
        (Http2Reply::reset_before_response(), "RST"),
    ] {
        let server = FaultyHttp2Server::start([reply]).await;
        let result = post(connect(&server).await.0).await;
        assert_eq!(result.unwrap_or_else(|error| describe(&error)), expected);
        assert_eq!(server.requests()[0].uri().path(), "/v1/a");
        assert_eq!(server.requests()[0].body(), "{}");
    }
}

#[tokio::test]
async fn stays_silent_on_a_stream_or_on_the_connection() {
    let moment = Duration::from_millis(50);
    for (reply, is_alive) in [(Http2Reply::never(), true), (Http2Reply::silence(), false)] {
        let server = FaultyHttp2Server::start([reply, Http2Reply::ok("")]).await;
        let (client, mut ping) = connect(&server).await;
        let mut first = tokio::spawn(post(client.clone()));
        server.wait_for_requests(1).await;
        assert!(timeout(moment, &mut first).await.is_err());
        let limit = if is_alive { 200 * moment } else { moment };
        let pong = timeout(limit, ping.ping(Ping::opaque())).await;
        assert_eq!(pong.is_ok(), is_alive);
        assert_eq!(timeout(limit, post(client)).await.is_ok(), is_alive);
    }
}
