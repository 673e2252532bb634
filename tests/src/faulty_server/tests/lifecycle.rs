//! What remains of a server that is gone.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::Handle;

use super::super::{Answer, FaultyServer, RefusedPort};
use super::{Client, POST};

#[tokio::test]
async fn ends_its_tasks_when_dropped() {
    let before = Handle::current().metrics().num_alive_tasks();
    let server = FaultyServer::start([
        Answer::never(),
        Answer::ok("").delay(Duration::from_secs(3600)),
    ])
    .await;
    let mut clients = Vec::new();
    for count in 1..=3 {
        let mut client = Client::connect(&server).await;
        client.write(POST).await;
        clients.push(client);
        server.wait_for_requests(count).await;
    }
    assert_eq!(server.open_connections(), 3);
    drop(server);
    for client in &mut clients {
        let (text, _) = client.read_to_end().await;
        assert_eq!(text, "");
    }
    assert_eq!(Handle::current().metrics().num_alive_tasks(), before);
}

#[tokio::test]
async fn frees_its_port_when_stopped() {
    let server = FaultyServer::start([Answer::never()]).await;
    let address = server.address();
    drop(Client::connect(&server).await);
    server.stop().await;
    let error = TcpStream::connect(address)
        .await
        .expect_err("nothing listens");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_refused_port_refuses() {
    let port = RefusedPort::take();
    let address = port
        .url()
        .strip_prefix("http://")
        .expect("plain text")
        .to_owned();
    let error = TcpStream::connect(address)
        .await
        .expect_err("nothing listens");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn takes_many_connections() {
    let server = FaultyServer::start([Answer::ok("{}")]).await;
    for _ in 0..200 {
        let mut client = Client::connect(&server).await;
        client.write(POST).await;
        client.read_until("{}").await;
    }
    assert_eq!((server.connections(), server.request_count()), (200, 200));
    server.wait_until_disconnected().await;
}
