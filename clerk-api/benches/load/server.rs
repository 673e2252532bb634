//! A server in a thread of its own, which remembers what it was sent: nothing here is limited by the processor.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Instant;

use http::StatusCode;

use crate::support::server::{Reaction, serve};

/// When a request came, and what it got.
type Request = (Instant, StatusCode);

pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// `react` is given the number of requests before this one.
    pub(crate) fn start(mut react: impl FnMut(usize) -> Reaction + Send + 'static) -> Self {
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let log = requests.clone();
        let react = Mutex::new(move || {
            let mut log = log.lock().expect("no panic");
            let reaction = react(log.len());
            log.push((Instant::now(), reaction.status));
            reaction
        });
        let react = move |_: &str| react.lock().expect("no panic")();
        let (ready, address) = mpsc::channel();
        thread::spawn(move || serve(react, |address| ready.send(address).expect("a receiver")));
        let address = address.recv().expect("a server");
        let url = format!("http://{address}");
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }
}
