//! Many calls on a server that limits their rate, is far away, or is down: `cargo bench -p clerk-api --bench load`.

#![allow(
    clippy::expect_used,
    reason = "a measurement that can't be made has nothing else to say"
)]

mod latency;
mod outage;
mod rate_limit;
mod server;
mod stream;
#[allow(dead_code, reason = "each bench uses a part of it")]
#[path = "../support/mod.rs"]
mod support;

fn main() {
    if std::env::args().all(|argument| argument != support::BENCH) {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        rate_limit::burst().await;
        rate_limit::one_rejection().await;
        latency::measure().await;
        outage::measure().await;
    });
}
