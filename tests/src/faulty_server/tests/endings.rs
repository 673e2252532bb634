//! How connections end.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use super::super::{Answer, Disconnect, FaultyServer};
use super::{Client, POST, exchange};

#[tokio::test]
async fn closes_or_resets_before_the_answer() {
    for (answer, error) in [
        (Answer::close_before_answer(), None),
        (
            Answer::reset_before_answer(),
            Some(ErrorKind::ConnectionReset),
        ),
        (
            Answer::reset_before_answer().delay(Duration::from_millis(1)),
            Some(ErrorKind::ConnectionReset),
        ),
    ] {
        let server = FaultyServer::start([answer]).await;
        assert_eq!(exchange(&server).await, (String::new(), error));
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert!(requests[0].is_complete());
        assert_eq!(requests[0].answered_bytes(), 0);
    }
}

#[tokio::test]
async fn cuts_the_body() {
    for (how, error) in [
        (Disconnect::Close, None),
        (Disconnect::Reset, Some(ErrorKind::ConnectionReset)),
    ] {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
        for (answer, expected) in [
            (
                Answer::ok("{}").cut_after(1, how),
                format!("{head}content-length: 2\r\n\r\n{{"),
            ),
            (
                Answer::ok("{}").cut_after(2, how),
                format!("{head}content-length: 3\r\n\r\n{{}}"),
            ),
            (
                Answer::ok("").cut_after(0, how),
                format!("{head}content-length: 1\r\n\r\n"),
            ),
            (
                Answer::ok("{}").chunked().cut_after(1, how),
                format!("{head}transfer-encoding: chunked\r\n\r\n1\r\n{{\r\n"),
            ),
        ] {
            let server = FaultyServer::start([answer]).await;
            assert_eq!(exchange(&server).await, (expected, error));
        }
    }
}

#[tokio::test]
async fn stalls_in_the_body() {
    let server = FaultyServer::start([Answer::ok("{}").stall_after(1)]).await;
    let mut client = Client::connect(&server).await;
    client.write(POST).await;
    client.read_until("content-length: 2\r\n\r\n{").await;
    assert!(client.is_silent().await);
    drop(client);
    server.wait_until_disconnected().await;
}

#[tokio::test]
async fn ends_the_connection_after_a_whole_answer() {
    for (how, error) in [
        (Disconnect::Close, None),
        (Disconnect::Reset, Some(ErrorKind::ConnectionReset)),
    ] {
        let server = FaultyServer::start([Answer::ok("{}").then_disconnect(how)]).await;
        let (text, ended_by) = exchange(&server).await;
        assert!(text.ends_with("\r\n\r\n{}"), "{text}");
        assert_eq!(
            text.contains("connection: close\r\n"),
            how == Disconnect::Close
        );
        assert_eq!(ended_by, error);
    }
}

#[tokio::test]
async fn ends_a_kept_connection_as_the_next_request_comes() {
    for (how, error) in [
        (Disconnect::Close, None),
        (Disconnect::Reset, Some(ErrorKind::ConnectionReset)),
    ] {
        let server = FaultyServer::start([
            Answer::ok("1").then_disconnect_on_next_request(how),
            Answer::ok("2"),
        ])
        .await;
        let mut client = Client::connect(&server).await;
        client.write(POST).await;
        assert!(!client.read_until("1").await.contains("connection:"));
        assert!(client.is_silent().await);
        client.write(POST).await;
        assert_eq!(client.read_to_end().await, (String::new(), error));

        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(
            (
                requests[1].raw(),
                requests[1].connection(),
                requests[1].answered_bytes()
            ),
            (POST, 1, 0)
        );

        // The script was not asked for the request that got lost.
        let mut client = Client::connect(&server).await;
        client.write(POST).await;
        client.read_until("2").await;
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn a_reset_on_the_next_request_does_not_wait_for_its_end() {
    let server =
        FaultyServer::start([Answer::ok("1").then_disconnect_on_next_request(Disconnect::Reset)])
            .await;
    let mut client = Client::connect(&server).await;
    client.write(POST).await;
    client.read_until("1").await;
    client.write(b"POST").await;
    assert_eq!(
        client.read_to_end().await,
        (String::new(), Some(ErrorKind::ConnectionReset))
    );
    assert_eq!(server.requests()[1].raw(), b"POST");
    assert!(!server.requests()[1].is_complete());
}

#[tokio::test]
async fn ends_an_idle_connection() {
    let idle = Duration::from_millis(30);
    for (how, error) in [
        (Disconnect::Close, None),
        (Disconnect::Reset, Some(ErrorKind::ConnectionReset)),
    ] {
        let server =
            FaultyServer::start([Answer::ok("1").then_disconnect_when_idle(idle, how)]).await;
        let start = Instant::now();
        let mut client = Client::connect(&server).await;
        client.write(POST).await;
        assert!(!client.read_until("1").await.contains("connection:"));
        assert_eq!(client.read_to_end().await, (String::new(), error));
        assert!(start.elapsed() >= idle);
        assert_eq!(server.request_count(), 1);
    }
}

#[tokio::test]
async fn serves_a_connection_that_is_not_idle() {
    let answer =
        Answer::ok("1").then_disconnect_when_idle(Duration::from_secs(60), Disconnect::Close);
    let server = FaultyServer::start([answer]).await;
    let mut client = Client::connect(&server).await;
    for _ in 0..2 {
        client.write(POST).await;
        client.read_until("1").await;
    }
    assert_eq!((server.request_count(), server.connections()), (2, 1));
}
