//! Calls to a server that responds to some of them with 429.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http::StatusCode;

use crate::server::Server;
use crate::stream::{by_second, stream};
use crate::support::contenders::{USER, client};
use crate::support::server::{Reaction, TOKEN};

const TOO_MANY_REQUESTS: Reaction = Reaction {
    status: StatusCode::TOO_MANY_REQUESTS,
    retry_after: Some(1),
    ..TOKEN
};

/// Many more calls at once than the server takes.
pub(crate) async fn burst() {
    const CALLS: u32 = 500;
    const LIMIT: u32 = 50;
    const PERIOD: Duration = Duration::from_millis(500);
    // The start of the present period, and the requests in it.
    let mut taken = (Instant::now(), 0);
    let server = Server::start(move |_| {
        if taken.0.elapsed() >= PERIOD {
            taken = (Instant::now(), 0);
        }
        taken.1 += 1;
        match taken.1 > LIMIT {
            true => TOO_MANY_REQUESTS,
            false => TOKEN,
        }
    });
    let clerk = client(&server.url);
    let start = Instant::now();
    let calls = (0..CALLS).map(async |_| clerk.sign_in_tokens().create(USER).await.is_ok());
    let succeeded = join_all(calls).await.into_iter().filter(|ok| *ok).count();
    let elapsed = start.elapsed();
    let requests = server.requests();
    let (mut later, mut rejected) = (0, 0);
    for (at, status) in &requests {
        if *at >= start + Duration::from_secs(1) {
            later += 1;
            rejected += u32::from(*status == StatusCode::TOO_MANY_REQUESTS);
        }
    }
    println!("{CALLS} creates at once; the server takes {LIMIT} each {PERIOD:?}:\n");
    println!(
        "| succeeded | requests | after the first second | of these 429 | time, s | least time, s |"
    );
    println!("|---|---|---|---|---|---|");
    println!(
        "| {succeeded} | {} | {later} | {:.1} % | {:.1} | {:.1} |",
        requests.len(),
        f64::from(rejected) / f64::from(later) * 100.0,
        elapsed.as_secs_f64(),
        (PERIOD * (CALLS / LIMIT - 1)).as_secs_f64(),
    );
}

/// One 429 in a steady stream of calls that the server could take.
pub(crate) async fn one_rejection() {
    const A_SECOND: u32 = 200;
    const BEFORE: u32 = 5;
    const SECONDS: u32 = BEFORE + 12;
    let server = Server::start(|number| match number == (A_SECOND * BEFORE) as usize {
        true => TOO_MANY_REQUESTS,
        false => TOKEN,
    });
    let clerk = client(&server.url);
    let start = Instant::now();
    let create = async || clerk.sign_in_tokens().create(USER).await.is_ok();
    let calls = stream(start, A_SECOND, SECONDS, create).await;
    let succeeded = calls.iter().filter(|call| call.succeeded);
    let failed = calls.len() - succeeded.clone().count();
    let succeeded = by_second(SECONDS, succeeded.map(|call| call.ended - start));
    println!("\n{A_SECOND} creates a second; one 429 after {BEFORE} s, with `Retry-After: 1`.");
    println!("Failed: {failed}. Succeeded, second by second:\n");
    println!("```mermaid\nxychart-beta");
    println!("    x-axis \"second\" 1 --> {SECONDS}");
    println!("    y-axis \"creates that succeeded\"");
    println!("    bar {succeeded:?}\n```");
}
