//! A server on the loopback interface.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpSocket;

/// Connections that may wait to be accepted: a client opens thousands at once.
const BACKLOG: u32 = 4096;

/// What a request gets: a token, or an error response without a body.
#[derive(Clone, Copy)]
pub(crate) struct Reaction {
    pub(crate) status: StatusCode,
    /// In seconds.
    pub(crate) retry_after: Option<u32>,
    pub(crate) delay: Duration,
}

/// A token at once.
pub(crate) const TOKEN: Reaction = Reaction {
    status: StatusCode::OK,
    retry_after: None,
    delay: Duration::ZERO,
};

/// Serves for as long as the process lives. `react` is given each request's path.
pub(crate) fn serve(
    react: impl Fn(&str) -> Reaction + Send + Sync + 'static,
    ready: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let react = Arc::new(react);
    let token = token();
    runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let listener = socket.listen(BACKLOG)?;
        ready(listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let (react, token) = (react.clone(), token.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                respond(react(request.uri().path()), request, token.clone())
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })
}

async fn respond(
    reaction: Reaction,
    request: Request<Incoming>,
    token: Bytes,
) -> hyper::Result<Response<Full<Bytes>>> {
    request.into_body().collect().await?;
    if !reaction.delay.is_zero() {
        tokio::time::sleep(reaction.delay).await;
    }
    let body = match reaction.status {
        StatusCode::OK => token,
        _ => Bytes::new(),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = reaction.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = reaction.retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

fn token() -> Bytes {
    let ticket = "e".repeat(700); // about as long as real ones
    let token = serde_json::json!({
        "object": "sign_in_token",
        "id": "sit_2fTGhp8m0bTfFnGJ5E9VqXyZabc",
        "user_id": "user_2fTGhp8m0bTfFnGJ5E9VqXyZabc",
        "status": "pending",
        "url": format!("https://accounts.example.test/sign-in?__clerk_ticket={ticket}"),
        "token": ticket,
        "created_at": 1_638_000_669_544_i64,
        "updated_at": 1_638_000_669_544_i64,
    });
    token.to_string().into()
}
