//! Many calls at once: an outage must not be made worse, and a limit must not be run against.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clerk_api::{Clerk, Error};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, Script};
use tokio::task::JoinSet;

use super::support::{CALLS, Call, build, builder, success};

/// Starts so many calls at once, and waits for all of them.
async fn at_once(clerk: &Clerk, call: Call, count: usize) -> Vec<Result<u32, Error>> {
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let clerk = clerk.clone();
        calls.spawn(async move { call.send(&clerk).await.map(|response| response.attempts()) });
    }
    calls.join_all().await
}

#[tokio::test]
async fn a_full_outage_costs_at_most_a_quarter_more_requests() {
    for call in CALLS {
        let server = FaultyServer::start([Answer::status(503)]).await;
        let clerk = build(builder(&server.url()).retry(clerk_api::RetryPolicy::default()));
        let begun = Instant::now();
        let results = at_once(&clerk, call, 200).await;
        let requests = server.request_count();
        println!(
            "{call:?}, 503 only: 200 calls, {requests} requests, {:.2} a call, in {:.1?}",
            requests as f64 / 200.0,
            begun.elapsed()
        );
        assert_eq!(results.len(), 200);
        let mut attempts = 0;
        for result in results {
            let error = result.unwrap_err();
            assert!(error.is_server_error(), "{error:?}");
            attempts += error.attempts() as usize;
        }
        assert_eq!(attempts, requests);
        assert!((200..=250).contains(&requests), "{requests} requests");
    }
}

/// Allows so many requests in each half second, from the first one on.
fn fifty_each_half_second(counts: Arc<Mutex<Vec<usize>>>, limited: Arc<Mutex<usize>>) -> Script {
    let first = Mutex::new(None);
    Script::from_fn(move |_, _| {
        let now = Instant::now();
        let first = *first.lock().unwrap().get_or_insert(now);
        let window = (now - first).as_millis() / 500;
        let window = usize::try_from(window).unwrap();
        let mut counts = counts.lock().unwrap();
        if counts.len() <= window {
            counts.resize(window + 1, 0);
        }
        if counts[window] < 50 {
            counts[window] += 1;
            return success();
        }
        *limited.lock().unwrap() += 1;
        Answer::status(429).header("Retry-After", 1)
    })
}

/// A burst meets the limit with a few requests, however long the client has lived.
#[tokio::test]
async fn a_client_that_has_lived_does_not_stampede_either() {
    let calm = FaultyServer::start([success()]).await;
    let clerk = build(
        Clerk::builder()
            .secret_key("sk_test_x")
            .base_url(calm.url()),
    );
    for _ in 0..500 {
        at_once(&clerk, Call::Create, 1).await;
    }
    // What 500 lone calls have taught the client must not let hundreds out at once.
    let slow = calm.request_count();
    at_once(&clerk, Call::Create, 200).await;
    assert_eq!(calm.request_count(), slow + 200);
    assert!(
        calm.connections() <= 80,
        "{} connections",
        calm.connections()
    );
}

#[tokio::test]
async fn calls_that_wait_for_a_limit_do_not_run_against_it() {
    let (counts, limited) = (Arc::default(), Arc::default());
    let script = fifty_each_half_second(Arc::clone(&counts), Arc::clone(&limited));
    let server = FaultyServer::start(script).await;
    let settings = Clerk::builder().secret_key("sk_test_x");
    let clerk = build(settings.base_url(format!("{}/v1", server.url())));
    let begun = Instant::now();
    let results = at_once(&clerk, Call::Create, 500).await;
    let elapsed = begun.elapsed();
    let (requests, limited) = (server.request_count(), *limited.lock().unwrap());
    println!(
        "50 each half second: 500 calls, {requests} requests, {limited} answered 429 ({:.1} %), in {elapsed:.1?}",
        100.0 * limited as f64 / requests as f64
    );
    let failed: Vec<Error> = results.into_iter().filter_map(Result::err).collect();
    assert!(
        failed.is_empty(),
        "{} failed, the first: {}",
        failed.len(),
        failed[0]
    );
    assert_eq!(requests, 500 + limited);
    assert!(limited * 10 < requests, "{limited} of {requests}");
    // 500 calls can't be had in less than ten half seconds, the first of them begun.
    assert!(elapsed >= Duration::from_millis(4500), "{elapsed:?}");
}
