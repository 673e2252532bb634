//! The feature `bulk`: many creates at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clerk_api::testing::FakeClerk;
use clerk_api::{Clerk, Rate, RetryPolicy};

use crate::support::{KEY, build, ms};

const SECOND: Duration = Duration::from_secs(1);

fn users(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("user_{index}")).collect()
}

/// A rate that makes nobody wait.
fn quick() -> Rate {
    Rate::new(10_000, SECOND).unwrap()
}

#[tokio::test]
async fn every_user_gets_one_token_and_a_failure_does_not_stop_the_rest() {
    let all = users(50);
    let fake = FakeClerk::with_users(all.iter().filter(|user| *user != "user_7"));
    let many = fake.client().sign_in_tokens().create_many(all.clone());
    let mut created = many.concurrency(8).rate(quick()).start().unwrap();
    let (mut done, mut failed) = (BTreeSet::new(), Vec::new());
    while let Some((user, result)) = created.next().await {
        match result {
            Ok(token) => {
                assert_eq!(token.user_id, user);
                assert!(done.insert(user));
            }
            Err(error) => failed.push((user, error.is_not_found())),
        }
    }
    assert_eq!(done.len(), 49);
    assert_eq!(failed, [("user_7".to_owned(), true)]);
    assert_eq!(fake.tokens().len(), 49);
}

#[tokio::test]
async fn concurrency_is_bounded_and_what_is_done_first_comes_first() {
    let fake = FakeClerk::start();
    fake.delay_next_response(ms(1500));
    let many = fake.client().sign_in_tokens().create_many(users(5));
    let mut created = many.concurrency(2).rate(quick()).start().unwrap();
    let mut order = Vec::new();
    while let Some((user, result)) = created.next().await {
        assert!(result.is_ok());
        order.push(user);
    }
    // The slow one took one of two places all the while; the other served the rest.
    let expected = ["user_1", "user_2", "user_3", "user_4", "user_0"];
    assert_eq!(order, expected);
}

#[tokio::test]
async fn the_rate_is_kept() {
    let fake = FakeClerk::start();
    let many = fake.client().sign_in_tokens().create_many(users(11));
    let begun = Instant::now();
    let mut created = many.rate(Rate::new(20, SECOND).unwrap()).start().unwrap();
    while created.next().await.is_some() {}
    assert!(begun.elapsed() >= ms(440), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_rate_or_a_concurrency_of_nothing_is_an_error() {
    for (requests, period, parameter) in [
        (0, SECOND, "requests"),
        (1, Duration::ZERO, "period"),
        (1, Duration::MAX, "period"),
    ] {
        let error = Rate::new(requests, period).unwrap_err();
        assert_eq!(error.parameter(), Some(parameter));
    }
    let fake = FakeClerk::start();
    let many = fake.client().sign_in_tokens().create_many(["user_1"]);
    let error = many.concurrency(0).start().unwrap_err();
    assert_eq!(error.parameter(), Some("concurrency"));
}

#[tokio::test]
async fn a_consumer_that_pauses_costs_no_call_its_time() {
    let fake = FakeClerk::start();
    let clerk = Clerk::builder().secret_key(KEY).base_url(fake.base_url());
    let clerk = build(clerk.attempt_timeout(ms(300)));
    let many = clerk.sign_in_tokens().create_many(users(20));
    let mut created = many.concurrency(4).rate(quick()).start().unwrap();
    let mut tokens = 0;
    while let Some((_, result)) = created.next().await {
        result.unwrap();
        tokens += 1;
        if tokens % 5 == 0 {
            tokio::time::sleep(ms(400)).await;
        }
    }
    assert_eq!((tokens, fake.tokens().len()), (20, 20));
}

#[tokio::test]
async fn each_create_has_the_settings() {
    let fake = FakeClerk::start();
    fake.fail_next_with(503, None);
    let many = fake.client().sign_in_tokens().create_many(["user_1"]);
    let many = many.each(|call| call.org_id("org_1").retry_policy(RetryPolicy::never()));
    let (_, result) = many.start().unwrap().next().await.unwrap();
    assert_eq!(result.unwrap_err().attempts(), 1);
    let request = &fake.requests()[0];
    assert_eq!(request.body(), br#"{"org_id":"org_1","user_id":"user_1"}"#);
}

#[tokio::test]
async fn nothing_is_sent_before_the_stream_is_polled() {
    let fake = FakeClerk::start();
    drop(fake.client().sign_in_tokens().create_many(users(3)).start());
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_even_if_a_single_call_could_not() {
    let fake = FakeClerk::start();
    let builder = Clerk::builder().secret_key(KEY).base_url(fake.base_url());
    let impatient = build(builder.operation_timeout(ms(500)));
    fake.fail_next_with(429, SECOND);
    let many = impatient.sign_in_tokens().create_many(users(30));
    let mut created = many.concurrency(4).rate(quick()).start().unwrap();
    while let Some((user, result)) = created.next().await {
        assert!(result.is_ok(), "{user}: {:?}", result.err());
    }
    assert_eq!(fake.tokens().len(), 30);
}
