//! The feature `bulk`: many creates at once.

use std::time::{Duration, Instant};

use clerk_api::testing::FakeClerk;
use clerk_api::types::SignInToken;
use clerk_api::{Clerk, CreatedTokens, Error, Rate, RetryPolicy};

use crate::support::{KEY, build, ms};

const SECOND: Duration = Duration::from_secs(1);

fn users(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("user_{index}")).collect()
}

/// A rate at which no call waits.
fn quick() -> Rate {
    Rate::new(10_000, SECOND).unwrap()
}

/// All results, in the order in which they come.
async fn all(mut created: CreatedTokens) -> Vec<(String, Result<SignInToken, Error>)> {
    let mut all = Vec::new();
    while let Some(next) = created.next().await {
        all.push(next);
    }
    all
}

#[tokio::test]
async fn every_user_gets_one_token_and_a_failure_does_not_stop_the_rest() {
    let users = users(50);
    let fake = FakeClerk::with_users(users.iter().filter(|user| *user != "user_7"));
    let many = fake.client().sign_in_tokens().create_many(users.clone());
    let created = many.concurrency(8).rate(quick()).start().unwrap();
    let mut results = all(created).await;
    results.sort_by_key(|(user, _)| users.iter().position(|other| other == user));
    assert!(results.iter().map(|(user, _)| user).eq(&users));
    for (user, result) in results {
        match result {
            Ok(token) => assert_eq!(token.user_id, user),
            Err(error) => assert!(error.is_not_found() && user == "user_7", "{user}"),
        }
    }
    assert_eq!(fake.tokens().len(), 49);
}

#[tokio::test]
async fn concurrency_is_bounded_and_results_come_as_they_are_ready() {
    let fake = FakeClerk::start();
    fake.delay_next_response(ms(1500));
    let many = fake.client().sign_in_tokens().create_many(users(5));
    let created = many.concurrency(2).rate(quick()).start().unwrap();
    let results = all(created).await;
    assert!(results.iter().all(|(_, result)| result.is_ok()));
    // The slow one took one of two places all the while; the other served the rest.
    let expected = ["user_1", "user_2", "user_3", "user_4", "user_0"];
    assert!(results.iter().map(|(user, _)| user).eq(&expected));
}

#[tokio::test]
async fn the_rate_is_kept() {
    let fake = FakeClerk::start();
    let many = fake.client().sign_in_tokens().create_many(users(11));
    let begun = Instant::now();
    all(many.rate(Rate::new(20, SECOND).unwrap()).start().unwrap()).await;
    assert!(begun.elapsed() >= ms(440), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_consumer_that_pauses_does_not_make_calls_time_out() {
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
async fn settings_apply_to_each_create() {
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
async fn calls_wait_for_a_rate_limit_longer_than_their_own_time_limit() {
    let fake = FakeClerk::start();
    let builder = Clerk::builder().secret_key(KEY).base_url(fake.base_url());
    let impatient = build(builder.operation_timeout(ms(500)));
    fake.fail_next_with(429, SECOND);
    let many = impatient.sign_in_tokens().create_many(users(30));
    let created = many.concurrency(4).rate(quick()).start().unwrap();
    for (user, result) in all(created).await {
        assert!(result.is_ok(), "{user}: {:?}", result.err());
    }
    assert_eq!(fake.tokens().len(), 30);
}
