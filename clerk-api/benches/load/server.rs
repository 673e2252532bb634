//! A server in a thread of its own, which remembers what it was sent: nothing here is limited by the processor.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Instant;

use http::StatusCode;

use crate::support::server::{Reaction, serve};

pub(crate) struct Server {
    pub(crate) url: String,
    /// When each request came, and what it got.
    requests: Arc<Mutex<Vec<(Instant, StatusCode)>>>,
}

impl Server {
    /// `react` is given the number of requests before this one.
    pub(crate) fn start(react: impl Fn(usize) -> Reaction + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = requests.clone();
        let (ready, address) = mpsc::channel();
        thread::spawn(move || {
            let react = move |_: &str| {
                let mut log: std::sync::MutexGuard<'_, Vec<_>> = log.lock().expect("no panic");
                let reaction = react(log.len());
                log.push((Instant::now(), reaction.status));
                reaction
            };
            serve(react, |address| {
                ready.send(address).expect("it is waited for")
            })
        });
        let address = address.recv().expect("a server");
        let url = format!("http://{address}");
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<(Instant, StatusCode)> {
        self.requests.lock().expect("no panic").clone()
    }
}
