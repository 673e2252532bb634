//! A server on the loopback interface that answers every request with a sign-in token, for the contenders to talk to.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

/// The id of the token.
pub(crate) const TOKEN_ID: &str = "sit_1";

/// How long one client may keep the next waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// The server; it runs as long as this process does.
pub(crate) struct Server {
    url: String,
}

impl Server {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no port")?;
        let address = listener.local_addr().context("the port has no address")?;
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // The contender tells of whatever goes wrong.
                let _ = answer(&stream);
            }
        });
        Ok(Self {
            url: format!("http://{address}"),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Reads one request, and answers it.
fn answer(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    let body = json!({
        "object": "sign_in_token",
        "id": TOKEN_ID,
        "user_id": "user_1",
        "status": "pending",
        "token": "ticket",
        "url": "https://accounts.example.test/sign-in",
        "created_at": 1_638_000_669_544_i64,
        "updated_at": 1_638_000_669_544_i64,
    });
    let body = body.to_string();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_is_answered_with_a_token() {
        let server = Server::start().unwrap();
        for _ in 0..2 {
            let address = server.url().strip_prefix("http://").unwrap();
            let mut stream = TcpStream::connect(address).unwrap();
            stream
                .write_all(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
                .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(
                answer.starts_with("HTTP/1.1 200 ") && answer.contains(TOKEN_ID),
                "{answer}"
            );
        }
    }
}
