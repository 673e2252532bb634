//! Calls that are dropped, and clients that outlive a runtime.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use clerk_api::{Clerk, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, Script};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::support::{CALLS, Call, build, builder, client, ms, success};

/// Polls a call so many times, then drops it. `false` where it was over before.
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

/// Answers that keep a call waiting in each of the places where it can wait.
fn slow() -> Vec<Answer> {
    vec![
        success().delay(ms(5)),
        success().body_delay(ms(5)),
        success().drip(ms(1)),
        success().chunked().drip_body(ms(1)),
        success().stall_after(3),
        Answer::never(),
        Answer::status(503).header("Retry-After", 1),
        Answer::status(503),
        Answer::reset_before_answer(),
    ]
}

/// A server that gives these answers in turn until it gets well.
struct Ill {
    server: FaultyServer,
    well: Arc<AtomicBool>,
}

impl Ill {
    async fn start(answers: Vec<Answer>) -> Self {
        let well = Arc::new(AtomicBool::new(false));
        let is_well = Arc::clone(&well);
        let server = FaultyServer::start(Script::from_fn(move |index, _| {
            if is_well.load(Ordering::SeqCst) {
                success()
            } else {
                answers[index % answers.len()].clone()
            }
        }));
        let server = server.await;
        Self { server, well }
    }

    fn gets_well(&self) {
        self.well.store(true, Ordering::SeqCst);
    }
}

/// The client is as good as new: one request, one answer.
async fn is_usable(clerk: &Clerk, call: Call) {
    let response = timeout(Duration::from_secs(20), call.send(clerk)).await;
    let response = response.unwrap_or_else(|_| panic!("{call:?}: it hangs"));
    let response = response.unwrap_or_else(|error| panic!("{call:?}: {error:?}"));
    assert_eq!(response.attempts(), 1);
}

#[tokio::test]
async fn a_call_may_be_dropped_at_every_await() {
    // Few at once: each makes a client and a server, on one thread.
    const AT_ONCE: usize = 8;
    let mut tasks = JoinSet::new();
    let mut dropped = Vec::new();
    for call in CALLS {
        for answer in slow() {
            for polls in 0..12 {
                if tasks.len() == AT_ONCE {
                    dropped.extend(tasks.join_next().await);
                }
                tasks.spawn(survives_a_drop(call, answer.clone(), polls));
            }
        }
    }
    while let Some(ended) = tasks.join_next().await {
        dropped.push(ended);
    }
    // Most calls were dropped, and some of them late.
    let dropped = dropped.into_iter().map(Result::unwrap);
    assert!(dropped.filter(|dropped| *dropped).count() > 50);
}

async fn survives_a_drop(call: Call, answer: Answer, polls: usize) -> bool {
    let ill = Ill::start(vec![answer]).await;
    let http = reqwest::Client::builder()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let http = http.unwrap_or_else(|error| panic!("an HTTP client: {error}"));
    let clerk = build(builder(&ill.server.url()).http_client(http));
    let tokens = clerk.sign_in_tokens();
    // Where nothing else wakes the call, its deadline does.
    let dropped = match call {
        Call::Create => {
            let call = tokens.create("user_1").timeout(ms(1500));
            dropped_after(call.send(), polls).await
        }
        Call::Revoke => {
            let call = tokens.revoke("sit_1").timeout(ms(1500));
            dropped_after(call.send(), polls).await
        }
    };
    ill.gets_well();
    is_usable(&clerk, call).await;
    dropped
}

#[tokio::test]
async fn a_call_may_be_dropped_at_any_time() {
    let ill = Ill::start(slow()).await;
    let clerk = client(&ill.server.url());
    for microseconds in (0..15_000).step_by(97) {
        let call = CALLS[microseconds % 2];
        let limit = Duration::from_micros(microseconds as u64);
        drop(timeout(limit, call.send(&clerk)).await);
    }
    ill.gets_well();
    for call in CALLS {
        is_usable(&clerk, call).await;
    }
}

#[tokio::test]
async fn calls_that_are_dropped_in_flight_give_their_places_back() {
    for call in CALLS {
        let ill = Ill::start(vec![Answer::never()]).await;
        let clerk = client(&ill.server.url());
        // More than the client sends at once, so that some are dropped while they wait for a place.
        for round in 1..=3 {
            let mut calls = JoinSet::new();
            for _ in 0..100 {
                let clerk = clerk.clone();
                calls.spawn(async move { call.send(&clerk).await.is_ok() });
            }
            // As long as none gives its place back, no more than the first few of each round come in.
            ill.server.wait_for_requests(round * 10).await;
            calls.shutdown().await;
        }
        ill.gets_well();
        is_usable(&clerk, call).await;
    }
}

