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
async fn dropped_after(call: Call, clerk: &Clerk, polls: usize) -> bool {
    let mut call = pin!(call.send(clerk));
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
    let mut tasks = JoinSet::new();
    for call in CALLS {
        for answer in slow() {
            for polls in 0..12 {
                tasks.spawn(survives_a_drop(call, answer.clone(), polls));
            }
        }
    }
    // Most calls were dropped, and some of them late.
    let dropped = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|dropped| *dropped);
    assert!(dropped.count() > 50);
}

async fn survives_a_drop(call: Call, answer: Answer, polls: usize) -> bool {
    let ill = Ill::start(vec![answer]).await;
    let http = reqwest::Client::builder()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let http = http.unwrap_or_else(|error| panic!("an HTTP client: {error}"));
    let clerk = build(
        builder(&ill.server.url())
            .http_client(http)
            .attempt_timeout(ms(1000))
            .timeout(ms(5000)),
    );
    let dropped = dropped_after(call, &clerk, polls).await;
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
        for _ in 0..3 {
            let mut calls = JoinSet::new();
            for _ in 0..100 {
                let clerk = clerk.clone();
                calls.spawn(async move { call.send(&clerk).await.is_ok() });
            }
            tokio::time::sleep(ms(60)).await;
            calls.shutdown().await;
        }
        assert!(ill.server.request_count() > 0);
        ill.gets_well();
        is_usable(&clerk, call).await;
    }
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
