//! A server that is down for a while, under a steady stream of calls.

use std::time::{Duration, Instant};

use http::StatusCode;

use crate::server::Server;
use crate::stream::{by_second, stream};
use crate::support::contenders::{USER, client};
use crate::support::server::{Reaction, TOKEN};

const A_SECOND: u32 = 50;
const BEFORE: u32 = 5;
const DOWN: u32 = 10;
const SECONDS: u32 = BEFORE + DOWN + 10;

const DOWN_NOW: Reaction = Reaction {
    status: StatusCode::SERVICE_UNAVAILABLE,
    ..TOKEN
};

pub(crate) async fn measure() {
    let start = Instant::now();
    let second = |number: u32| start + Duration::from_secs(number.into());
    let outage = second(BEFORE)..second(BEFORE + DOWN);
    let is_down = outage.clone();
    let server = Server::start(move |_| match is_down.contains(&Instant::now()) {
        true => DOWN_NOW,
        false => TOKEN,
    });
    let clerk = client(&server.url);
    let create = async || clerk.sign_in_tokens().create(USER).await.is_ok();
    let calls = stream(start, A_SECOND, SECONDS, create).await;
    let requests = server.requests().into_iter().map(|(at, _)| at - start);
    let requests = by_second(SECONDS, requests);
    let (before, after) = requests.split_at((BEFORE + DOWN) as usize);
    let in_it: u32 = before[BEFORE as usize..].iter().sum();
    let later = calls.iter().filter(|call| call.began >= outage.end);
    let failed = later.filter(|call| !call.succeeded).count();
    println!("\n{A_SECOND} creates a second; for {DOWN} s, the server responds to all with 503:\n");
    println!("| creates in it | requests in it | highest second afterwards | failed afterwards |");
    println!("|---|---|---|---|");
    println!(
        "| {} | {in_it} ({:.2}) | {} | {failed} |",
        A_SECOND * DOWN,
        f64::from(in_it) / f64::from(A_SECOND * DOWN),
        after.iter().max().unwrap_or(&0),
    );
}