/// A call that was woken, because a place is free, and is dropped before it takes it, must not keep the place from the
/// others that wait.
#[tokio::test]
async fn calls_that_are_dropped_after_they_were_woken_wake_others() {
    // The first requests hold all places until one of them meets the limit.
    let script = Script::from([Answer::status(429).header("Retry-After", 2).delay(ms(300))]);
    let server = FaultyServer::start(script.then(|_, _| success().delay(ms(300)))).await;
    let clerk = client(&server.url());
    let spawn = |count: usize, policy: RetryPolicy| {
        let mut calls = JoinSet::new();
        for _ in 0..count {
            let call = clerk.sign_in_tokens().create("user_1");
            calls.spawn(call.retry(policy.clone()).send());
        }
        calls
    };
    let first = spawn(24, RetryPolicy::never());
    let mut woken = spawn(40, RetryPolicy::never());
    let patient = spawn(5, RetryPolicy::never());
    let first = first.join_all().await;
    assert!(first.iter().any(Result::is_err));
    // The first ones' places went to calls that now wait for the limit to pass.
    tokio::time::sleep(ms(100)).await;
    woken.shutdown().await;
    let patient = timeout(Duration::from_secs(20), patient.join_all()).await;
    let patient = patient.unwrap_or_else(|_| panic!("nobody woke those who wait"));
    assert!(patient.iter().all(Result::is_ok), "{patient:?}");
}

/// A call that is dropped while it waits for a rate limit to pass must not make those after it wait in its stead.
#[tokio::test]
async fn calls_that_are_dropped_in_the_cool_down_leave_no_gap() {
    for call in CALLS {
        let script = Script::from([Answer::status(429).header("Retry-After", 1)]);
        let server = FaultyServer::start(script.then(|_, _| success())).await;
        let clerk = client(&server.url());
        let never = clerk.sign_in_tokens().revoke("sit_1");
        let error = never.retry(RetryPolicy::never()).await.unwrap_err();
        assert!(error.is_rate_limited());
        let mut calls = JoinSet::new();
        for _ in 0..100 {
            let clerk = clerk.clone();
            calls.spawn(async move { call.send(&clerk).await.is_ok() });
        }
        tokio::time::sleep(ms(50)).await;
        calls.shutdown().await;
        assert_eq!(server.request_count(), 1);
        // The cool-down is one second; nothing else is in the way of this call.
        is_usable(&clerk, call).await;
    }
}

/// A call that has no time to wait for its turn must not take that turn from those that have.
#[tokio::test]
async fn calls_that_end_in_the_cool_down_leave_no_gap() {
    for call in CALLS {
        let script = Script::from([Answer::status(429).header("Retry-After", 1)]);
        let server = FaultyServer::start(script.then(|_, _| success())).await;
        let clerk = client(&server.url());
        let never = clerk.sign_in_tokens().revoke("sit_1");
        let error = never.retry(RetryPolicy::never()).await.unwrap_err();
        assert!(error.is_rate_limited());
        for _ in 0..100 {
            let call = clerk.sign_in_tokens().create("user_1").timeout(ms(100));
            assert!(call.await.unwrap_err().is_rate_limited());
        }
        is_usable(&clerk, call).await;
    }
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("a runtime: {error}"))
}

#[test]
fn a_client_outlives_the_runtime_that_it_was_made_in() {
    for call in CALLS {
        let servers = runtime();
        let server = servers.block_on(FaultyServer::start([success()]));
        let first = runtime();
        let clerk = first.block_on(async {
            let clerk = client(&server.url());
            call.send(&clerk).await.unwrap();
            clerk
        });
        // A connection that the first runtime served is still in the client's pool.
        drop(first);
        for _ in 0..2 {
            runtime().block_on(is_usable(&clerk, call));
        }
        let second = runtime();
        second.block_on(is_usable(&clerk, call));
        second.shutdown_background();
        let third = Builder::new_current_thread().enable_all().build().unwrap();
        third.block_on(is_usable(&clerk, call));
        assert_eq!(server.request_count(), 5);
    }
}

#[test]
fn a_client_serves_two_runtimes_at_once() {
    let servers = runtime();
    let server = servers.block_on(FaultyServer::start([success()]));
    let clerk = client(&server.url());
    let (first, second) = (runtime(), runtime());
    for _ in 0..5 {
        for call in CALLS {
            first.block_on(is_usable(&clerk, call));
            second.block_on(is_usable(&clerk, call));
        }
    }
    assert_eq!(server.request_count(), 20);
}

#[test]
fn a_client_can_be_made_without_a_runtime() {
    let clerk = client("http://127.0.0.1:1");
    drop(clerk.sign_in_tokens().create("user_1"));
    drop(clerk.sign_in_tokens().revoke("sit_1").into_future());
}
