//! HTTP/1.1, as seen by a client that reads and writes raw bytes.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::{Disconnect, FaultyServer, Reply};

const POST: &[u8] = b"POST /v1/a?b=c HTTP/1.1\r\nHost: x\r\ncontent-length: 2\r\n\r\n{}";
const OK: &str = "HTTP/1.1 200 OK\r\n";
const IDLE: Duration = Duration::from_millis(50);

/// All that comes in response to so many requests, and the error that ends the connection, if there is one.
async fn exchange(requests: usize, reply: Reply) -> (String, Option<ErrorKind>) {
    let server = FaultyServer::start([reply]).await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    client.write_all(&POST.repeat(requests)).await.unwrap();
    let mut bytes = Vec::new();
    let ended = client.read_to_end(&mut bytes).await;

    let recorded = server.requests();
    assert_eq!(recorded.len(), requests);
    assert!(recorded.iter().all(|request| request.raw() == POST));
    assert_eq!(recorded[0].sent_bytes(), bytes.len() as u64);
    let error = ended.err().map(|error| error.kind());
    (String::from_utf8(bytes).unwrap(), error)
}

#[tokio::test]
async fn sends_the_scripted_bytes() {
    let close = "connection: close\r\n\r\n";
    let body = Reply::status(200).body("abc");
    for (reply, expected) in [
        (
            Reply::status(599).header("X-A", "b"),
            format!("HTTP/1.1 599 Unknown\r\nX-A: b\r\ncontent-length: 0\r\n{close}"),
        ),
        (
            body.clone().header("Content-Length", 9),
            format!("{OK}Content-Length: 9\r\n{close}abc"),
        ),
        (
            body.clone().padded_to(5).chunked(),
            format!("{OK}transfer-encoding: chunked\r\n{close}3\r\nabc\r\n2\r\n  \r\n0\r\n\r\n"),
        ),
        (body.until_close(), format!("{OK}{close}abc")),
        (Reply::raw("\0garbage"), "\0garbage".to_owned()),
    ] {
        let reply = reply.then_disconnect(Disconnect::Close);
        assert_eq!(exchange(1, reply).await, (expected, None));
    }
}

#[tokio::test]
async fn ends_connections_as_scripted() {
    let body = Reply::status(200).body("{}");
    let sized = format!("{OK}content-length: 2\r\n\r\n");
    let chunked = format!("{OK}transfer-encoding: chunked\r\n\r\n");
    for (how, error) in [
        (Disconnect::Close, None),
        (Disconnect::Reset, Some(ErrorKind::ConnectionReset)),
    ] {
        let cut = body.clone().cut_after(1, how);
        let on_next_request = body.clone().then_disconnect_on_next_request(how);
        let when_idle = body.clone().then_disconnect_when_idle(IDLE, how);
        for (requests, reply, expected) in [
            (1, Reply::raw("").then_disconnect(how), String::new()),
            (1, cut.clone(), format!("{sized}{{")),
            (1, cut.chunked(), format!("{chunked}1\r\n{{\r\n")),
            (2, on_next_request, format!("{sized}{{}}")),
        ] {
            assert_eq!(exchange(requests, reply).await, (expected, error));
        }
        let begun = Instant::now();
        let whole = format!("{sized}{{}}");
        assert_eq!(exchange(1, when_idle).await, (whole, error));
        assert!(begun.elapsed() >= IDLE);
    }
}
