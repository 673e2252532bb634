//! A steady stream of calls, which doesn't wait for their answers.

use std::time::{Duration, Instant};

use clerk_api::Clerk;

use super::case::Case;

/// A call that has ended; times are since the stream began.
pub(super) struct Call {
    pub(super) begun: Duration,
    pub(super) ended: Duration,
    pub(super) succeeded: bool,
}

/// Begins a call in each interval, and waits for all of them in the end.
pub(super) async fn stream(
    case: &Case,
    clerk: Clerk,
    begun: Instant,
    interval: Duration,
    time: Duration,
) -> Vec<Call> {
    let mut under_way = Vec::new();
    let number = time.div_duration_f64(interval) as u32;
    for index in 0..number {
        // In the middle of its interval, so that none stands on the border between two seconds.
        let at = begun + interval * index + interval / 2;
        tokio::time::sleep_until(at.into()).await;
        let call = (case.call)(clerk.clone());
        under_way.push(tokio::spawn(async move {
            let began = begun.elapsed();
            let succeeded = call.await.is_ok();
            Call {
                begun: began,
                ended: begun.elapsed(),
                succeeded,
            }
        }));
    }
    let mut calls = Vec::with_capacity(under_way.len());
    for call in under_way {
        calls.push(call.await.expect("no call panics"));
    }
    calls
}
