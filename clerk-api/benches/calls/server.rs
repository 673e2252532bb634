//! A server that answers every request at once with the same token, in a process of its own.

use std::convert::Infallible;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// As long as real ones: an id of 31 characters, a ticket of about 700.
const TICKET_LENGTH: usize = 700;

/// The process; it ends with this.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        let url = url.trim().to_owned();
        Ok(Self { child, url })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its standard input ends, and it with that.
        self.child.stdin.take();
        let _ = self.child.wait();
    }
}

/// Serves until standard input ends.
pub(crate) fn serve() {
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        let body = body();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            let body = body.clone();
            tokio::spawn(async move {
                let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
                    let body = body.clone();
                    async move {
                        let _ = request.into_body().collect().await;
                        let mut response = http::Response::new(Full::new(body));
                        let json = http::HeaderValue::from_static("application/json");
                        response
                            .headers_mut()
                            .insert(http::header::CONTENT_TYPE, json);
                        Ok::<_, Infallible>(response)
                    }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}

fn body() -> Bytes {
    let ticket = "e".repeat(TICKET_LENGTH);
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
