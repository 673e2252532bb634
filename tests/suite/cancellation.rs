//! Calls that are dropped, at every point: the client stays usable, and nobody waits for what they had.

use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use clerk_api::{Clerk, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, Script};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{CALLS, Call, Fixture, SLACK, client, ms, success};

/// Polls a call that many times and drops it. `false` if it was over before.
async fn dropped_after<T>(call: impl Future<Output = T>, polls: usize) -> bool {
    let mut call = pin!(call);
    let mut polled = 0;
    std::future::poll_fn(move |context| {
        if polled == polls {
            return Poll::Ready(true);
        }
        polled += 1;
        call.as_mut().poll(context).map(|_| false)
    })
    .await
}

/// Responses that keep a call waiting in each place where it can wait.
fn slow() -> [Answer; 8] {
    [
        success().delay(ms(5)),
        success().body_delay(ms(5)),
        success().drip(ms(1)),
        success().chunked().drip_body(ms(1)),
        success().stall_after(3),
        Answer::never(),
        Answer::status(503),
        Answer::reset_before_answer(),
    ]
}

/// The client is as good as new: one request, one response.
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
        for answer in slow() {
            for polls in 0..12 {
                let clerk = fixture.client([answer.clone()]);
                let tokens = clerk.sign_in_tokens();
                // If nothing else wakes the call, its deadline does.
                let was_dropped = match call {
                    Call::Create => {
                        let create = tokens.create("user_1").timeout(ms(30));
                        dropped_after(create.send(), polls).await
                    }
                    Call::Revoke => {
                        let revoke = tokens.revoke("sit_1").timeout(ms(30));
                        dropped_after(revoke.send(), polls).await
                    }
                };
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
        let clerk = fixture.client([Answer::never()]);
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
async fn calls_that_give_up_in_a_rate_limit_leave_no_gap() {
    tokio::join!(give_up(None), give_up(Some(ms(100))));
}

/// With a limit, the calls end by themselves; without one, they are dropped.
async fn give_up(limit: Option<Duration>) {
    let script = Script::from([Answer::status(429).header("Retry-After", 2)]);
    let server = FaultyServer::start(script.then(|_, _| success())).await;
    let clerk = client(&server.url());
    let begun = Instant::now();
    let first = clerk.sign_in_tokens().revoke("sit_1");
    let error = first.retry(RetryPolicy::never()).await.unwrap_err();
    assert!(error.is_rate_limited());
    let mut calls = JoinSet::new();
    for _ in 0..1000 {
        let call = clerk.sign_in_tokens().create("user_1");
        calls.spawn(call.timeout(limit.unwrap_or(Duration::MAX)).send());
    }
    if limit.is_some() {
        for result in calls.join_all().await {
            assert!(result.unwrap_err().is_rate_limited());
        }
    } else {
        tokio::time::sleep(ms(50)).await;
        calls.shutdown().await;
    }
    assert_eq!(server.request_count(), 1);
    assert_usable(&clerk, Call::Create).await;
    assert!(begun.elapsed() < ms(2000) + SLACK, "{:?}", begun.elapsed());
}
