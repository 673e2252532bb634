//! What a call costs, beside plain reqwest: `cargo bench -p clerk-api`.
//!
//! One server on the loopback interface, in a process of its own, answers every create at once. The contenders take turns,
//! round by round, so that whatever else the machine does hits all of them. Prints a table, and writes it as JSON to
//! `target/bench/calls.json`. For a profiler: `cargo bench -p clerk-api --bench calls -- --only Clerk`.

#![allow(
    clippy::expect_used,
    reason = "a measurement that can't be made has nothing else to say"
)]

mod at_once;
#[allow(dead_code, reason = "each bench uses a part of it")]
#[path = "../support/mod.rs"]
mod support;
mod table;

use std::process::ExitCode;

use clerk_api::Secret;
use support::contenders::all;
use support::round::{Round, round};
use support::{call, descriptors, generated, hooks, server};

/// Calls that are under way at once.
const CONCURRENCIES: [usize; 4] = [1, 16, 64, 512];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    descriptors::raise();
    if arguments.iter().any(|argument| argument == server::SERVE) {
        server::serve(at_once::AtOnce::new());
        return ExitCode::SUCCESS;
    }
    // `cargo test --benches` wants to know only whether it runs.
    let quick = !arguments.iter().any(|argument| argument == "--bench");
    let (rounds, calls) = if quick { (1, 64) } else { (15, 4000) };
    let server = match server::Server::start() {
        Ok(server) => server,
        Err(error) => {
            eprintln!("the server can't be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(name) = arguments
        .iter()
        .skip_while(|argument| *argument != "--only")
        .nth(1)
    {
        // For a profiler: one contender, one at a time, nothing printed but its round.
        for contender in all(server.url())
            .iter()
            .filter(|contender| contender.name == name)
        {
            println!("{:?}", round(contender, 1, calls));
        }
        return ExitCode::SUCCESS;
    }
    let mut results = Vec::new();
    for concurrency in CONCURRENCIES {
        let contenders = all(server.url());
        for contender in &contenders {
            // Connections, windows and caches as in the middle of a long run.
            let _ = round(contender, concurrency, calls.min(2000));
        }
        let mut of_contender: Vec<Vec<Round>> = vec![Vec::new(); contenders.len()];
        for number in 0..rounds {
            // A B C, then C B A: nobody is always first.
            let mut order: Vec<usize> = (0..contenders.len()).collect();
            if number % 2 == 1 {
                order.reverse();
            }
            for index in order {
                of_contender[index].push(round(&contenders[index], concurrency, calls));
            }
        }
        for (contender, rounds) in contenders.iter().zip(of_contender) {
            results.push(table::Row::new(contender.name, concurrency, &rounds));
        }
        eprintln!("{concurrency} at once: done");
    }
    table::print(&results);
    if !quick && let Err(error) = table::write_json(&results) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
