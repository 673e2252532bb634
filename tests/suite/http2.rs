//! HTTP/2, whose servers can say that a request was not processed.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clerk_api::{Clerk, ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{
    FaultyHttp2Server, Http2Reply, Http2Request, Http2Script, Reason,
};

use crate::support::{
    CALLS, CHILD, Call, Expected, KEY, Ran, build, builder, in_own_process, ms, token,
};

fn success() -> Http2Reply {
    Http2Reply::ok(token())
}

/// A client that speaks HTTP/2 without TLS, and is otherwise like the crate's own.
fn client(server: &FaultyHttp2Server, attempt_timeout: Duration) -> Clerk {
    let http = reqwest::Client::builder()
        .http2_prior_knowledge()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never());
    let builder = builder(&server.url()).http_client(http.build().unwrap());
    build(builder.attempt_timeout(attempt_timeout))
}

async fn run(call: Call, script: impl Into<Http2Script>) -> Ran<Http2Request> {
    let server = FaultyHttp2Server::start(script).await;
    let clerk = client(&server, ms(3000));
    Ran::of(call, server, &clerk).await
}

#[tokio::test]
async fn unprocessed_requests_are_retried() {
    let go_away = |reason: &'static Reason| (Http2Reply::go_away_unprocessed(*reason), reason, 2);
    for call in CALLS {
        for (reply, reason, connections) in [
            (Http2Reply::refused_stream(), &Reason::REFUSED_STREAM, 1),
            go_away(&Reason::NO_ERROR),
            go_away(&Reason::INTERNAL_ERROR),
            go_away(&Reason::ENHANCE_YOUR_CALM),
        ] {
            let ran = run(call, [reply.clone(), success()]).await;
            let response = ran.succeeds(2);
            assert_eq!(response.headers()["content-type"], "application/json");
            assert_eq!(ran.server.connections(), connections, "{reason}");

            let ran = run(call, [reply.clone()]).await;
            let expected = Expected::new(ErrorKind::NotProcessed, Outcome::NotSent).attempts(4);
            ran.fails(expected.caused_by(reason.description())).await;

            // The same on a connection that was kept after a success.
            let server = FaultyHttp2Server::start([success(), reply, success()]).await;
            let clerk = client(&server, ms(3000));
            assert_eq!(call.send(&clerk).await.unwrap().attempts(), 1);
            Ran::of(call, server, &clerk).await.succeeds(2);
        }
    }
}

#[tokio::test]
async fn requests_that_may_have_been_processed_are_retried_if_idempotent() {
    let lost = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
    // The stream waits for its response, until the connection ends.
    let closed = lost.caused_by("broken pipe");
    let reset = |reason: &'static Reason| {
        let expected = lost.caused_by(reason.description());
        (Http2Reply::reset_stream(*reason), expected)
    };
    let cut_off = |reason: &'static Reason| {
        let expected = lost.caused_by(reason.description()).status(200);
        (success().then_reset_stream(*reason), expected)
    };
    for (reply, expected) in [
        (Http2Reply::go_away_processed(Reason::NO_ERROR), closed),
        (
            Http2Reply::go_away_processed(Reason::INTERNAL_ERROR),
            closed,
        ),
        (
            Http2Reply::go_away_processed(Reason::ENHANCE_YOUR_CALM),
            closed,
        ),
        reset(&Reason::NO_ERROR),
        reset(&Reason::INTERNAL_ERROR),
        reset(&Reason::CANCEL),
        reset(&Reason::ENHANCE_YOUR_CALM),
        cut_off(&Reason::REFUSED_STREAM),
        cut_off(&Reason::INTERNAL_ERROR),
        (Http2Reply::close_before_response(), closed),
        (
            Http2Reply::reset_before_response(),
            lost.caused_by("connection reset"),
        ),
    ] {
        let script = [reply, success()];
        let ran = run(Call::Create, script.clone()).await;
        ran.fails(expected).await;
        run(Call::Revoke, script).await.succeeds(2);
    }
}

#[tokio::test]
async fn a_stream_that_times_out_leaves_the_connection_usable() {
    let server = FaultyHttp2Server::start([Http2Reply::never(), success()]).await;
    let clerk = client(&server, ms(300));
    let ran = Ran::of(Call::Revoke, server, &clerk).await;
    ran.succeeds(2);
    assert_eq!(ran.server.connections(), 1);
}

/// Does nothing in an ordinary run. In the child it revokes with the crate's own client, after a call that made the
/// connection.
#[tokio::test]
async fn child() {
    let Ok(base_url) = std::env::var(CHILD) else {
        return;
    };
    let builder = Clerk::builder().secret_key(KEY).base_url(base_url);
    let clerk = build(builder.attempt_timeout(ms(20_000)));
    clerk.sign_in_tokens().create("user_1").await.unwrap();
    let revoke = clerk.sign_in_tokens().revoke("sit_1");
    let response = revoke.send_with_response().await.unwrap();
    assert_eq!(response.attempts(), 2);
    // Found by the client's PINGs, not by the attempt's time limit.
    assert!(response.elapsed() < ms(18_000), "{:?}", response.elapsed());
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let script = [success(), Http2Reply::silence(), success()];
    let server = FaultyHttp2Server::start_tls(script).await;
    let certificate = STANDARD.encode(server.certificate().unwrap());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let trusted = [("SSL_CERT_FILE", file.path().to_str().unwrap())];
    let test = concat!(module_path!(), "::child");
    let output = in_own_process(test, &server.url(), &trusted).await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!((server.request_count(), server.connections()), (3, 2));
}
