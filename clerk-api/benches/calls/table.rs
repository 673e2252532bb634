//! Medians over the rounds, as a table and as JSON.

use std::io;
use std::time::Duration;

use serde_json::json;

use crate::support::figures::{self, median};
use crate::support::round::Round;

/// One contender at one concurrency.
pub(crate) struct Row {
    name: &'static str,
    concurrency: usize,
    median: Round,
}

impl Row {
    pub(crate) fn new(name: &'static str, concurrency: usize, rounds: &[Round]) -> Self {
        let number = |of: fn(&Round) -> f64| median(rounds.iter().map(of).collect());
        let time = |of: fn(&Round) -> Duration| {
            let seconds = rounds.iter().map(|round| of(round).as_secs_f64()).collect();
            Duration::from_secs_f64(median(seconds))
        };
        Self {
            name,
            concurrency,
            median: Round {
                calls_per_second: number(|round| round.calls_per_second),
                p50: time(|round| round.p50),
                p99: time(|round| round.p99),
                processor: time(|round| round.processor),
                allocations: number(|round| round.allocations),
            },
        }
    }
}

/// Each figure, and in brackets its ratio to plain reqwest's.
pub(crate) fn print(rows: &[Row]) {
    println!("| at once | contender | calls a second | p50 | p99 | processor time | allocations |");
    println!("|---|---|---|---|---|---|---|");
    for row in rows {
        let Some(base) = base(rows, row) else {
            continue;
        };
        let (ours, theirs) = (&row.median, &base.median);
        let time = |ours: Duration, theirs: Duration| {
            let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
            format!("{:.1} µs ({ratio:.2})", ours.as_secs_f64() * 1e6)
        };
        println!(
            "| {} | {} | {:.0} ({:.2}) | {} | {} | {} | {:.1} ({:.2}) |",
            row.concurrency,
            row.name,
            ours.calls_per_second,
            ours.calls_per_second / theirs.calls_per_second,
            time(ours.p50, theirs.p50),
            time(ours.p99, theirs.p99),
            time(ours.processor, theirs.processor),
            ours.allocations,
            ours.allocations / theirs.allocations,
        );
    }
}

/// Writes what [`print`] prints to `target/bench/calls.json`.
pub(crate) fn write_json(rows: &[Row]) -> io::Result<()> {
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let median = &row.median;
            json!({
                "contender": row.name,
                "concurrency": row.concurrency,
                "calls_per_second": median.calls_per_second,
                "p50_microseconds": median.p50.as_secs_f64() * 1e6,
                "p99_microseconds": median.p99.as_secs_f64() * 1e6,
                "processor_microseconds": median.processor.as_secs_f64() * 1e6,
                "allocations": median.allocations,
            })
        })
        .collect();
    figures::write_json("calls.json", &rows.into())
}

fn base<'a>(rows: &'a [Row], row: &Row) -> Option<&'a Row> {
    rows.iter().find(|base| base.concurrency == row.concurrency)
}
