//! Checks each thing that the server can do, as seen by a client that reads and writes raw bytes.

mod answers;
mod endings;
mod lifecycle;
mod requests;
mod tls;

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Server;

/// Long enough that a loaded machine doesn't reach it, short enough that a test fails rather than hangs.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

const POST: &[u8] =
    b"POST /v1/sign_in_tokens?a=b HTTP/1.1\r\nHost: x\r\ncontent-length: 2\r\n\r\n{}";

pub(super) struct Client {
    stream: TcpStream,
}

impl Client {
    pub(super) async fn connect<Request: Clone + Send + Sync + 'static>(
        server: &Server<Request>,
    ) -> Self {
        let stream = TcpStream::connect(server.address())
            .await
            .expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) {
        self.stream
            .write_all(bytes)
            .await
            .expect("the connection is open");
    }

    /// The next bytes, none at the end.
    pub(super) async fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; 64 * 1024];
        let count = timeout(PATIENCE, self.stream.read(&mut bytes))
            .await
            .expect("something to read")?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// All that comes until `end` has come.
    async fn read_until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let bytes = self.read().await.expect("the connection is open");
            assert!(!bytes.is_empty(), "the connection ended after {text:?}");
            text += str::from_utf8(&bytes).expect("text");
        }
        text
    }

    /// All that comes until the connection ends, and by which error it ended, if by one.
    pub(super) async fn read_to_end(&mut self) -> (String, Option<io::ErrorKind>) {
        let mut text = String::new();
        loop {
            match self.read().await {
                Ok(bytes) if bytes.is_empty() => return (text, None),
                Ok(bytes) => text += str::from_utf8(&bytes).expect("text"),
                Err(error) => return (text, Some(error.kind())),
            }
        }
    }

    /// Whether nothing comes for a moment.
    async fn is_silent(&mut self) -> bool {
        timeout(Duration::from_millis(50), self.stream.read_u8())
            .await
            .is_err()
    }
}

/// Sends one request on a connection of its own and reads until the connection ends.
async fn exchange(server: &super::FaultyServer) -> (String, Option<io::ErrorKind>) {
    let mut client = Client::connect(server).await;
    client.write(POST).await;
    client.read_to_end().await
}
