//! Bodies that are larger than anybody needs. What they take of memory is in `memory.rs`.

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::Answer;

use super::support::{CALLS, Expected, run, run_with, success, token};

const MIB: u64 = 1024 * 1024;

fn large() -> [Answer; 4] {
    [
        success().padded_to(64 * MIB),
        success().padded_to(64 * MIB).chunked(),
        success().padded_for_ever().chunked(),
        success().padded_to(64 * MIB).until_close(),
    ]
}

fn too_large() -> Expected {
    Expected::new(ErrorKind::BodyTooLarge, Outcome::Applied).status(200)
}

#[tokio::test]
async fn a_large_success_is_not_read_to_its_end() {
    for call in CALLS {
        for answer in large() {
            let ran = run(call, [answer, success()]).await;
            let error = ran.fails(too_large()).await;
            let kept = error.response_body().unwrap_or_default().len() as u64;
            assert_eq!(kept, MIB, "as much as may be, since the token stands in it");
            let length = token().len();
            let body = error.response_body().unwrap();
            assert_eq!(body[..length], *token().as_bytes());
            // The connection can't be used again, so it must not be kept.
            ran.server.wait_until_disconnected().await;
            let sent = ran.server.requests()[0].answered_bytes();
            assert!(sent < 16 * MIB, "{sent}");
        }
    }
}

#[tokio::test]
async fn a_large_refusal_is_its_status_and_how_it_begins() {
    for call in CALLS {
        for answer in [
            Answer::status(404).html("<h1>no</h1>").padded_to(64 * MIB),
            Answer::status(404)
                .html("<h1>no</h1>")
                .padded_to(64 * MIB)
                .chunked(),
        ] {
            let ran = run(call, [answer]).await;
            let expected = Expected::new(ErrorKind::Status, Outcome::Rejected);
            let error = ran.fails(expected.status(404)).await;
            let kept = error.response_body().unwrap();
            assert!(kept.starts_with(b"<h1>no</h1>"));
            assert!(kept.len() as u64 <= MIB, "{}", kept.len());
            ran.server.wait_until_disconnected().await;
            let sent = ran.server.requests()[0].answered_bytes();
            assert!(sent < 16 * MIB, "{sent}");
        }
    }
}

#[tokio::test]
async fn the_limit_is_the_longest_body_that_is_read() {
    let length = token().len();
    for call in CALLS {
        for answer in [success(), success().chunked(), success().until_close()] {
            let answer = answer.header("x-a", "b");
            let ran = run_with(call, [answer.clone()], |builder| builder.body_limit(length));
            ran.await.succeeds(1);

            let ran = run_with(call, [answer], |builder| builder.body_limit(length - 1));
            ran.await.fails(too_large()).await;
        }
        // The default is what it is said to be.
        let answer = success().padded_to(MIB);
        run(call, [answer]).await.succeeds(1);
        let ran = run(call, [success().padded_to(MIB + 1)]).await;
        ran.fails(too_large()).await;
    }
}

#[tokio::test]
async fn a_length_that_is_not_true_reserves_nothing() {
    for call in CALLS {
        // What is announced lies below the limit, and by far above what comes.
        let answer = success().header("content-length", MIB);
        let answer = answer.then_disconnect(clerk_api_tests::faulty_server::Disconnect::Close);
        let ran = run_with(call, [answer], |builder| {
            builder.retry(clerk_api::RetryPolicy::never())
        });
        let ran = ran.await;
        let expected = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
        ran.fails(expected.status(200)).await;
    }
}

#[tokio::test]
async fn a_success_that_says_that_it_is_too_large_is_one_even_if_it_ends_early() {
    use clerk_api_tests::faulty_server::Disconnect;
    for call in CALLS {
        let answer = success().header("content-length", 64 * MIB);
        let answer = answer.then_disconnect(Disconnect::Close);
        let ran = run(call, [answer]).await;
        let error = ran.fails(too_large()).await;
        assert_eq!(error.response_body().unwrap(), token().as_bytes());
    }
}
