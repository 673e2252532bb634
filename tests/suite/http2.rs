//! HTTP/2, whose servers can say that a request was not processed.

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

/// A client that speaks HTTP/2 without TLS, and is otherwise as the crate's own.
fn client(server: &FaultyHttp2Server) -> Clerk {
    let http = reqwest::Client::builder()
        .http2_prior_knowledge()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
        .unwrap_or_else(|error| panic!("an HTTP client: {error}"));
    build(
        builder(&server.url())
            .http_client(http)
            .attempt_timeout(ms(3000)),
    )
}

async fn run(call: Call, script: impl Into<Http2Script>) -> Ran<Http2Request> {
    let server = FaultyHttp2Server::start(script).await;
    let clerk = client(&server);
    Ran::of(call, server, &clerk).await
}

#[tokio::test]
async fn unprocessed_requests_are_retried() {
    for call in CALLS {
        for (reply, connections) in [
            (Http2Reply::refused_stream(), 1),
            (Http2Reply::go_away_unprocessed(Reason::NO_ERROR), 2),
            (Http2Reply::go_away_unprocessed(Reason::INTERNAL_ERROR), 2),
            (
                Http2Reply::go_away_unprocessed(Reason::ENHANCE_YOUR_CALM),
                2,
            ),
        ] {
            let ran = run(call, [reply.clone(), success()]).await;
            ran.succeeds(2);
            assert_eq!(ran.server.connections(), connections, "{reply:?}");
            // The same on a connection that was kept after a success.
            let server = FaultyHttp2Server::start([success(), reply, success()]).await;
            let clerk = client(&server);
            assert_eq!(call.send(&clerk).await.unwrap().attempts(), 1);
            Ran::of(call, server, &clerk).await.succeeds(2);
        }
        let ran = run(call, [Http2Reply::refused_stream()]).await;
        let expected = Expected::new(ErrorKind::NotProcessed, Outcome::NotSent);
        ran.fails(expected.attempts(4)).await;
    }
}

#[tokio::test]
async fn requests_that_may_have_been_processed_are_retried_if_idempotent() {
    let lost = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
    let cut_off = lost.status(200);
    for (reply, expected) in [
        (Http2Reply::go_away_processed(Reason::NO_ERROR), lost),
        (Http2Reply::go_away_processed(Reason::INTERNAL_ERROR), lost),
        (
            Http2Reply::go_away_processed(Reason::ENHANCE_YOUR_CALM),
            lost,
        ),
        (Http2Reply::reset_stream(Reason::NO_ERROR), lost),
        (Http2Reply::reset_stream(Reason::INTERNAL_ERROR), lost),
        (Http2Reply::reset_stream(Reason::CANCEL), lost),
        (Http2Reply::reset_stream(Reason::ENHANCE_YOUR_CALM), lost),
        (Http2Reply::close_before_response(), lost),
        (Http2Reply::reset_before_response(), lost),
        (success().then_reset_stream(Reason::REFUSED_STREAM), cut_off),
        (success().then_reset_stream(Reason::INTERNAL_ERROR), cut_off),
    ] {
        let script = [reply, success()];
        run(Call::Create, script.clone())
            .await
            .fails(expected)
            .await;
        run(Call::Revoke, script).await.succeeds(2);
    }
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
