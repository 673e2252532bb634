//! The fake Clerk's server: a thread with its own runtime, so that it works with tests of any kind.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use super::request::FakeRequest;
use super::state::State;

/// A server that runs until this is dropped.
pub(super) struct Server {
    pub(super) base_url: String,
    _running: oneshot::Sender<Infallible>,
}

impl Server {
    pub(super) fn start(state: Arc<Mutex<State>>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build()?;
        let (running, ended) = oneshot::channel();
        let thread = std::thread::Builder::new().name("fake-clerk".to_owned());
        thread.spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = ended => Ok(()),
                    result = serve(listener, state) => result,
                }
            })
        })?;
        Ok(Self {
            base_url: format!("http://{address}/v1"),
            _running: running,
        })
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, for example: some may be closed soon.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| respond(request, &state));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // It fails if the client or a fault closes it.
            connection.await.ok();
        });
    }
}

/// The error closes the connection.
async fn respond(
    request: Request<Incoming>,
    state: &Mutex<State>,
) -> Result<Response<Full<Bytes>>, &'static str> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| "the request is cut off")?;
    let request = FakeRequest(Request::from_parts(head, body.to_bytes()));
    let (delay, response) = state
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .react(request);
    tokio::time::sleep(delay).await;
    let response = response.ok_or("the response is lost on purpose")?;
    Ok(response.map(Full::from))
}
