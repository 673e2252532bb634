//! Serves HTTP/1.1 on one connection: reads a request, records it, does what the script says, and so on.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::Script;
use super::answer::{Answer, Content, End};
use super::connection::{Connection, Disconnect};
use super::log::Log;
use super::request::{Parts, RecordedRequest};

/// Lets the client read what was sent before an RST, which may overtake it.
const BEFORE_RESET: Duration = Duration::from_millis(20);

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
        match perform(&script.answer(&request), &mut connection, &request).await? {
            End::Keep => {}
            End::Disconnect(how) => return connection.disconnect(how).await,
            End::DisconnectWhenIdle(idle, how) => {
                if connection.is_idle_for(idle).await? {
                    return connection.disconnect(how).await;
                }
            }
            End::DisconnectOnNextRequest(Disconnect::Close) => {
                // Read to its end, because a socket that is closed with bytes unread sends RST.
                read_request(&mut connection, &log).await?;
                return connection.disconnect(Disconnect::Close).await;
            }
            End::DisconnectOnNextRequest(Disconnect::Reset) => {
                if connection.received().is_empty() && !connection.receive().await? {
                    return Ok(());
                }
                record(&mut connection, &log);
                return connection.disconnect(Disconnect::Reset).await;
            }
            End::Stall => return connection.until_client_leaves().await,
        }
    }
}

async fn perform(
    answer: &Answer,
    connection: &mut Connection,
    request: &RecordedRequest,
) -> io::Result<End> {
    let end = match answer.end {
        End::Keep if request.parts.as_ref().is_some_and(Parts::asks_to_close) => {
            End::Disconnect(Disconnect::Close)
        }
        end => end,
    };
    connection.pause(answer.delay).await?;
    let written = &request.answered;
    match (&answer.content, answer.drip) {
        (Content::Nothing, _) => return Ok(end),
        (Content::Raw(bytes), None) => connection.send(bytes, written).await?,
        (Content::Raw(bytes), Some(interval)) => connection.drip(bytes, interval, written).await?,
        (Content::Response(response), drip) => {
            let closes =
                matches!(end, End::Disconnect(Disconnect::Close)) && response.cut_after.is_none();
            response.send(connection, drip, closes, written).await?;
        }
    }
    if matches!(end, End::Disconnect(Disconnect::Reset)) {
        connection.pause(BEFORE_RESET).await?;
    }
    Ok(end)
}

/// Reads the next request and records it, also if it is cut off or no HTTP; an error says that there is none.
async fn read_request(
    connection: &mut Connection,
    log: &Log<RecordedRequest>,
) -> io::Result<RecordedRequest> {
    loop {
        match Parts::parse(connection.received()) {
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Ok(record(connection, log)),
        }
        match connection.receive().await {
            Ok(true) => {}
            ended if connection.received().is_empty() => {
                ended?;
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            _ => return Ok(record(connection, log)),
        }
    }
}

/// Records what has come: the request, if it is complete, else all bytes.
fn record(connection: &mut Connection, log: &Log<RecordedRequest>) -> RecordedRequest {
    let arrived_at = connection.arrived_at();
    let received = connection.received();
    let (parts, length) = match Parts::parse(received) {
        Ok(Some((parts, length))) => (Some(parts), length),
        Ok(None) | Err(_) => (None, received.len()),
    };
    let request = RecordedRequest {
        raw: connection.take(length),
        parts,
        arrived_at,
        connection: connection.number(),
        answered: Arc::new(AtomicU64::new(0)),
    };
    log.request(request.clone(), arrived_at);
    request
}
