//! HTTP/1.1, as seen by a client that reads and writes raw bytes.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::{Answer, Disconnect, FaultyServer};

const POST: &[u8] = b"POST /v1/a?b=c HTTP/1.1\r\nHost: x\r\ncontent-length: 2\r\n\r\n{}";
const OK: &str = "HTTP/1.1 200 OK\r\n";
const HOWS: [(Disconnect, Option<ErrorKind>); 2] = [
    (Disconnect::Close, None),
    (Disconnect::Reset, Some(ErrorKind::ConnectionReset)),
];
const MOMENT: Duration = Duration::from_millis(50);

async fn connect(server: &FaultyServer, request: &[u8]) -> TcpStream {
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    client.write_all(request).await.unwrap();
    client
}

async fn read_until(client: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        bytes.push(client.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// All that comes until the connection ends, and the error that ended it, if there was one.
async fn read_to_end(client: &mut TcpStream) -> (String, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let ended = client.read_to_end(&mut bytes).await;
    let error = ended.err().map(|error| error.kind());
    (String::from_utf8(bytes).unwrap(), error)
}

async fn is_silent(client: &mut TcpStream) -> bool {
    timeout(MOMENT, client.read_u8()).await.is_err()
}

async fn exchange(answer: Answer) -> (String, Option<ErrorKind>) {
    let server = FaultyServer::start([answer]).await;
    let answered = read_to_end(&mut connect(&server, POST).await).await;
    let requests = server.requests();
    assert_eq!((requests.len(), requests[0].raw()), (1, POST));
    assert_eq!(requests[0].answered_bytes(), answered.0.len() as u64);
    answered
}

#[tokio::test]
async fn writes_what_it_is_told() {
    let close = "connection: close\r\n\r\n";
    let body = Answer::status(200).body("abc");
    for (answer, expected) in [
        (
            Answer::status(599).reason("Odd").header("X-A", "b"),
            format!("HTTP/1.1 599 Odd\r\nX-A: b\r\ncontent-length: 0\r\n{close}"),
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
        (Answer::raw("\0garbage"), "\0garbage".to_owned()),
    ] {
        let answer = answer.then_disconnect(Disconnect::Close);
        assert_eq!(exchange(answer).await, (expected, None));
    }
}

#[tokio::test]
async fn ends_connections() {
    for (how, error) in HOWS {
        let nothing = Answer::raw("").then_disconnect(how);
        assert_eq!(exchange(nothing).await, (String::new(), error));

        let cut = |length| Answer::status(200).body("{}").cut_after(length, how);
        let one = format!("{OK}content-length: 2\r\n\r\n{{");
        assert_eq!(exchange(cut(1)).await, (one, error));
        let chunk = format!("{OK}transfer-encoding: chunked\r\n\r\n1\r\n{{\r\n");
        assert_eq!(exchange(cut(1).chunked()).await, (chunk, error));
    }
}

#[tokio::test]
async fn ends_kept_connections() {
    for (how, error) in HOWS {
        let kept = Answer::ok("{}").then_disconnect_on_next_request(how);
        let server = FaultyServer::start([kept]).await;
        let mut client = connect(&server, POST).await;
        let head = read_until(&mut client, "{}").await;
        assert!(!head.contains("connection:"), "{head}");
        assert!(is_silent(&mut client).await);
        client.write_all(POST).await.unwrap();
        assert_eq!(read_to_end(&mut client).await, (String::new(), error));
        assert_eq!(server.requests()[1].raw(), POST);

        let begun = Instant::now();
        let idle = Answer::ok("{}").then_disconnect_when_idle(MOMENT, how);
        let (text, ended) = exchange(idle).await;
        assert!(text.ends_with("{}") && !text.contains("connection:"));
        assert_eq!(ended, error);
        assert!(begun.elapsed() >= MOMENT);
    }
}

#[tokio::test]
async fn stays_silent_until_the_client_leaves() {
    let hour = Duration::from_secs(3600);
    for (answer, last) in [
        (Answer::never(), ""),
        (Answer::ok("{}").delay(hour), ""),
        (Answer::ok("{}").body_delay(hour), "length: 2\r\n\r\n"),
        (Answer::ok("{}").stall_after(1), "length: 2\r\n\r\n{"),
        (Answer::ok("{}").drip_body(hour), "length: 2\r\n\r\n{"),
        (Answer::ok("{}").drip(hour), "H"),
    ] {
        let server = FaultyServer::start([answer]).await;
        let mut client = connect(&server, POST).await;
        read_until(&mut client, last).await;
        server.wait_for_requests(1).await;
        assert!(is_silent(&mut client).await);
        drop(client);
        server.wait_until_disconnected().await;
    }
}
