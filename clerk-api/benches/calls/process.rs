//! The server, in a process of its own: this bench again, with another argument.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::support::server::{self, Reaction, TOKEN};

/// The argument by which the bench is told to be the server.
pub(crate) const SERVE: &str = "--serve";
/// Below this, responses are slow.
const SLOW: &str = "/slow";

/// The process; it ends with this.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
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
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url)?;
        Ok(Self {
            child,
            url: url.trim_end().to_owned(),
        })
    }

    pub(crate) fn slow_url(&self) -> String {
        format!("{}{SLOW}", self.url)
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
pub(crate) fn serve(slow: Duration) {
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let react = move |path: &str| Reaction {
        delay: if path.starts_with(SLOW) {
            slow
        } else {
            TOKEN.delay
        },
        ..TOKEN
    };
    let served = server::serve(react, |address| println!("http://{address}"));
    served.expect("a server");
}

/// Each connection takes a file descriptor at either end. Processes that this one starts inherit the limit.
pub(crate) fn raise_descriptor_limit() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // If that is refused, the limit stays as it was.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}
