//! Memory for calls that all wait for their answers.
//!
//! Each contender is warm, with as many idle connections as there will be calls, before the first byte is counted: what is
//! counted is the calls, futures and all, and what their requests and answers take in the connections.

use serde_json::{Value, json};

use crate::held::{Held, held, warm};
use crate::options::Options;
use crate::support::contenders::{
    Contender, clerk, generated_client, plain_reqwest, plain_reqwest_limited,
};
use crate::support::figures::median;
use crate::support::server::Server;
use crate::target::{Target, report};

const CALLS: usize = 512;
const QUICK: usize = 16;

/// How much more than plain reqwest it may be.
const WANTED: f64 = 1.1;

struct Row {
    contender: &'static str,
    future: usize,
    requests: usize,
    waiting: f64,
    peak: f64,
}

pub(crate) fn measure(options: &Options) -> Value {
    let (calls, rounds) = if options.quick {
        (QUICK, 1)
    } else {
        (CALLS, 9)
    };
    let mut server = Server::start().expect("a server");
    let contenders = [
        plain_reqwest(server.url()),
        plain_reqwest_limited(server.url()),
        generated_client(server.url()),
        clerk(server.url()),
    ];
    let rows = contenders.map(|contender| row(&contender, &mut server, calls, rounds));
    print(&rows, calls);
    let [plain, plain_limited, _, clerk] = &rows;
    let targets = [plain, plain_limited].map(|base| {
        let what = format!(
            "the peak of {} beside that of {}",
            clerk.contender, base.contender
        );
        Target::at_most(what, clerk.peak / base.peak, WANTED)
    });
    let list: Value = rows
        .iter()
        .map(|row| {
            json!({
                "contender": row.contender,
                "future_bytes": row.future,
                "requests_held": row.requests,
                "waiting_bytes": row.waiting,
                "peak_bytes": row.peak,
            })
        })
        .collect();
    json!({"calls": calls, "contenders": list, "targets": report(&targets, options)})
}

fn row(contender: &Contender, server: &mut Server, calls: usize, rounds: usize) -> Row {
    warm(contender, server, calls);
    let rounds: Vec<Held> = (0..rounds)
        .map(|_| held(contender, server, calls))
        .collect();
    let of = |of: fn(&Held) -> usize| median(rounds.iter().map(|held| of(held) as f64).collect());
    Row {
        contender: contender.name,
        future: contender.future,
        requests: rounds.iter().map(|held| held.requests).min().unwrap_or(0),
        waiting: of(|held| held.waiting),
        peak: of(|held| held.peak),
    }
}

fn print(rows: &[Row], calls: usize) {
    println!("### Memory for {calls} calls that wait for their answers\n");
    println!(
        "| contender | requests at the server | its future | all wait | a call | peak | a call |"
    );
    println!("|---|---|---|---|---|---|---|");
    let Some(base) = rows.first() else {
        return;
    };
    let each = |bytes: f64| bytes / calls as f64;
    for row in rows {
        println!(
            "| {} | {} | {} B | {:.0} KiB ({:.2}) | {:.0} B | {:.0} KiB ({:.2}) | {:.0} B |",
            row.contender,
            row.requests,
            row.future,
            row.waiting / 1024.0,
            row.waiting / base.waiting,
            each(row.waiting),
            row.peak / 1024.0,
            row.peak / base.peak,
            each(row.peak),
        );
    }
    println!(
        "\nLive heap bytes above those with {calls} idle connections. In brackets: the ratio to plain reqwest. Peak: the highest of \
         all moments from the first call's beginning to the last one's end."
    );
}
