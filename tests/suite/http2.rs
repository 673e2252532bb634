//! HTTP/2, whose servers can say that a request was not processed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clerk_api::{Clerk, ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{
    ErrorCode, FaultyHttp2Server, Http2Answer, Http2Request, Http2Script,
};

use crate::support::{
    CALLS, CHILD, Call, Expected, KEY, Ran, build, builder, in_own_process, ms, token,
};

fn success() -> Http2Answer {
    Http2Answer::ok(token())
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
        for (answer, connections) in [
            (Http2Answer::refused_stream(), 1),
            (Http2Answer::go_away_unprocessed(ErrorCode::NoError), 2),
            (
                Http2Answer::go_away_unprocessed(ErrorCode::InternalError),
                2,
            ),
            (
                Http2Answer::go_away_unprocessed(ErrorCode::EnhanceYourCalm),
                2,
            ),
        ] {
            let ran = run(call, [answer.clone(), success()]).await;
            ran.succeeds(2);
            assert_eq!(ran.server.connections(), connections, "{answer:?}");
            // The same on a connection that was kept after a success.
            let server = FaultyHttp2Server::start([success(), answer, success()]).await;
            let clerk = client(&server);
            assert_eq!(call.send(&clerk).await.unwrap().attempts(), 1);
            Ran::of(call, server, &clerk).await.succeeds(2);
        }
        let ran = run(call, [Http2Answer::refused_stream()]).await;
        let expected = Expected::new(ErrorKind::NotProcessed, Outcome::NotSent);
        ran.fails(expected.attempts(4)).await;
    }
}

#[tokio::test]
async fn requests_that_may_have_been_processed_are_retried_if_idempotent() {
    use ErrorCode::{Cancel, EnhanceYourCalm, InternalError, NoError, RefusedStream};
    let lost = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
    let cut_off = lost.status(200);
    for (answer, expected) in [
        (Http2Answer::go_away_processed(NoError), lost),
        (Http2Answer::go_away_processed(InternalError), lost),
        (Http2Answer::go_away_processed(EnhanceYourCalm), lost),
        (Http2Answer::reset_stream(NoError), lost),
        (Http2Answer::reset_stream(InternalError), lost),
        (Http2Answer::reset_stream(Cancel), lost),
        (Http2Answer::reset_stream(EnhanceYourCalm), lost),
        (Http2Answer::close_before_answer(), lost),
        (Http2Answer::reset_before_answer(), lost),
        (success().then_reset_stream(RefusedStream), cut_off),
        (success().then_reset_stream(InternalError), cut_off),
    ] {
        let script = [answer, success()];
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
    let script = [success(), Http2Answer::silence(), success()];
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
