//! Many creates at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clerk_api::testing::FakeClerk;
use clerk_api::{Rate, RetryPolicy};

fn users(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("user_{index}")).collect()
}

fn quick() -> Rate {
    Rate::new(10_000, Duration::from_secs(1))
}

#[tokio::test]
async fn every_user_gets_one_token_and_a_failure_does_not_stop_the_rest() {
    let known = users(50);
    let fake = FakeClerk::with_users(known.iter().filter(|user| *user != "user_7"));
    let many = fake.clerk().sign_in_tokens().create_many(known.clone());
    let mut created = many.concurrency(8).rate(quick()).start();
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
async fn concurrency_is_bounded_and_what_is_quick_comes_first() {
    let fake = FakeClerk::start();
    fake.next_answer_takes(Duration::from_millis(400));
    let many = fake.clerk().sign_in_tokens().create_many(users(5));
    let mut created = many.concurrency(2).rate(quick()).start();
    let mut order = Vec::new();
    while let Some((user, result)) = created.next().await {
        assert!(result.is_ok());
        order.push(user);
    }
    // One place was taken by the slow one all the while; the other served the rest.
    assert_eq!(order.len(), 5);
    assert_eq!(order.last().map(String::as_str), Some("user_0"));
}

#[tokio::test]
async fn the_rate_is_kept() {
    let fake = FakeClerk::start();
    let many = fake.clerk().sign_in_tokens().create_many(users(11));
    let begun = Instant::now();
    let mut created = many.rate(Rate::new(20, Duration::from_secs(1))).start();
    while created.next().await.is_some() {}
    assert!(
        begun.elapsed() >= Duration::from_millis(440),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn each_create_takes_the_settings() {
    let fake = FakeClerk::start();
    fake.next_fails_with(503, None);
    let many = fake.clerk().sign_in_tokens().create_many(["user_1"]);
    let many = many.each(|call| call.org_id("org_1").retry(RetryPolicy::never()));
    let (_, result) = many.start().next().await.unwrap();
    assert_eq!(result.unwrap_err().attempts(), 1);
    assert!(String::from_utf8_lossy(fake.requests()[0].body()).contains("org_1"));
}

#[tokio::test]
async fn nothing_goes_out_before_the_stream_is_polled() {
    let fake = FakeClerk::start();
    let created = fake.clerk().sign_in_tokens().create_many(users(3)).start();
    drop(created);
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_though_a_single_call_could_not() {
    let fake = FakeClerk::start();
    let impatient = clerk_api::Clerk::builder()
        .secret_key("sk_test_x")
        .base_url(fake.base_url());
    let impatient = impatient
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    fake.next_fails_with(429, Duration::from_secs(1));
    let many = impatient.sign_in_tokens().create_many(users(30));
    let mut created = many.concurrency(4).rate(quick()).start();
    let mut done = 0;
    while let Some((user, result)) = created.next().await {
        assert!(result.is_ok(), "{user}: {:?}", result.err());
        done += 1;
    }
    assert_eq!((done, fake.tokens().len()), (30, 30));
}

#[test]
fn a_rate_of_any_period_can_be_started() {
    let fake = FakeClerk::start();
    for period in [Duration::ZERO, Duration::MAX] {
        let many = fake.clerk().sign_in_tokens().create_many(["user_1"]);
        drop(many.rate(Rate::new(1, period)).start());
    }
}
