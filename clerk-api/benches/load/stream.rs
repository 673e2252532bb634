//! Calls that begin at a steady rate, whatever becomes of those before them.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

/// A call that has ended.
pub(crate) struct Call {
    pub(crate) began: Instant,
    pub(crate) succeeded: bool,
    pub(crate) ended: Instant,
}

/// Makes calls, and waits for all of them. `call` says whether it succeeded.
pub(crate) async fn stream(
    start: Instant,
    a_second: u32,
    seconds: u32,
    call: impl AsyncFn() -> bool,
) -> Vec<Call> {
    let interval = Duration::from_secs(1) / a_second;
    let calls = (0..a_second * seconds).map(async |number| {
        // In the middle of its interval, so that none is on the border between two seconds.
        let began = start + interval * number + interval / 2;
        tokio::time::sleep_until(began.into()).await;
        Call {
            began,
            succeeded: call().await,
            ended: Instant::now(),
        }
    });
    join_all(calls).await
}

/// How many of these times since the start are in each second.
pub(crate) fn by_second(seconds: u32, times: impl Iterator<Item = Duration>) -> Vec<u32> {
    let mut counts = vec![0; seconds as usize];
    for time in times {
        if let Some(count) = counts.get_mut(time.as_secs() as usize) {
            *count += 1;
        }
    }
    counts
}
