//! The fake Clerk's sockets: a thread with a runtime of its own, so that it serves tests of any kind.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use super::request::FakeRequest;
use super::state::{Reply, State};

/// The longest body that the fake takes.
const BODY_LIMIT: usize = 1024 * 1024;

/// A running server. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// Its end tells the thread to end.
    _running: oneshot::Sender<Infallible>,
}

/// Why a connection is closed without an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the answer is dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

impl Server {
    pub(super) fn start(state: Arc<Mutex<State>>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (running, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("fake-clerk".to_owned())
            .spawn(move || runtime.block_on(serve(listener, state, ended)))?;
        Ok(Self {
            address,
            _running: running,
        })
    }
}

async fn serve(
    listener: std::net::TcpListener,
    state: Arc<Mutex<State>>,
    mut ended: oneshot::Receiver<Infallible>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let stream = tokio::select! {
            _ = &mut ended => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => {
                    // Out of descriptors, say: others may be closed by and by.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                }
            },
        };
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &state));
            // A connection that ends early is one that the client, or a fault, has ended.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    state: &Mutex<State>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let body = body.map_err(|_| Dropped)?.to_bytes().to_vec();
    let request = FakeRequest::new(
        head.method.to_string(),
        head.uri.path().to_owned(),
        head.headers,
        body,
    );
    let reaction = state
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .react(request, SystemTime::now());
    tokio::time::sleep(reaction.delay).await;
    reaction.reply.map(response).ok_or(Dropped)
}

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let is_json = serde_json::from_str::<serde_json::Value>(&reply.body).is_ok();
    let media_type = if is_json {
        "application/json"
    } else {
        "text/html"
    };
    let mut response = Response::new(Full::from(reply.body));
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&reply.trace_id) {
        headers.insert("clerk-trace-id", value);
    }
    if let Some(retry_after) = reply.retry_after {
        // The header has whole seconds; too early would be too early.
        let seconds = retry_after.as_millis().div_ceil(1000);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            headers.insert(RETRY_AFTER, value);
        }
    }
    response
}
