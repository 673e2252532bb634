//! Connections that can't be made, and connections that are lost between two calls.

use std::error::Error as _;
use std::time::Instant;

use clerk_api::{Clerk, ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Disconnect, FaultyServer, RefusedPort, Reply};
use tokio::net::TcpListener;

use crate::support::{
    CALLS, CLOSED, Call, Expected, KEY, RESET, Ran, build, builder, client, ms, serve, success,
};

/// Nothing was sent, so that both calls are retried.
fn not_sent() -> Expected {
    Expected::new(ErrorKind::Connect, Outcome::NotSent).attempts(4)
}

/// Makes a call whose error must have a source, and a line with the server and the cause.
async fn check_not_sent(call: Call, clerk: &Clerk, server_and_cause: &str) {
    let error = not_sent().check_call(call, clerk).await;
    assert!(error.source().is_some(), "{error:?}");
    let line = error.to_string();
    let start = format!(
        "{}: could not connect to {server_and_cause}",
        call.operation()
    );
    assert!(line.starts_with(&start) && line.ends_with("s]"), "{line}");
}

#[tokio::test]
async fn failed_connects_are_retried() {
    let port = RefusedPort::take();
    let url = port.url();
    let refused = url.replace("http://", "") + ": Connection refused";
    for (url, server_and_cause) in [
        (&*url, &*refused),
        (
            "https://does-not-exist.invalid",
            "does-not-exist.invalid:443: ",
        ),
    ] {
        // A resolver that doesn't respond must not make the test slow.
        let clerk = build(builder(url).connect_timeout(ms(1000)));
        for call in CALLS {
            check_not_sent(call, &clerk, server_and_cause).await;
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_if_the_certificate_is_not_trusted() {
    for (call, host) in CALLS.into_iter().zip(["127.0.0.1", "localhost"]) {
        let server = FaultyServer::start_tls([success()]).await;
        let host = format!("{host}:{}", server.address().port());
        let clerk = client(&format!("https://{host}"));
        let cause = format!("{host}: invalid peer certificate");
        check_not_sent(call, &clerk, &cause).await;
        assert_eq!(server.request_count(), 0);

        // The client sent TLS alerts, and nothing in plain text.
        drop(clerk);
        server.wait_until_disconnected().await;
        let handshakes = server.failed_handshakes();
        assert_eq!(handshakes.len(), 4, "{handshakes:?}");
        for handshake in handshakes {
            assert!(handshake.contains("alert"), "{handshake}");
        }
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_in_plain_text() {
    for call in CALLS {
        let server = FaultyServer::start([Reply::status(500)]).await;
        let clerk = client(&format!("https://{}", server.address()));
        not_sent().check_call(call, &clerk).await;
        server.wait_for_requests(4).await;
        for request in server.requests() {
            assert!(!request.is_complete());
            // The first byte of a TLS handshake.
            assert_eq!(request.raw()[0], 0x16);
            let text = String::from_utf8_lossy(request.raw());
            assert!(!text.contains(KEY) && !text.contains("sign_in_tokens"));
        }
    }
}

#[tokio::test]
async fn a_silent_handshake_ends_with_a_time_limit() {
    // The operating system accepts connections, but nothing reads from them.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    // The connect timeout of a custom client is unknown.
    let custom = builder(&url).http_client(reqwest::Client::builder().build().unwrap());
    let four_attempts = not_sent().at_least(ms(200));
    let one_attempt = not_sent().attempts(1).at_least(ms(150));
    for (builder, expected) in [
        (builder(&url).connect_timeout(ms(50)), four_attempts),
        (builder(&url).attempt_timeout(ms(50)), four_attempts),
        (custom.attempt_timeout(ms(50)), four_attempts),
        (builder(&url).operation_timeout(ms(150)), one_attempt),
    ] {
        let clerk = build(builder);
        for call in CALLS {
            expected.check_call(call, &clerk).await;
        }
    }
}

fn lost() -> Expected {
    Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown)
}

#[tokio::test]
async fn a_connection_that_ends_with_the_next_request_is_lost() {
    for (how, cause) in [(Disconnect::Close, CLOSED), (Disconnect::Reset, RESET)] {
        for call in CALLS {
            let first = success().then_disconnect_on_next_request(how);
            let (server, clerk) = serve([first, success()]).await;
            call.send(&clerk).await.unwrap();
            let ran = Ran::of(call, server, &clerk).await;
            if call == Call::Create {
                ran.fails(lost().caused_by(cause)).await;
                assert_eq!(ran.server.connections(), 1, "{how:?}");
            } else {
                ran.succeeds(2);
                assert_eq!(ran.server.connections(), 2, "{how:?}");
            }
        }
    }
}

/// The client may or may not notice that the connection has ended before it writes to it. It never sends a create twice.
#[tokio::test]
async fn a_connection_that_ended_while_idle_causes_no_second_create() {
    for how in [Disconnect::Close, Disconnect::Reset] {
        for call in CALLS {
            let first = success().then_disconnect_when_idle(ms(10), how);
            let (server, clerk) = serve([first, success()]).await;
            let begun = Instant::now();
            call.send(&clerk).await.unwrap();
            server.wait_until_disconnected().await;
            assert!(begun.elapsed() >= ms(10), "{:?}", begun.elapsed());
            let ran = Ran::of(call, server, &clerk).await;
            match &ran.result {
                Ok(_) => assert_eq!(ran.requests(), 1, "{how:?}"),
                Err(error) if call == Call::Create => lost().check(call, error, ran.elapsed),
                Err(error) => panic!("{how:?}: {error:?}"),
            }
        }
    }
}
