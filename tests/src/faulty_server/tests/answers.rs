//! What answers look like on the wire, and when they come.

use std::time::{Duration, Instant};

use super::super::{Answer, Disconnect, FaultyServer};
use super::{Client, POST, exchange};

const SHORT: Duration = Duration::from_millis(60);

/// What comes for `answer`, on a connection that ends after it.
async fn on_the_wire(answer: Answer) -> String {
    let server = FaultyServer::start([answer]).await;
    let mut client = Client::connect(&server).await;
    client
        .write(b"POST / HTTP/1.1\r\nConnection: close\r\n\r\n")
        .await;
    let (text, error) = client.read_to_end().await;
    assert_eq!(error, None);
    assert_eq!(server.requests()[0].answered_bytes(), text.len() as u64);
    text
}

#[tokio::test]
async fn writes_what_it_is_told() {
    let end = "connection: close\r\n\r\n";
    let table = [
        (
            Answer::ok("{}"),
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n{end}{{}}"
            ),
        ),
        (
            Answer::status(200),
            format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{end}"),
        ),
        (
            Answer::status(204),
            format!("HTTP/1.1 204 No Content\r\n{end}"),
        ),
        (
            Answer::status(599).reason("Odd").header("X-A", "b"),
            format!("HTTP/1.1 599 Odd\r\nX-A: b\r\ncontent-length: 0\r\n{end}"),
        ),
        (
            Answer::status(502).html("<html>"),
            format!(
                "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html; charset=UTF-8\r\ncontent-length: 6\r\n{end}<html>"
            ),
        ),
        (
            Answer::ok("{").content_type("text/plain"),
            format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 1\r\n{end}{{"),
        ),
        (
            Answer::ok("{").without_header("Content-Type"),
            format!("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n{end}{{"),
        ),
        (
            Answer::redirect(307, "http://localhost:1/"),
            format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://localhost:1/\r\ncontent-length: 0\r\n{end}"
            ),
        ),
        (
            Answer::status(200).body("abc").header("Content-Length", 1),
            format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n{end}abc"),
        ),
        (
            Answer::status(200).body("abc").padded_to(5).chunked(),
            format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n{end}3\r\nabc\r\n2\r\n  \r\n0\r\n\r\n"
            ),
        ),
        (
            Answer::status(200).body("abc").until_close(),
            format!("HTTP/1.1 200 OK\r\n{end}abc"),
        ),
        (Answer::raw("\0garbage"), "\0garbage".to_owned()),
    ];
    for (answer, expected) in table {
        assert_eq!(on_the_wire(answer).await, expected);
    }
}

#[tokio::test]
async fn a_raw_answer_may_keep_the_connection() {
    let server = FaultyServer::start([Answer::raw("ping").then_keep(), Answer::raw("pong")]).await;
    let mut client = Client::connect(&server).await;
    client.write(POST).await;
    client.read_until("ping").await;
    client.write(POST).await;
    assert_eq!(client.read_to_end().await, ("pong".to_owned(), None));
}

#[test]
#[should_panic(expected = "only an HTTP answer has a head")]
fn no_answer_has_no_header() {
    drop(Answer::never().header("a", "b"));
}

#[tokio::test]
async fn sends_64_mib_by_stated_length_and_in_chunks() {
    let length = 64 << 20;
    for (answer, overhead) in [
        (Answer::ok("{}").padded_to(length), 0),
        // 1024 chunks of "10000\r\n…\r\n", one of "2\r\n…\r\n" and a shorter last one, and the end.
        (
            Answer::ok("{}").padded_to(length).chunked(),
            1023 * 9 + 5 + 8 + 5,
        ),
    ] {
        let server = FaultyServer::start([answer.then_disconnect(Disconnect::Close)]).await;
        let mut client = Client::connect(&server).await;
        client.write(POST).await;
        let mut head = String::new();
        let mut count = 0;
        loop {
            let bytes = client.read().await.expect("the whole body");
            if bytes.is_empty() {
                break;
            }
            count += bytes.len() as u64;
            if !head.contains("\r\n\r\n") {
                head += str::from_utf8(&bytes).expect("text");
            }
        }
        let head = head.find("\r\n\r\n").expect("a head") as u64 + 4;
        assert_eq!(count, head + length + overhead);
        assert_eq!(server.requests()[0].answered_bytes(), count);
    }
}

#[tokio::test]
async fn stops_quietly_when_the_client_leaves_a_long_body() {
    let bodies = [
        Answer::ok("{}").padded_to(64 << 20),
        Answer::ok("{}").padded_for_ever().chunked(),
    ];
    for answer in bodies {
        let server = FaultyServer::start([answer]).await;
        let mut client = Client::connect(&server).await;
        client.write(POST).await;
        client.read().await.expect("the head");
        drop(client);
        server.wait_until_disconnected().await;
        let sent = server.requests()[0].answered_bytes();
        assert!((1..64 << 20).contains(&sent), "{sent}");
    }
}

#[tokio::test]
async fn answers_late() {
    let server = FaultyServer::start([Answer::ok("{}").delay(SHORT)]).await;
    let mut client = Client::connect(&server).await;
    let start = Instant::now();
    client.write(POST).await;
    client.read_until("{}").await;
    assert!(start.elapsed() >= SHORT);
}

#[tokio::test]
async fn sends_the_head_before_the_body() {
    let server = FaultyServer::start([
        Answer::ok("{}").body_delay(SHORT),
        Answer::ok("{}").body_delay(Duration::from_secs(3600)),
    ])
    .await;
    let mut client = Client::connect(&server).await;
    let start = Instant::now();
    client.write(POST).await;
    client.read_until("{}").await;
    assert!(start.elapsed() >= SHORT);

    client.write(POST).await;
    client.read_until("content-length: 2\r\n\r\n").await;
    assert!(client.is_silent().await);
}

#[tokio::test]
async fn sends_a_byte_at_a_time() {
    let interval = Duration::from_millis(10);
    let drips = [
        Answer::raw("0123456789").drip(interval),
        Answer::status(200).drip(interval).until_close(),
        Answer::ok("0123456789").drip_body(interval).until_close(),
        Answer::ok("0123456789")
            .drip_body(interval)
            .chunked()
            .then_disconnect(Disconnect::Close),
    ];
    for answer in drips {
        let server = FaultyServer::start([answer]).await;
        let start = Instant::now();
        let (text, error) = exchange(&server).await;
        assert_eq!(error, None);
        assert!(text.len() >= 10);
        assert!(start.elapsed() >= 9 * interval, "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn drips_for_ever_until_the_client_leaves() {
    let answer = Answer::ok("")
        .padded_for_ever()
        .drip_body(Duration::from_secs(3600));
    let server = FaultyServer::start([answer]).await;
    let mut client = Client::connect(&server).await;
    client.write(POST).await;
    let text = client.read_until("\r\n\r\n ").await;
    assert!(text.contains("content-length: 1099511627776\r\n"), "{text}");
    assert!(client.is_silent().await);
    drop(client);
    server.wait_until_disconnected().await;
}

#[tokio::test]
async fn never_answers() {
    let server = FaultyServer::start([Answer::never()]).await;
    let mut client = Client::connect(&server).await;
    client.write(POST).await;
    server.wait_for_requests(1).await;
    assert!(client.is_silent().await);
    assert_eq!(server.open_connections(), 1);
    drop(client);
    server.wait_until_disconnected().await;
    assert_eq!(server.requests()[0].answered_bytes(), 0);
}
