//! `create_many` on a server with a rate limit: how much of it is used, and how often it is hit.
//!
//! All cases run at the same time, each with a server and a client of its own: even the fastest takes few requests a second.

use std::time::{Duration, Instant};

use clerk_api::{Clerk, Rate};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::behaviour::{Command, seen, tell};
use crate::options::Options;
use crate::rate_limit::{Limit, Window};
use crate::support::contenders::{USER, client};
use crate::support::drive::runtime;
use crate::support::server::Server;
use crate::target::{Target, report};

/// How long the server takes for an answer, as if it were some way off.
const AFTER: Duration = Duration::from_millis(80);
/// How many periods each case runs.
const PERIODS: u32 = 3;
/// The part of the allowed requests that are to be used.
const USED: f64 = 0.95;
/// The part of the requests that may be answered 429.
const LIMITED: f64 = 0.02;

struct Case {
    server: &'static str,
    client: &'static str,
    limit: Limit,
    /// `None`: what `create_many` takes by itself.
    rate: Option<Rate>,
    /// Whether the rate fits the limit, so that there is a target.
    fits: bool,
}

struct Row {
    case: Case,
    created: usize,
    failed: usize,
    requests: usize,
    limited: usize,
    /// Of what the server allowed in the time.
    used: f64,
}

impl Row {
    fn limited_share(&self) -> f64 {
        self.limited as f64 / self.requests.max(1) as f64
    }
}

pub(crate) fn measure(options: &Options) -> Value {
    let rows = runtime().block_on(async {
        let ready = join_all(cases(options.quick).into_iter().map(ready)).await;
        join_all(ready.into_iter().map(run)).await
    });
    print(&rows);
    let targets: Vec<Target> = rows
        .iter()
        .filter(|row| row.case.fits)
        .flat_map(|row| {
            let Case {
                server,
                client,
                limit,
                ..
            } = &row.case;
            let what = |what| format!("{server}, {:?} window, {client}: {what}", limit.window);
            [
                Target::at_least(what("part of the allowed that is used"), row.used, USED),
                Target::at_most(what("part answered 429"), row.limited_share(), LIMITED),
            ]
        })
        .collect();
    let list: Value = rows
        .iter()
        .map(|row| {
            json!({
                "server": row.case.server,
                "client": row.case.client,
                "limit": row.case.limit,
                "created": row.created,
                "failed": row.failed,
                "requests": row.requests,
                "answered_429": row.limited,
                "used_share": row.used,
                "answered_429_share": row.limited_share(),
            })
        })
        .collect();
    json!({"periods": PERIODS, "cases": list, "targets": report(&targets, options)})
}

fn cases(quick: bool) -> Vec<Case> {
    // Clerk's own, or as much in a fraction of the time.
    let period = if quick {
        Duration::from_millis(200)
    } else {
        Duration::from_secs(10)
    };
    let (production, development) = (("production", 1000), ("development", 100));
    let exactly = |requests| Some(Rate::new(requests, period));
    let clients = [
        (
            production,
            "`Rate::PRODUCTION`",
            Some(Rate::PRODUCTION),
            true,
        ),
        (production, "the limit itself", exactly(1000), true),
        (production, "ten times the limit", exactly(10_000), false),
        (
            development,
            "`Rate::DEVELOPMENT`",
            Some(Rate::DEVELOPMENT),
            true,
        ),
        (development, "the limit itself", exactly(100), true),
        (development, "none given", None, false),
    ];
    let windows = [Window::Fixed, Window::Sliding].into_iter();
    let cases = windows.flat_map(|window| {
        clients.map(|((server, requests), client, rate, fits)| Case {
            server,
            client,
            limit: Limit {
                requests,
                period,
                window,
            },
            rate,
            fits,
        })
    });
    cases.collect()
}

/// A case with its server and its client, before any of them begins: to start a process takes time.
async fn ready(case: Case) -> (Case, Server, Clerk) {
    let mut server = Server::start().expect("a server");
    let clerk = client(server.url());
    // Its connection is there, as it is in the middle of a long run.
    let first = clerk.sign_in_tokens().create(USER).send().await;
    first.expect("the server has no limit yet");
    let limit = case.limit;
    tell(
        &mut server,
        Command::Limit {
            limit,
            after: AFTER,
        },
    );
    (case, server, clerk)
}

async fn run((case, mut server, clerk): (Case, Server, Clerk)) -> Row {
    let limit = case.limit;
    tell(&mut server, Command::Record);
    let many = clerk.sign_in_tokens().create_many(std::iter::repeat(USER));
    let many = match case.rate {
        Some(rate) => many.rate(rate),
        None => many,
    };
    let mut tokens = many.start();
    let (mut created, mut failed) = (0, 0);
    let time = limit.period * PERIODS;
    let until = Instant::now() + time;
    // There are more users than time.
    while let Ok(Some((_, result))) = tokio::time::timeout_at(until.into(), tokens.next()).await {
        match result {
            Ok(_) => created += 1,
            Err(_) => failed += 1,
        }
    }
    let mut seen = seen(&mut server);
    seen.retain(|request| request.at < time);
    let limited = seen.iter().filter(|request| request.status == Some(429));
    let limited = limited.count();
    let allowed = limit.requests * PERIODS;
    Row {
        created,
        failed,
        requests: seen.len(),
        limited,
        used: (seen.len() - limited) as f64 / f64::from(allowed),
        case,
    }
}

fn print(rows: &[Row]) {
    println!("### `create_many` on a server with a rate limit\n");
    println!(
        "| server | its limit | window | the client's rate | created | failed | requests | used | answered 429 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for row in rows {
        let limit = row.case.limit;
        println!(
            "| {} | {} in {:?} | {:?} | {} | {} | {} | {} | {:.1} % | {:.1} % |",
            row.case.server,
            limit.requests,
            limit.period,
            limit.window,
            row.case.client,
            row.created,
            row.failed,
            row.requests,
            row.used * 100.0,
            row.limited_share() * 100.0,
        );
    }
    println!(
        "\n{PERIODS} periods of the limit each; an answer takes {AFTER:?}. Used: the requests that the server took, of those that it would \
         have taken. Fixed: the server counts from the first request on, and anew after the period. Sliding: it takes no more in any period."
    );
}
