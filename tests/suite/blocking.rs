//! The feature `blocking`: the same calls without a runtime.

use clerk_api::testing::FakeClerk;
use clerk_api::types::SignInTokenStatus;
use clerk_api::{Outcome, RetryPolicy, RevocationResult, blocking};

fn client(fake: &FakeClerk) -> blocking::Clerk {
    blocking::Clerk::from_async(fake.client().clone()).unwrap()
}

#[test]
fn calls_work_without_a_runtime() {
    let fake = FakeClerk::start();
    let tokens = client(&fake).sign_in_tokens();
    let create = tokens.create("user_1").org_id("org_1");
    let response = create.send_with_response().unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    let id = response.into_body().id;
    let revoked = tokens.revoke(&id).send().unwrap();
    assert_eq!(revoked.status, SignInTokenStatus::Revoked);
    let error = tokens.revoke(&id).send().unwrap_err();
    assert!(error.is_not_pending());
    let ensured = tokens.ensure_revoked(&id).send().unwrap();
    assert!(matches!(ensured, RevocationResult::AlreadyInactive));
}

#[test]
fn errors_and_retries_are_the_same() {
    let fake = FakeClerk::start();
    let tokens = client(&fake).sign_in_tokens();
    fake.fail_next_with(503, None);
    let response = tokens.create("user_1").send_with_response().unwrap();
    assert_eq!(response.attempts(), 2);
    fake.drop_next_response();
    let error = tokens.create("user_1").send().unwrap_err();
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1));
    fake.fail_next_with(503, None);
    let once = tokens.create("user_1").retry_policy(RetryPolicy::never());
    assert_eq!(once.send().unwrap_err().attempts(), 1);
}

#[test]
fn many_threads_can_share_a_client() {
    let fake = FakeClerk::start();
    let clerk = client(&fake);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| clerk.sign_in_tokens().create("user_1").send().unwrap());
        }
    });
    assert_eq!(fake.tokens().len(), 8);
}

#[tokio::test]
async fn calls_in_a_task_fail_and_the_client_can_be_dropped() {
    let fake = FakeClerk::start();
    let create = client(&fake).sign_in_tokens().create("user_1");
    let error = create.clone().send().unwrap_err();
    assert!(error.is_invalid_input());
    assert_eq!(error.parameter(), Some("thread"));
    let tasks = tokio::task::LocalSet::new();
    let task = tasks.run_until(async { tokio::task::spawn_local(async { create.send() }).await });
    assert!(task.await.unwrap().unwrap_err().is_invalid_input());
    assert!(fake.requests().is_empty());
}

async fn calls_work_on_threads_that_may_block() {
    let fake = FakeClerk::start();
    let create = client(&fake).sign_in_tokens().create("user_1");
    let (blocking, entered) = (create.clone(), create.clone());
    let created = tokio::task::spawn_blocking(move || blocking.send());
    assert!(created.await.unwrap().is_ok());
    let runtime = tokio::runtime::Handle::current();
    let created = std::thread::spawn(move || {
        let _guard = runtime.enter();
        entered.send()
    });
    assert!(created.join().unwrap().is_ok());
    // The same thread runs a task again afterwards.
    assert!(create.send().unwrap_err().is_invalid_input());
}

#[tokio::test]
async fn calls_work_on_threads_that_may_block_beside_a_single_thread() {
    calls_work_on_threads_that_may_block().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_work_on_threads_that_may_block_beside_several_threads() {
    calls_work_on_threads_that_may_block().await;
    let fake = FakeClerk::start();
    let create = client(&fake).sign_in_tokens().create("user_1");
    let created = tokio::spawn(async { tokio::task::block_in_place(|| create.send()) });
    assert!(created.await.unwrap().is_ok());
}
