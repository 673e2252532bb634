//! Serves HTTP/1.1 on one connection: reads a request, records it, responds as scripted, and so on.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::{Buf, Bytes};
use tokio::time::timeout;

use super::connection::{Connection, Disconnect};
use super::log::Log;
use super::reply::{End, Reply};
use super::request::{Head, RecordedRequest};
use super::script::Scripted;

/// What a [`FaultyServer`](super::FaultyServer) does with each request.
pub type Script = Scripted<RecordedRequest, Reply>;

pub(super) async fn serve(
    mut connection: Connection,
    script: Arc<Script>,
    log: Arc<Log<RecordedRequest>>,
) -> io::Result<()> {
    loop {
        let request = read_request(&mut connection, &log).await?;
        if !request.is_complete() {
            return connection.disconnect(Disconnect::Close).await;
        }
        let reply = script.reply(&request);
        connection.pause(reply.delay).await?;
        reply.send(&mut connection).await?;
        match reply.end {
            End::Keep => {}
            End::Disconnect(how) => return connection.disconnect(how).await,
            End::DisconnectOnNextRequest(how) => {
                read_request(&mut connection, &log).await?;
                return connection.disconnect(how).await;
            }
            End::DisconnectWhenIdle(idle, how) => match timeout(idle, connection.receive()).await {
                Ok(received) => drop(received?),
                Err(_) => return connection.disconnect(how).await,
            },
            End::Stall => return connection.until_client_leaves().await,
        }
    }
}

/// Reads the next request and records it, even if it is cut off or malformed; an error says that there is none.
async fn read_request(
    connection: &mut Connection,
    log: &Log<RecordedRequest>,
) -> io::Result<RecordedRequest> {
    if connection.received.is_empty() && !connection.receive().await? {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let arrived_at = Instant::now();
    let parsed = loop {
        let parsed = Head::parse(&connection.received);
        if !matches!(parsed, Ok(None)) || !connection.receive().await.unwrap_or(false) {
            break parsed.ok().flatten();
        }
    };
    let incomplete = || (Head::default(), connection.received.len());
    let (head, length) = parsed.unwrap_or_else(incomplete);
    connection.sent = Arc::default();
    let request = RecordedRequest {
        // Copied, so that a record doesn't keep the connection's buffer alive.
        raw: Bytes::copy_from_slice(&connection.received[..length]),
        head,
        arrived_at,
        sent: Arc::clone(&connection.sent),
    };
    connection.received.advance(length);
    log.send_modify(|events| events.record(request.clone()));
    Ok(request)
}
