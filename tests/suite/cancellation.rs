//! Calls that are dropped at any point: the client stays usable, and later calls don't wait for them.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use clerk_api::{Clerk, RetryPolicy};
use clerk_api_tests::faulty_server::Reply;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{CALLS, Call, Fixture, ms, serve, success};

/// Polls a call that many times and drops it. `false` if it was over before.
async fn dropped_after<T>(call: impl Future<Output = T>, polls: usize) -> bool {
    // If nothing else wakes the call, this time limit does.
    let mut call = pin!(timeout(ms(30), call));
    let mut polled = 0;
    poll_fn(move |context| {
        if polled == polls {
            return Poll::Ready(true);
        }
        polled += 1;
        call.as_mut().poll(context).map(|_| false)
    })
    .await
}

/// The client works as if it were new: one request, one response.
async fn assert_usable(clerk: &Clerk, call: Call) {
    let response = timeout(Duration::from_secs(20), call.send(clerk)).await;
    let response = response.unwrap_or_else(|_| panic!("{call:?}: it hangs"));
    assert_eq!(response.unwrap().attempts(), 1);
}

#[tokio::test]
async fn a_call_may_be_dropped_at_every_await() {
    let fixture = Fixture::start().await;
    let mut dropped = 0;
    for call in CALLS {
        // They keep a call waiting in each place where it can wait.
        for reply in [
            success().delay(ms(5)),
            success().body_delay(ms(5)),
            success().drip(ms(1)),
            success().chunked().drip_body(ms(1)),
            success().stall_after(3),
            Reply::never(),
            Reply::status(503),
            Reply::reset_before_response(),
        ] {
            for polls in 0..12 {
                let clerk = fixture.client([reply.clone()]);
                let was_dropped = dropped_after(call.send(&clerk), polls).await;
                dropped += usize::from(was_dropped);
                fixture.respond([success()]);
                assert_usable(&clerk, call).await;
            }
        }
    }
    // Most calls were dropped, and some of them late.
    assert!(dropped > 50, "{dropped}");
}

#[tokio::test]
async fn many_calls_may_be_dropped_in_flight() {
    let fixture = Fixture::start().await;
    for call in CALLS {
        let clerk = fixture.client([Reply::never()]);
        for _ in 0..3 {
            let before = fixture.server.request_count();
            let mut calls = JoinSet::new();
            for _ in 0..100 {
                let clerk = clerk.clone();
                calls.spawn(async move { call.send(&clerk).await.is_ok() });
            }
            fixture.server.wait_for_requests(before + 10).await;
            calls.shutdown().await;
        }
        fixture.respond([success()]);
        assert_usable(&clerk, call).await;
    }
}

/// Neither calls that are dropped while they wait for a rate limit to pass, nor calls that have no time to wait, make
/// later ones wait longer.
#[tokio::test]
async fn calls_that_give_up_during_a_rate_limit_do_not_delay_later_ones() {
    let case = async |limit: Option<Duration>| {
        let limited = Reply::status(429).header("Retry-After", 2);
        let (server, clerk) = serve([limited, success()]).await;
        let begun = Instant::now();
        let first = clerk.sign_in_tokens().revoke("sit_1");
        let error = first.retry_policy(RetryPolicy::never()).await.unwrap_err();
        assert!(error.is_rate_limited());
        for _ in 0..500 {
            let call = clerk.sign_in_tokens().create("user_1");
            if let Some(limit) = limit {
                let error = call.operation_timeout(limit).await.unwrap_err();
                assert!(error.is_rate_limited(), "{error}");
            } else {
                assert!(timeout(Duration::ZERO, call.send()).await.is_err());
            }
        }
        assert_eq!(server.request_count(), 1);
        assert_usable(&clerk, Call::Create).await;
        assert!(begun.elapsed() < ms(6000), "{:?}", begun.elapsed());
    };
    tokio::join!(case(None), case(Some(ms(100))));
}
