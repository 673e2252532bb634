//! How requests are read, recorded and counted.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::super::{Answer, FaultyServer, Script};
use super::{Client, POST};

#[tokio::test]
async fn records_each_request_byte_for_byte() {
    let server = FaultyServer::start([Answer::ok("{}")]).await;
    let mut client = Client::connect(&server).await;
    let before = Instant::now();
    client.write(POST).await;
    client.read_until("{}").await;

    let requests = server.requests();
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(request.raw(), POST);
    assert!(request.is_complete());
    assert_eq!(
        (request.method(), request.path()),
        ("POST", "/v1/sign_in_tokens?a=b")
    );
    assert_eq!(request.headers().len(), 2);
    assert_eq!(request.header("HOST"), Some("x"));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.body(), b"{}");
    assert_eq!(request.connection(), 1);
    assert!((before..=Instant::now()).contains(&request.arrived_at()));
    assert!(request.answered_bytes() > 2);
}

#[tokio::test]
async fn reads_chunked_bodies() {
    let raw = b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nx: y\r\n\r\n";
    let server = FaultyServer::start([Answer::ok("{}")]).await;
    let mut client = Client::connect(&server).await;
    client.write(raw).await;
    client.read_until("{}").await;

    let request = &server.requests()[0];
    assert_eq!(request.raw(), raw);
    assert_eq!(request.body(), b"abc0123456789");
}

#[tokio::test]
async fn reads_requests_in_pieces_and_several_at_once() {
    let server = FaultyServer::start([Answer::ok("1"), Answer::ok("2"), Answer::ok("3")]).await;
    let mut client = Client::connect(&server).await;
    for byte in POST {
        client.write(&[*byte]).await;
    }
    client.read_until("1").await;
    client.write(&[POST, POST].concat()).await;
    client.read_until("3").await;

    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests
            .iter()
            .all(|request| request.raw() == POST && request.connection() == 1)
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn records_requests_that_were_cut_off_or_are_no_http() {
    let server = FaultyServer::start([Answer::ok("{}")]).await;
    let broken: [&[u8]; 5] = [
        &POST[..POST.len() - 1],
        b"POST",
        b"\x16\x03\x01\x02\x00",
        b"POST /\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n",
    ];
    for (index, bytes) in broken.into_iter().enumerate() {
        let mut client = Client::connect(&server).await;
        client.write(bytes).await;
        drop(client);
        server.wait_for_requests(index + 1).await;
    }

    assert_eq!(server.connections(), broken.len());
    for (request, bytes) in server.requests().iter().zip(broken) {
        assert_eq!(request.raw(), bytes);
        assert!(!request.is_complete());
        assert_eq!(
            (request.method(), request.path(), request.body()),
            ("", "", &b""[..])
        );
        assert_eq!(request.answered_bytes(), 0);
    }
}

#[tokio::test]
async fn tells_when_requests_came() {
    let server = FaultyServer::start([Answer::ok("{}")]).await;
    let mut client = Client::connect(&server).await;
    for _ in 0..2 {
        client.write(POST).await;
        client.read_until("{}").await;
        sleep(Duration::from_millis(40)).await;
    }

    let gaps = server.gaps();
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0] >= Duration::from_millis(40), "{gaps:?}");
}

#[tokio::test]
async fn forgets_requests_but_not_their_number() {
    let server = FaultyServer::start([Answer::ok("{}")]).await;
    let mut client = Client::connect(&server).await;
    client.write(POST).await;
    client.read_until("{}").await;
    server.forget_requests();

    assert_eq!(
        (
            server.requests().len(),
            server.request_count(),
            server.gaps().len()
        ),
        (0, 1, 0)
    );
}

#[tokio::test]
async fn repeats_the_last_answer_of_a_list() {
    let server = FaultyServer::start([Answer::ok("a"), Answer::ok("b")]).await;
    let mut client = Client::connect(&server).await;
    for body in ["a", "b", "b"] {
        client.write(POST).await;
        assert!(
            client
                .read_until(body)
                .await
                .starts_with("HTTP/1.1 200 OK\r\n")
        );
    }
}

#[tokio::test]
async fn asks_a_function_after_the_list() {
    let script = Script::from([Answer::ok("listed")]).then(|index, request| {
        let body = String::from_utf8_lossy(request.body()).into_owned();
        Answer::ok(format!("{index}{body}"))
    });
    let server = FaultyServer::start(script).await;
    let mut client = Client::connect(&server).await;
    for body in ["listed", "1{}", "2{}"] {
        client.write(POST).await;
        client.read_until(body).await;
    }
}

#[tokio::test]
async fn a_function_can_limit_the_rate() {
    let start = Instant::now();
    let script = Script::from_fn(move |index, _| match index {
        0..2 => Answer::ok("{}"),
        _ if start.elapsed() > Duration::from_secs(3600) => Answer::ok("{}"),
        _ => Answer::status(429).header("Retry-After", 1),
    });
    let server = FaultyServer::start(script).await;
    let mut client = Client::connect(&server).await;
    for end in ["{}", "{}", "Retry-After: 1\r\ncontent-length: 0\r\n\r\n"] {
        client.write(POST).await;
        client.read_until(end).await;
    }
}

#[test]
#[should_panic(expected = "at least one answer")]
fn a_script_needs_an_answer() {
    drop(Script::from([]));
}
