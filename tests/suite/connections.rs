//! Connections that can't be made, and connections that are lost between two calls.

use std::error::Error as _;

use clerk_api::{ErrorKind, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, Disconnect, FaultyServer, RefusedPort};
use tokio::net::TcpListener;

use crate::support::{CALLS, Call, Expected, KEY, Ran, build, builder, client, ms, quick, success};

/// Nothing was sent, so that both calls are tried again.
fn not_sent() -> Expected {
    Expected::new(ErrorKind::Connect, Outcome::NotSent).attempts(4)
}

#[tokio::test]
async fn a_refused_connection_is_tried_as_often_as_the_policy_says() {
    let port = RefusedPort::take();
    for (policy, attempts) in [
        (quick(), 4),
        (quick().with_max_attempts(2), 2),
        (RetryPolicy::never(), 1),
    ] {
        let clerk = build(builder(&port.url()).retry_policy(policy));
        for call in CALLS {
            let expected = not_sent().attempts(attempts);
            let error = expected.check_call(call, &clerk).await;
            assert!(format!("{error:?}").contains("refused"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    // A resolver that doesn't respond at all must not make the test a long one.
    let builder = builder("https://does-not-exist.invalid").connect_timeout(ms(1000));
    let clerk = build(builder);
    for call in CALLS {
        let error = not_sent().check_call(call, &clerk).await;
        assert!(error.source().is_some(), "{error:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted() {
    for (call, host) in CALLS.into_iter().zip(["127.0.0.1", "localhost"]) {
        let server = FaultyServer::start_tls([success()]).await;
        let clerk = client(&format!("https://{host}:{}", server.address().port()));
        let error = not_sent().check_call(call, &clerk).await;
        let source = error.source().unwrap();
        let source = format!("{source:?}").to_lowercase();
        assert!(source.contains("certificate"), "{source}");
        assert_eq!(server.request_count(), 0);

        // What came instead of requests are TLS alerts, nothing in plain text.
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
async fn a_certificate_that_is_trusted() {
    for call in CALLS {
        let server = FaultyServer::start_tls([success()]).await;
        let certificate = server.certificate().unwrap();
        let certificate = reqwest::Certificate::from_der(certificate).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([certificate]);
        let http = http.redirect(reqwest::redirect::Policy::none());
        let url = server.url();
        let clerk = build(builder(&url).http_client(http.build().unwrap()));
        Ran::of(call, server, &clerk).await.succeeds(1);
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_in_plain_text() {
    for call in CALLS {
        let server = FaultyServer::start([Answer::status(500)]).await;
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

/// The operating system accepts the connection, but nobody reads from it.
async fn silent_server() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test]
async fn a_handshake_without_a_response_ends_with_the_connect_timeout() {
    let (_listener, url) = silent_server().await;
    let clerk = build(builder(&url).connect_timeout(ms(50)));
    for call in CALLS {
        let expected = not_sent().at_least(ms(200));
        expected.check_call(call, &clerk).await;
    }
}

#[tokio::test]
async fn a_time_limit_that_ends_connecting_leaves_nothing_created() {
    let (_listener, url) = silent_server().await;
    // The call's limit leaves time for one attempt.
    let one = build(builder(&url).operation_timeout(ms(150)));
    let four = build(builder(&url).attempt_timeout(ms(50)));
    // The connect timeout of a custom client is unknown.
    let http = reqwest::Client::builder().build().unwrap();
    let custom = build(builder(&url).http_client(http).attempt_timeout(ms(50)));
    for call in CALLS {
        let expected = not_sent().attempts(1).at_least(ms(150));
        expected.check_call(call, &one).await;
        for clerk in [&four, &custom] {
            let expected = not_sent().at_least(ms(200));
            expected.check_call(call, clerk).await;
        }
    }
}

#[tokio::test]
async fn a_time_limit_after_the_request_was_taken_leaves_the_outcome_unknown() {
    for call in CALLS {
        let server = FaultyServer::start([Answer::never()]).await;
        let clerk = build(builder(&server.url()).operation_timeout(ms(150)));
        let expected = Expected::new(ErrorKind::Timeout, Outcome::Unknown).at_least(ms(150));
        expected.check_call(call, &clerk).await;
        assert_eq!(server.request_count(), 1);
        let request = &server.requests()[0];
        let length = if call == Call::Create { "20" } else { "0" };
        assert_eq!(request.header("content-length"), Some(length));
        assert_eq!(request.header("transfer-encoding"), None);
    }
}

fn lost() -> Expected {
    Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown)
}

#[tokio::test]
async fn a_kept_connection_that_ends_as_the_next_request_comes() {
    for how in [Disconnect::Close, Disconnect::Reset] {
        for call in CALLS {
            let first = success().then_disconnect_on_next_request(how);
            let server = FaultyServer::start([first, success()]).await;
            let clerk = client(&server.url());
            call.send(&clerk).await.unwrap();
            let ran = Ran::of(call, server, &clerk).await;
            if call == Call::Create {
                ran.fails(lost()).await;
                assert_eq!(ran.server.connections(), 1, "{how:?}");
            } else {
                ran.succeeds(2);
                assert_eq!(ran.server.connections(), 2, "{how:?}");
            }
        }
    }
}

/// The client may notice that the connection has ended, or write to it in vain. In either case, no create is done twice.
#[tokio::test]
async fn a_kept_connection_that_ended_while_idle() {
    for how in [Disconnect::Close, Disconnect::Reset] {
        for call in CALLS {
            let first = success().then_disconnect_when_idle(ms(10), how);
            let server = FaultyServer::start([first, success()]).await;
            let clerk = client(&server.url());
            call.send(&clerk).await.unwrap();
            server.wait_until_disconnected().await;
            let ran = Ran::of(call, server, &clerk).await;
            match &ran.result {
                Ok(_) => assert_eq!(ran.requests(), 1, "{how:?}"),
                Err(error) if call == Call::Create => lost().check(call, error, ran.elapsed),
                Err(error) => panic!("{how:?}: {error:?}"),
            }
        }
    }
}
