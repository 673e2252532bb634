//! What a create costs beside plain reqwest: `cargo bench -p clerk-api --bench calls`.
//!
//! The server is a process of its own, so that it has its own processor time and heap. The contenders take turns, round by
//! round, so that whatever else the machine does hits all of them.

#![allow(
    clippy::expect_used,
    reason = "a measurement that can't be made has nothing else to say"
)]

mod contender;
mod process;
#[allow(dead_code, reason = "each bench uses a part of it")]
#[path = "../support/mod.rs"]
mod support;
mod table;

use std::time::Duration;

use contender::Contender;
use process::Server;
use support::contenders;
use tokio::runtime::Runtime;

/// Calls at once, and rounds.
const LEVELS: [(usize, usize); 4] = [(1, 15), (64, 15), (512, 15), (4096, 5)];
const CALLS_PER_ROUND: usize = 4000;
/// The same while the heap is measured, and how long the responses take then.
const WAITING: (usize, usize) = (512, 7);
const WAIT: Duration = Duration::from_millis(400);

fn main() {
    process::raise_descriptor_limit();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    match arguments[..] {
        [process::SERVE] => process::serve(WAIT),
        // For a profiler: one contender, one call at a time, and nothing else.
        ["--only", name, calls] => {
            let server = Server::start().expect("a server");
            let mut contenders = all(&server.url).into_iter();
            let of_name = contenders.find(|(known, _)| *known == name);
            let (_, contender) = of_name.expect("a contender of this name");
            contender.round(&runtime, 1, calls.parse().expect("a number of calls"));
        }
        _ if arguments.contains(&support::BENCH) => measure(&runtime),
        _ => {}
    }
}

fn all(url: &str) -> [(&'static str, Box<dyn Contender>); 3] {
    let limited = contenders::plain_with_limit(url);
    [
        ("plain reqwest", Box::new(contenders::plain(url))),
        ("plain, same headers, time limit", Box::new(limited)),
        ("Clerk", Box::new(contenders::clerk(url))),
    ]
}

fn measure(runtime: &Runtime) {
    let server = Server::start().expect("a server");
    println!("Creates, beside plain reqwest:\n");
    let round = |contender: &dyn Contender, at_once: usize| {
        contender.round(runtime, at_once, CALLS_PER_ROUND.max(2 * at_once))
    };
    table::print(contender::ROUND, &LEVELS, || all(&server.url), round);
    println!("\nLive heap while so many creates wait for their responses:\n");
    let slow = format!("{}{}", server.url, process::SLOW);
    let waiting =
        |contender: &dyn Contender, calls: usize| contender.waiting(runtime, calls, WAIT / 2);
    table::print(contender::WAITING, &[WAITING], || all(&slow), waiting);
    println!("\nMedians; in brackets the ratio to plain reqwest in the same round.");
}
