//! HTTP/2, as seen by h2's client.

use std::io::ErrorKind;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Error, Ping, PingPong, Reason, RecvStream};
use http::Request;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::{ErrorCode, FaultyHttp2Server, Http2Answer};

async fn connect(server: &FaultyHttp2Server) -> (SendRequest<Bytes>, PingPong) {
    let tcp = TcpStream::connect(server.address()).await.unwrap();
    let (client, mut connection) = h2::client::handshake(tcp).await.unwrap();
    let ping = connection.ping_pong().unwrap();
    tokio::spawn(connection);
    (client, ping)
}

/// The status, and the length of the body or the error that ended it.
async fn post(client: SendRequest<Bytes>) -> Result<(u16, Result<usize, Error>), Error> {
    let request = Request::post("http://x/v1/a").body(()).unwrap();
    let mut client = client.ready().await?;
    let (response, mut body) = client.send_request(request, false)?;
    body.send_data("{}".into(), true)?;
    let (head, body) = response.await?.into_parts();
    Ok((head.status.as_u16(), read(body).await))
}

async fn read(mut body: RecvStream) -> Result<usize, Error> {
    let mut length = 0;
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        length += data.len();
    }
    Ok(length)
}

async fn exchange(answer: Http2Answer) -> Result<(u16, Result<usize, Error>), Error> {
    let server = FaultyHttp2Server::start([answer]).await;
    let answered = post(connect(&server).await.0).await;
    assert_eq!(server.requests()[0].uri().path(), "/v1/a");
    assert_eq!(server.requests()[0].body(), "{}");
    answered
}

#[tokio::test]
async fn responds() {
    let large = Http2Answer::ok("x".repeat(100_000));
    let (status, length) = exchange(large).await.unwrap();
    assert_eq!((status, length.unwrap()), (200, 100_000));
}

#[tokio::test]
async fn agrees_on_http2_over_tls() {
    let answer = Http2Answer::status(429).header("Retry-After", 1);
    let server = FaultyHttp2Server::start_tls([answer]).await;
    let certificate = reqwest::Certificate::from_der(server.certificate().unwrap());
    let client = reqwest::Client::builder().tls_certs_only([certificate.unwrap()]);
    let request = client.build().unwrap().post(server.url());
    let response = request.send().await.unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "1");
}

#[tokio::test]
async fn resets_streams() {
    let internal = Http2Answer::reset_stream(ErrorCode::InternalError);
    for (answer, reason) in [
        (Http2Answer::refused_stream(), Reason::REFUSED_STREAM),
        (internal, Reason::INTERNAL_ERROR),
    ] {
        let error = exchange(answer).await.unwrap_err();
        assert!(error.is_reset() && error.is_remote(), "{error}");
        assert_eq!(error.reason(), Some(reason));
    }
    let cut = Http2Answer::ok("{").then_reset_stream(ErrorCode::Cancel);
    let (status, body) = exchange(cut).await.unwrap();
    let error = body.unwrap_err();
    assert_eq!((status, error.reason()), (200, Some(Reason::CANCEL)));
}

#[tokio::test]
async fn goes_away() {
    let code = ErrorCode::EnhanceYourCalm;
    let unprocessed = exchange(Http2Answer::go_away_unprocessed(code)).await;
    let error = unprocessed.unwrap_err();
    assert!(error.is_go_away() && error.is_remote(), "{error}");
    assert_eq!(error.reason(), Some(Reason::ENHANCE_YOUR_CALM));
    // A stream up to the last one waits for its response, until the connection ends.
    let processed = exchange(Http2Answer::go_away_processed(code)).await;
    let error = processed.unwrap_err();
    assert!(error.is_io(), "{error}");
}

#[tokio::test]
async fn ends_connections() {
    for (answer, is_reset) in [
        (Http2Answer::close_before_answer(), false),
        (Http2Answer::reset_before_answer(), true),
    ] {
        let error = exchange(answer).await.unwrap_err();
        let kind = error.get_io().unwrap().kind();
        assert_eq!(kind == ErrorKind::ConnectionReset, is_reset, "{error}");
    }
}

#[tokio::test]
async fn stays_silent_on_a_stream_or_on_the_connection() {
    let moment = Duration::from_millis(50);
    for (answer, is_alive) in [
        (Http2Answer::never(), true),
        (Http2Answer::silence(), false),
    ] {
        let server = FaultyHttp2Server::start([answer, Http2Answer::ok("")]).await;
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
