//! A server that is down for a while, under a steady stream of calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join;
use http::StatusCode;

use crate::server::Server;
use crate::stream::{by_second, stream};
use crate::support::contenders::{USER, client};
use crate::support::server::{Reaction, TOKEN};

const A_SECOND: u32 = 50;
const BEFORE: u32 = 5;
const DOWN: u32 = 10;
const SECONDS: u32 = BEFORE + DOWN + 10;

pub(crate) async fn measure() {
    let is_down = Arc::new(AtomicBool::new(false));
    let down = is_down.clone();
    let server = Server::start(move |_| match down.load(Ordering::Relaxed) {
        true => Reaction {
            status: StatusCode::SERVICE_UNAVAILABLE,
            ..TOKEN
        },
        false => TOKEN,
    });
    let clerk = client(&server.url);
    let start = Instant::now();
    let second = |number: u32| start + Duration::from_secs(number.into());
    let outage = async {
        tokio::time::sleep_until(second(BEFORE).into()).await;
        is_down.store(true, Ordering::Relaxed);
        tokio::time::sleep_until(second(BEFORE + DOWN).into()).await;
        is_down.store(false, Ordering::Relaxed);
    };
    let create = async || clerk.sign_in_tokens().create(USER).await.is_ok();
    let (calls, ()) = join(stream(start, A_SECOND, SECONDS, create), outage).await;
    let requests = server.requests().into_iter().map(|(at, _)| at);
    let requests = by_second(start, SECONDS, requests);
    let (before, after) = requests.split_at((BEFORE + DOWN) as usize);
    let in_it: u32 = before[BEFORE as usize..].iter().sum();
    let failed = calls.iter().filter(|call| !call.succeeded);
    let later = failed.filter(|call| call.began >= second(BEFORE + DOWN));
    println!("\n{A_SECOND} creates a second; for {DOWN} s, all are answered with 503:\n");
    println!(
        "| creates begun in it | requests in it | highest second afterwards | begun afterwards and failed |"
    );
    println!("|---|---|---|---|");
    println!(
        "| {} | {in_it} ({:.2}) | {} | {} |",
        A_SECOND * DOWN,
        f64::from(in_it) / f64::from(A_SECOND * DOWN),
        after.iter().max().unwrap_or(&0),
        later.count(),
    );
}
