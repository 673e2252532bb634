//! The server, in a process of its own: this bench again, with another argument.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{ChildStdin, Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::support::server::{self, Reaction, TOKEN};

/// The argument that makes the bench be the server.
pub(crate) const SERVE: &str = "--serve";
/// Below this, responses are slow.
pub(crate) const SLOW: &str = "/slow";

pub(crate) struct Server {
    pub(crate) url: String,
    /// The process ends when this is closed.
    _input: Option<ChildStdin>,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        let output = child.stdout.ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(output).read_line(&mut url)?;
        Ok(Self {
            url: url.trim_end().to_owned(),
            _input: child.stdin,
        })
    }
}

/// Serves until standard input ends.
pub(crate) fn serve(slow: Duration) {
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let slow = Reaction {
        delay: slow,
        ..TOKEN
    };
    let react = move |path: &str| match path.starts_with(SLOW) {
        true => slow,
        false => TOKEN,
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
