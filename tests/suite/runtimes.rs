//! Which runtimes and tasks a client and its calls may live in.

use clerk_api::Clerk;
use clerk_api_tests::faulty_server::FaultyServer;
use tokio::runtime::{Builder, Runtime};

use crate::support::{CALLS, Call, client, success};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

async fn assert_usable(clerk: &Clerk, call: Call) {
    assert_eq!(call.send(clerk).await.unwrap().attempts(), 1);
}

#[tokio::test]
async fn calls_can_be_sent_from_tasks() {
    let server = FaultyServer::start([success()]).await;
    let tokens = client(&server.url()).sign_in_tokens();
    let create = tokio::spawn(tokens.create("user_1").into_future());
    create.await.unwrap().unwrap();
    let revoke = tokio::spawn(tokens.revoke("sit_1").into_future());
    revoke.await.unwrap().unwrap();
    let ensure_revoked = tokio::spawn(tokens.ensure_revoked("sit_1").into_future());
    ensure_revoked.await.unwrap().unwrap();
    let send_with_response = tokio::spawn(tokens.create("user_1").send_with_response());
    send_with_response.await.unwrap().unwrap();
    assert_eq!(server.request_count(), 4);
}

#[test]
fn a_client_outlives_the_runtime_that_it_was_made_in() {
    for call in CALLS {
        let servers = runtime();
        let server = servers.block_on(FaultyServer::start([success()]));
        let first = runtime();
        let clerk = first.block_on(async {
            let clerk = client(&server.url());
            assert_usable(&clerk, call).await;
            clerk
        });
        // A connection that the first runtime served is still in the client's pool.
        drop(first);
        for _ in 0..2 {
            runtime().block_on(assert_usable(&clerk, call));
        }
        let third = runtime();
        third.block_on(assert_usable(&clerk, call));
        third.shutdown_background();
        let current_thread = Builder::new_current_thread().enable_all().build().unwrap();
        current_thread.block_on(assert_usable(&clerk, call));
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
            first.block_on(assert_usable(&clerk, call));
            second.block_on(assert_usable(&clerk, call));
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
