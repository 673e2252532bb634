//! What is measured of a way to create a token.

use std::alloc::System;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The name of a figure, and how many decimals it is printed with.
pub(crate) type Column = (&'static str, usize);

pub(crate) const ROUND: [Column; 6] = [
    ("calls a second", 0),
    ("p50, µs", 0),
    ("p99, µs", 0),
    ("processor time, µs a call", 1),
    ("allocations a call", 1),
    ("bytes allocated a call", 0),
];
pub(crate) const WAITING: [Column; 2] = [("all wait, KiB", 0), ("peak, KiB", 0)];

pub(crate) trait Contender {
    /// Makes so many calls, so many at once.
    fn round(&self, runtime: &Runtime, at_once: usize, calls: usize) -> [f64; 6];

    /// Makes so many calls, and looks after a while, when all of them wait for their responses.
    fn waiting(&self, runtime: &Runtime, calls: usize, after: Duration) -> [f64; 2];
}

impl<C: AsyncFn()> Contender for C {
    fn round(&self, runtime: &Runtime, at_once: usize, calls: usize) -> [f64; 6] {
        let left = Cell::new(calls);
        let latencies = RefCell::new(Vec::with_capacity(calls));
        let worker = async || {
            while let Some(rest) = left.get().checked_sub(1) {
                left.set(rest);
                let begun = Instant::now();
                self().await;
                latencies.borrow_mut().push(begun.elapsed());
            }
        };
        let all = join_all((0..at_once).map(|_| worker()));
        let heap = Region::new(HEAP);
        let (processor, begun) = (processor_time(), Instant::now());
        runtime.block_on(all);
        let (elapsed, processor) = (begun.elapsed(), processor_time() - processor);
        let heap = heap.change();
        let mut latencies = latencies.take();
        latencies.sort();
        let microseconds = |time: Duration| time.as_secs_f64() * 1e6;
        let calls = calls as f64;
        [
            calls / elapsed.as_secs_f64(),
            microseconds(latencies[latencies.len() / 2]),
            microseconds(latencies[latencies.len() * 99 / 100]),
            microseconds(processor) / calls,
            (heap.allocations + heap.reallocations) as f64 / calls,
            heap.bytes_allocated as f64 / calls,
        ]
    }

    fn waiting(&self, runtime: &Runtime, calls: usize, after: Duration) -> [f64; 2] {
        let before = live_heap();
        let above = || (live_heap() - before) / 1024.0;
        let peak = Cell::new(0.0_f64);
        let watched = async || {
            let mut call = pin!(self());
            poll_fn(|context| {
                let polled = call.as_mut().poll(context);
                peak.set(peak.get().max(above()));
                polled
            })
            .await;
        };
        let all = join_all((0..calls).map(|_| watched()));
        let look = async {
            tokio::time::sleep(after).await;
            above()
        };
        let (_, waiting) = runtime.block_on(join(all, look));
        [waiting, peak.get()]
    }
}

/// Bytes that are allocated now.
fn live_heap() -> f64 {
    let stats = HEAP.stats();
    stats.bytes_allocated as f64 - stats.bytes_deallocated as f64
}

/// Of this process, user and system.
fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system tells");
    let time = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(time.unsigned_abs())
}
