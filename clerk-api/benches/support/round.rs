//! One round: so many calls of one contender, so many at once, measured.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use super::contenders::Contender;
use super::drive::drive;
use super::heap;

/// What a round took, a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) calls_per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Of this process, user and system.
    pub(crate) processor: Duration,
    pub(crate) allocations: f64,
}

/// Runs one round.
pub(crate) fn round(contender: &Contender, concurrency: usize, calls: usize) -> Round {
    if contender.traced {
        // A listener that does nothing: what is left is the cost of telling.
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(std::io::sink)
            .finish();
        tracing::subscriber::with_default(subscriber, || run(contender, concurrency, calls))
    } else {
        run(contender, concurrency, calls)
    }
}

fn run(contender: &Contender, concurrency: usize, calls: usize) -> Round {
    let mut latencies: Vec<Duration> = Vec::with_capacity(calls);
    let processor = processor_time();
    let allocations = heap::allocations();
    let begun = Instant::now();
    drive(contender, concurrency, calls, |latency| {
        latencies.push(latency);
    });
    let elapsed = begun.elapsed();
    let allocations = heap::allocations() - allocations;
    let processor = processor_time().saturating_sub(processor);
    latencies.sort();
    let per_call = calls.max(1) as f64;
    Round {
        calls_per_second: per_call / elapsed.as_secs_f64(),
        p50: at(&latencies, 0.50),
        p99: at(&latencies, 0.99),
        processor: processor.div_f64(per_call),
        allocations: allocations as f64 / per_call,
    }
}

fn at(sorted: &[Duration], part: f64) -> Duration {
    let index = (sorted.len() as f64 * part) as usize;
    let last = sorted.len().saturating_sub(1);
    sorted.get(index.min(last)).copied().unwrap_or_default()
}

fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system tells");
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(microseconds.unsigned_abs())
}
