//! Calls at once on a server that is far away and takes all of them.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::server::Server;
use crate::support::server::{Reaction, TOKEN};
use crate::support::{contenders, median};

const CALLS: usize = 500;
const DELAY: Duration = Duration::from_millis(300);
const ROUNDS: usize = 9;

pub(crate) async fn measure() {
    let server = Server::start(|_| Reaction {
        delay: DELAY,
        ..TOKEN
    });
    let plain = contenders::plain(&server.url);
    let clerk = contenders::clerk(&server.url);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push((time(&plain).await, time(&clerk).await));
    }
    let plain = median(rounds.iter().map(|(plain, _)| *plain));
    let clerk = median(rounds.iter().map(|(_, clerk)| *clerk));
    let ratio = median(rounds.iter().map(|(plain, clerk)| clerk / plain));
    println!("\n{CALLS} creates at once; the server responds after {DELAY:?}:\n");
    println!("| contender | time for all, ms |\n|---|---|");
    println!("| plain reqwest | {plain:.0} (1.00) |\n| Clerk | {clerk:.0} ({ratio:.2}) |");
}

async fn time(create: &impl AsyncFn()) -> f64 {
    let start = Instant::now();
    join_all((0..CALLS).map(|_| create())).await;
    start.elapsed().as_secs_f64() * 1e3
}
