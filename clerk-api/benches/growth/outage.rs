//! A server that is down for a while, under a steady stream of calls: what it gets before, meanwhile and afterwards.
//!
//! All cases run at the same time, each with a server and a client of its own.

mod calls;
mod case;

use std::time::{Duration, Instant};

use clerk_api::Clerk;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::behaviour::{Command, Seen, seen, tell};
use crate::options::Options;
use crate::support::contenders::client;
use crate::support::drive::runtime;
use crate::support::server::Server;
use crate::target::{Target, report};

use calls::{Call, stream};
use case::{CASES, Case};

/// Requests during the outage, for each call that begins in it: the budget allows a fifth more.
const EXTRA: f64 = 0.2;
/// The highest second after the outage, beside the steady rate: what the budget allows, once more.
const BURST: f64 = 1.2;

/// The times of a run.
#[derive(Clone, Copy)]
struct Times {
    /// What requests are counted by. A second, but for those who want to know only whether it runs.
    second: Duration,
    before: u32,
    down: u32,
    after: u32,
    calls_per_second: u32,
}

struct Row {
    case: &'static Case,
    times: Times,
    /// Requests that reached the server, second by second.
    requests: Vec<u32>,
    calls: Vec<Call>,
}

pub(crate) fn measure(options: &Options) -> Value {
    let times = if options.quick {
        Times {
            second: Duration::from_millis(100),
            before: 3,
            down: 3,
            after: 5,
            calls_per_second: 5,
        }
    } else {
        Times {
            second: Duration::from_secs(1),
            before: 11,
            down: 10,
            after: 14,
            calls_per_second: 50,
        }
    };
    let rows = runtime().block_on(async {
        let ready = join_all(CASES.iter().map(ready)).await;
        join_all(ready.into_iter().map(|ready| run(ready, times))).await
    });
    print_seconds(&rows, times);
    print(&rows);
    let targets: Vec<Target> = rows
        .iter()
        .flat_map(|row| {
            let what = |what| format!("{}: {what}", row.case.name);
            [
                Target::at_most(
                    what("extra requests in the outage, %"),
                    row.extra() * 100.0,
                    EXTRA * 100.0,
                ),
                Target::at_most(
                    what("highest second afterwards, beside the steady rate"),
                    row.burst(),
                    BURST,
                ),
            ]
        })
        .collect();
    let list: Value = rows.iter().map(Row::json).collect();
    json!({"cases": list, "targets": report(&targets, options)})
}

/// A case with its server and its client, before any of them begins: to start a process takes time.
async fn ready(case: &'static Case) -> (&'static Case, Server, Clerk) {
    let server = Server::start().expect("a server");
    let clerk = client(server.url());
    // Its connection is there, as it is in the middle of a long run.
    (case.call)(clerk.clone()).await.expect("the server is up");
    (case, server, clerk)
}

async fn run((case, mut server, clerk): (&'static Case, Server, Clerk), times: Times) -> Row {
    tell(&mut server, Command::Record);
    let begun = Instant::now();
    let all = times.before + times.down + times.after;
    let calls = stream(
        case,
        clerk,
        begun,
        times.second / times.calls_per_second,
        times.second * all,
    );
    let outage = async {
        tokio::time::sleep_until((begun + times.second * times.before).into()).await;
        tell(&mut server, case.outage);
        tokio::time::sleep_until((begun + times.second * (times.before + times.down)).into()).await;
        tell(&mut server, Command::Answer);
    };
    let (calls, ()) = futures_util::future::join(calls, outage).await;
    Row {
        case,
        times,
        requests: by_second(&seen(&mut server), times.second, all),
        calls,
    }
}

fn by_second(seen: &[Seen], second: Duration, seconds: u32) -> Vec<u32> {
    let mut requests = vec![0; seconds as usize];
    for request in seen {
        let index = request.at.div_duration_f64(second) as usize;
        if let Some(count) = requests.get_mut(index) {
            *count += 1;
        }
    }
    requests
}

impl Row {
    /// The server's return, from the beginning.
    fn back(&self) -> Duration {
        self.times.second * (self.times.before + self.times.down)
    }

    fn phases(&self) -> [&[u32]; 3] {
        let (before, rest) = self.requests.split_at(self.times.before as usize);
        let (down, after) = rest.split_at(self.times.down as usize);
        [before, down, after]
    }

    /// Requests during the outage beyond the calls that began in it, for each of these.
    fn extra(&self) -> f64 {
        let down: u32 = self.phases()[1].iter().sum();
        f64::from(down) / f64::from(self.times.down * self.times.calls_per_second) - 1.0
    }

    /// The highest second after the outage, beside the steady rate.
    fn burst(&self) -> f64 {
        let highest = self.phases()[2].iter().max().copied().unwrap_or_default();
        f64::from(highest) / f64::from(self.times.calls_per_second)
    }

    /// From the server's return to the first call that succeeds.
    fn recovery(&self) -> Option<Duration> {
        let back = self.back();
        let ended = self
            .calls
            .iter()
            .filter(|call| call.succeeded)
            .map(|call| call.ended);
        ended
            .filter(|ended| *ended > back)
            .min()
            .map(|ended| ended - back)
    }

    /// Calls that began in the outage and succeeded, and calls that began after it and failed.
    fn exceptions(&self) -> (usize, usize) {
        let (down, back) = (self.times.second * self.times.before, self.back());
        let count = |of: &dyn Fn(&&Call) -> bool| self.calls.iter().filter(of).count();
        (
            count(&|call| call.begun >= down && call.begun < back && call.succeeded),
            count(&|call| call.begun >= back && !call.succeeded),
        )
    }

    fn json(&self) -> Value {
        let [before, down, after] = self.phases();
        let (saved, lost) = self.exceptions();
        json!({
            "case": self.case.name,
            "calls_per_second": self.times.calls_per_second,
            "requests_by_second": {"before": before, "during": down, "after": after},
            "extra_share": self.extra(),
            "highest_after_to_steady": self.burst(),
            "first_success_after_milliseconds": self.recovery().map(|recovery| recovery.as_secs_f64() * 1e3),
            "began_during_and_succeeded": saved,
            "began_after_and_failed": lost,
        })
    }
}

fn print_seconds(rows: &[Row], times: Times) {
    println!(
        "### An outage of {:?}, under {} calls a second\n",
        times.second * times.down,
        times.calls_per_second
    );
    let names: Vec<&str> = rows.iter().map(|row| row.case.name).collect();
    println!("| second | server | {} |", names.join(" | "));
    println!("|---|---|{}", "---|".repeat(rows.len()));
    for second in 0..times.before + times.down + times.after {
        let down = (times.before..times.before + times.down).contains(&second);
        let requests = rows
            .iter()
            .map(|row| row.requests[second as usize].to_string());
        let requests: Vec<String> = requests.collect();
        let server = if down { "down" } else { "up" };
        println!("| {} | {server} | {} |", second + 1, requests.join(" | "));
    }
    println!("\nRequests that reached the server in each second.\n");
}

fn print(rows: &[Row]) {
    println!(
        "| case | extra requests in the outage | highest second afterwards | first success after | began in it, succeeded | began after it, failed |"
    );
    println!("|---|---|---|---|---|---|");
    for row in rows {
        let (saved, lost) = row.exceptions();
        let recovery = row.recovery();
        println!(
            "| {} | {:.1} % | {:.2} × steady | {} | {saved} | {lost} |",
            row.case.name,
            row.extra() * 100.0,
            row.burst(),
            recovery.map_or("never".to_owned(), |time| format!(
                "{:.0} ms",
                time.as_secs_f64() * 1e3
            )),
        );
    }
}
