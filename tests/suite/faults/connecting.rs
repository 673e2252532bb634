//! No connection comes about: nothing is sent, so that both calls are tried again.

use std::time::{Duration, Instant};

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, RefusedPort};
use tokio::net::TcpListener;

use super::support::{
    CALLS, Call, Expected, KEY, Ran, build, builder, client, ms, sources, success,
};

fn not_sent() -> Expected {
    Expected::new(ErrorKind::Connect, Outcome::NotSent).attempts(4)
}

#[tokio::test]
async fn a_refused_port() {
    let port = RefusedPort::take();
    for call in CALLS {
        let begun = Instant::now();
        let error = call.send(&client(&port.url())).await.unwrap_err();
        not_sent().check(call, &error, begun.elapsed());
        let sources = sources(&error).join(": ");
        assert!(sources.contains("refused"), "{sources}");
    }
}

#[tokio::test]
async fn a_refused_port_is_tried_as_often_as_the_policy_says() {
    let port = RefusedPort::take();
    let policy = super::support::quick().max_attempts(2);
    for call in CALLS {
        let clerk = build(builder(&port.url()).retry(policy.clone()));
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        not_sent().attempts(2).check(call, &error, begun.elapsed());
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    // A resolver that doesn't answer at all must not make the test a long one.
    let builder = builder("https://does-not-exist.invalid").connect_timeout(Duration::from_secs(1));
    let clerk = build(builder);
    for call in CALLS {
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        not_sent().check(call, &error, begun.elapsed());
        assert!(!sources(&error).is_empty(), "{error:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted() {
    for call in CALLS {
        for host in ["127.0.0.1", "localhost"] {
            let server = FaultyServer::start_tls([success()]).await;
            let clerk = client(&format!("https://{host}:{}", server.address().port()));
            let begun = Instant::now();
            let error = call.send(&clerk).await.unwrap_err();
            not_sent().check(call, &error, begun.elapsed());
            let sources = sources(&error).join(": ").to_lowercase();
            assert!(sources.contains("certificate"), "{sources}");
            assert_eq!(server.request_count(), 0);

            // What came instead of requests are alerts of TLS, not anything in plain text.
            drop(clerk);
            server.wait_until_disconnected().await;
            let handshakes = server.failed_handshakes();
            assert_eq!(handshakes.len(), 4, "{handshakes:?}");
            for handshake in handshakes {
                assert!(handshake.contains("alert"), "{handshake}");
            }
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
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        not_sent().check(call, &error, begun.elapsed());
        server.wait_for_requests(4).await;
        for request in server.requests() {
            assert!(!request.is_complete());
            // A TLS record of a handshake begins so.
            assert_eq!(request.raw()[0], 0x16);
            let text = String::from_utf8_lossy(request.raw());
            assert!(!text.contains(KEY) && !text.contains("sign_in_tokens"));
        }
    }
}

#[tokio::test]
async fn a_handshake_that_gets_no_answer() {
    // The operating system accepts the connection; nobody reads from it.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    for call in CALLS {
        let clerk = build(builder(&url).connect_timeout(ms(100)));
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        not_sent()
            .at_least(ms(400))
            .check(call, &error, begun.elapsed());
    }
}

#[tokio::test]
async fn a_call_that_ends_while_it_connects_claims_nothing() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let clerk = build(builder(&url).timeout(ms(150)));
    let begun = Instant::now();
    let error = Call::Create.send(&clerk).await.unwrap_err();
    // The client can't tell how far its HTTP library got, so it must not claim that nothing was sent.
    Expected::new(ErrorKind::Timeout, Outcome::Unknown)
        .at_least(ms(150))
        .check(Call::Create, &error, begun.elapsed());
}
