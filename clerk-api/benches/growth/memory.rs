//! Memory over a million calls.
//!
//! Heap bytes are those that are allocated and not yet freed, between two calls; the resident set has also what the
//! allocator keeps, code and stacks.

use serde_json::{Value, json};

use crate::options::Options;
use crate::support::contenders::clerk;
use crate::support::drive::drive;
use crate::support::heap;
use crate::support::server::Server;

const CONCURRENCY: usize = 64;

/// After so many calls.
const CHECKPOINTS: [usize; 6] = [10_000, 100_000, 250_000, 500_000, 750_000, 1_000_000];
const QUICK: [usize; 2] = [100, 500];

struct Row {
    calls: usize,
    heap: usize,
    /// `None` where the system doesn't tell in Linux's way.
    resident: Option<usize>,
}

pub(crate) fn measure(options: &Options) -> Value {
    let server = Server::start().expect("a server");
    let contender = clerk(server.url());
    let checkpoints: &[usize] = if options.quick { &QUICK } else { &CHECKPOINTS };
    let mut rows = Vec::with_capacity(checkpoints.len());
    let mut done = 0;
    for calls in checkpoints {
        drive(&contender, CONCURRENCY, calls - done, |_| ());
        done = *calls;
        rows.push(Row {
            calls: done,
            heap: heap::live(),
            resident: resident(),
        });
    }
    print(&rows);
    let (heap, resident) = growth(&rows);
    let list: Value = rows
        .iter()
        .map(|row| json!({"calls": row.calls, "live_heap_bytes": row.heap, "resident_bytes": row.resident}))
        .collect();
    json!({
        "concurrency": CONCURRENCY,
        "after": list,
        "live_heap_growth_bytes": heap,
        "resident_growth_bytes": resident,
    })
}

/// From the first row to the last.
fn growth(rows: &[Row]) -> (Option<i64>, Option<i64>) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return (None, None);
    };
    let heap = last.heap as i64 - first.heap as i64;
    let resident = last.resident.zip(first.resident);
    (
        Some(heap),
        resident.map(|(last, first)| last as i64 - first as i64),
    )
}

fn print(rows: &[Row]) {
    println!("### Memory over calls, {CONCURRENCY} at once\n");
    println!("| calls | live heap | resident set |");
    println!("|---|---|---|");
    let kib = |bytes: Option<f64>| match bytes {
        Some(bytes) => format!("{:.1} KiB", bytes / 1024.0),
        None => "unknown".to_owned(),
    };
    for row in rows {
        let resident = row.resident.map(|bytes| bytes as f64);
        println!(
            "| {} | {} | {} |",
            row.calls,
            kib(Some(row.heap as f64)),
            kib(resident)
        );
    }
    let (heap, resident) = growth(rows);
    println!(
        "\nGrowth from the first row to the last: live heap {}, resident set {}.\n",
        kib(heap.map(|bytes| bytes as f64)),
        kib(resident.map(|bytes| bytes as f64)),
    );
}

/// The resident set of this process in bytes.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
