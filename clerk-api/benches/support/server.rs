//! A server on the loopback interface, in a process of its own, so that it doesn't share the client's processor time and
//! allocator. What it does with requests is each bench's affair.

use std::future::Future;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// The argument by which a bench is told to be the server.
pub(crate) const SERVE: &str = "--serve";

/// Connections that may wait to be accepted: a client opens thousands at once.
const BACKLOG: u32 = 4096;

/// What a server does.
pub(crate) trait Behaviour: Send + Sync + 'static {
    /// Answers a request; `None` closes its connection.
    fn answer(&self) -> impl Future<Output = Option<http::Response<Full<Bytes>>>> + Send;

    /// Takes a line from the process that started the server, and replies with one.
    fn told(&self, line: &str) -> String;
}

/// The process; it ends with this.
pub(crate) struct Server {
    child: Child,
    replies: BufReader<ChildStdout>,
    url: String,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take();
        let output = output.ok_or_else(|| io::Error::other("the server has no output"))?;
        let mut server = Self {
            child,
            replies: BufReader::new(output),
            url: String::new(),
        };
        server.url = server.reply()?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Tells the server something, and waits for its reply.
    pub(crate) fn tell(&mut self, line: &str) -> io::Result<String> {
        let input = self.child.stdin.as_mut();
        let input = input.ok_or_else(|| io::Error::other("the server has no input"))?;
        input.write_all(format!("{line}\n").as_bytes())?;
        self.reply()
    }

    fn reply(&mut self) -> io::Result<String> {
        let mut reply = String::new();
        self.replies.read_line(&mut reply)?;
        match reply.strip_suffix('\n') {
            Some(reply) => Ok(reply.to_owned()),
            None => Err(io::Error::other("the server has ended")),
        }
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
pub(crate) fn serve(behaviour: impl Behaviour) {
    let behaviour = Arc::new(behaviour);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let listener = listener().expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        let listening = behaviour.clone();
        std::thread::spawn(move || {
            for line in io::stdin().lines().map_while(Result::ok) {
                println!("{}", listening.told(&line));
            }
            std::process::exit(0);
        });
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of descriptors, say: others may be closed by and by.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let behaviour = behaviour.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| answer(request, &*behaviour));
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}

fn listener() -> io::Result<tokio::net::TcpListener> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    socket.listen(BACKLOG)
}

async fn answer(
    request: http::Request<Incoming>,
    behaviour: &impl Behaviour,
) -> io::Result<http::Response<Full<Bytes>>> {
    let _ = request.into_body().collect().await;
    let answer = behaviour.answer().await;
    answer.ok_or_else(|| io::Error::other("the connection is closed on purpose"))
}
