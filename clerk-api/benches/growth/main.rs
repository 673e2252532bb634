//! What grows, and what must not: `cargo bench -p clerk-api --bench growth`.
//!
//! | measurement | what it asks |
//! |---|---|
//! | `memory` | how much memory after a million calls? |
//! | `in_flight` | how much memory for 512 calls that all wait for their answers? |
//! | `concurrency` | how many calls a second, from 1 call at once to 4096? |
//! | `bulk` | how much of a rate limit does `create_many` use, and how often does it hit it? |
//! | `outage` | how many requests does a server get that is down, and as it comes back? |
//!
//! Each is one module. The server is on the loopback interface, in a process of its own. Prints tables, and a verdict where
//! there is a target; writes the same as JSON to `target/bench/growth.json`. After `--`: `--only MEASUREMENT`, and
//! `--plot FILE` for `concurrency` as an SVG (a relative path is one in `clerk-api/`).

#![allow(
    clippy::expect_used,
    reason = "a measurement that can't be made has nothing else to say"
)]

mod behaviour;
mod bulk;
mod concurrency;
mod held;
mod in_flight;
mod memory;
mod options;
mod outage;
mod plot;
mod rate_limit;
#[allow(dead_code, reason = "each bench uses a part of it")]
#[path = "../support/mod.rs"]
mod support;
mod target;

use std::process::ExitCode;

use clerk_api::Secret;
use options::Options;
use serde_json::{Map, Value};
use support::{call, descriptors, figures, generated, hooks, server};

/// Measures, prints, and gives the figures.
type Measure = fn(&Options) -> Value;

/// Memory first, while nothing else has used the process's own.
const MEASUREMENTS: [(&str, Measure); 5] = [
    ("memory", memory::measure),
    ("in_flight", in_flight::measure),
    ("concurrency", concurrency::measure),
    ("bulk", bulk::measure),
    ("outage", outage::measure),
];

fn main() -> ExitCode {
    descriptors::raise();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == server::SERVE) {
        server::serve(behaviour::Told::new());
        return ExitCode::SUCCESS;
    }
    let options = Options::of(&arguments);
    if options.quick {
        println!("Tiny sizes, to see whether it runs: the figures say nothing.\n");
    }
    let mut figures = Map::new();
    for (name, measure) in MEASUREMENTS {
        if options.only.as_deref().is_none_or(|only| only == name) {
            eprintln!("{name} …");
            figures.insert(name.to_owned(), measure(&options));
        }
    }
    if figures.is_empty() {
        let names = MEASUREMENTS.map(|(name, _)| name).join(", ");
        eprintln!("there is no such measurement; there are {names}");
        return ExitCode::FAILURE;
    }
    if !options.quick
        && let Err(error) = figures::write_json("growth.json", &figures.into())
    {
        eprintln!("the figures can't be written: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
