//! One round: so many calls of one contender, so many at once.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use crate::ALLOCATOR;
use crate::contenders::Contender;

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

/// Runs one round on one thread, as the server has the other processor.
pub(crate) fn round(contender: &Contender, concurrency: usize, calls: usize) -> Round {
    let runtime = runtime();
    if contender.traced {
        // A listener that does nothing: what is left is the cost of telling.
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(std::io::sink)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            run(&runtime, contender, concurrency, calls)
        })
    } else {
        run(&runtime, contender, concurrency, calls)
    }
}

thread_local! {
    static RUNTIME: Rc<tokio::runtime::Runtime> = Rc::new(
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
    );
}

/// One runtime for all rounds: the connections live in it.
fn runtime() -> Rc<tokio::runtime::Runtime> {
    RUNTIME.with(Rc::clone)
}

fn run(
    runtime: &tokio::runtime::Runtime,
    contender: &Contender,
    concurrency: usize,
    calls: usize,
) -> Round {
    let mut latencies: Vec<Duration> = Vec::with_capacity(calls);
    let local = tokio::task::LocalSet::new();
    let processor = processor_time();
    let allocations = ALLOCATOR.stats().allocations;
    let begun = Instant::now();
    local.block_on(runtime, async {
        let left = Rc::new(Cell::new(calls));
        let workers: Vec<_> = (0..concurrency.min(calls))
            .map(|_| {
                let left = left.clone();
                // The calls are told apart by their futures; the worker only repeats them.
                worker(contender, left)
            })
            .collect();
        for measured in futures_util::future::join_all(workers).await {
            latencies.extend(measured);
        }
    });
    let elapsed = begun.elapsed();
    let allocations = ALLOCATOR.stats().allocations - allocations;
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

async fn worker(contender: &Contender, left: Rc<Cell<usize>>) -> Vec<Duration> {
    let mut latencies = Vec::new();
    while let Some(rest) = left.get().checked_sub(1) {
        left.set(rest);
        let begun = Instant::now();
        (contender.send)().await;
        latencies.push(begun.elapsed());
    }
    latencies
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
