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

const REASONS: [ErrorCode; 3] = [
    ErrorCode::NoError,
    ErrorCode::InternalError,
    ErrorCode::EnhanceYourCalm,
];

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
async fn an_answer() {
    for call in CALLS {
        run(call, [success()]).await.succeeds(1);
    }
}

#[tokio::test]
async fn a_refused_stream_is_sent_again() {
    for call in CALLS {
        run(call, [Http2Answer::refused_stream(), success()])
            .await
            .succeeds(2);

        let ran = run(call, [Http2Answer::refused_stream()]).await;
        let expected = Expected::new(ErrorKind::NotProcessed, Outcome::NotSent);
        ran.fails(expected.attempts(4)).await;
    }
}

#[tokio::test]
async fn a_stream_beyond_the_last_one_is_sent_again() {
    for call in CALLS {
        for reason in REASONS {
            let script = [Http2Answer::go_away_unprocessed(reason), success()];
            let ran = run(call, script).await;
            ran.succeeds(2);
            assert_eq!(ran.server.connections(), 2);
        }
    }
}

#[tokio::test]
async fn a_stream_that_may_have_been_processed_is_not() {
    for reason in REASONS {
        let script = [Http2Answer::go_away_processed(reason), success()];
        let ran = run(Call::Create, script.clone()).await;
        let expected = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
        ran.fails(expected).await;
        run(Call::Revoke, script).await.succeeds(2);
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_otherwise_is_not() {
    for code in [
        ErrorCode::NoError,
        ErrorCode::InternalError,
        ErrorCode::Cancel,
        ErrorCode::EnhanceYourCalm,
    ] {
        let script = [Http2Answer::reset_stream(code), success()];
        let ran = run(Call::Create, script.clone()).await;
        let expected = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
        ran.fails(expected).await;
        run(Call::Revoke, script).await.succeeds(2);
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_by_a_reset_was_processed() {
    for code in [ErrorCode::RefusedStream, ErrorCode::InternalError] {
        let script = [success().then_reset_stream(code), success()];
        let ran = run(Call::Create, script.clone()).await;
        let error = ran.error();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
        assert_eq!((error.attempts(), ran.server.request_count()), (1, 1));
        assert_eq!(error.status().unwrap(), 200);
        run(Call::Revoke, script).await.succeeds(2);
    }
}

#[tokio::test]
async fn a_connection_that_is_lost() {
    for answer in [
        Http2Answer::close_before_answer(),
        Http2Answer::reset_before_answer(),
    ] {
        let ran = run(Call::Create, [answer.clone(), success()]).await;
        let expected = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
        ran.fails(expected).await;
        run(Call::Revoke, [answer, success()]).await.succeeds(2);
    }
}

#[tokio::test]
async fn a_refusal_at_a_kept_connection() {
    for call in CALLS {
        for answer in [
            Http2Answer::refused_stream(),
            Http2Answer::go_away_unprocessed(ErrorCode::NoError),
        ] {
            let server = FaultyHttp2Server::start([success(), answer, success()]).await;
            let clerk = client(&server);
            assert_eq!(call.send(&clerk).await.unwrap().attempts(), 1);
            assert_eq!(call.send(&clerk).await.unwrap().attempts(), 2);
            assert_eq!(server.request_count(), 3);
        }
    }
}

/// Does nothing in an ordinary run. In the child it revokes with the crate's own client, after a call that made the
/// connection.
#[tokio::test]
async fn child() {
    let Ok(base_url) = std::env::var(CHILD) else {
        return;
    };
    let clerk = Clerk::builder().secret_key(KEY).base_url(base_url);
    let clerk = build(clerk.attempt_timeout(ms(20_000)));
    clerk.sign_in_tokens().create("user_1").await.unwrap();
    let revoke = clerk.sign_in_tokens().revoke("sit_1");
    let response = revoke.send_with_response().await.unwrap();
    assert_eq!(response.attempts(), 2);
    // Found by the client's own questions, not by the attempt's time limit.
    assert!(response.elapsed() < ms(18_000), "{:?}", response.elapsed());
}

#[tokio::test]
async fn a_connection_that_goes_silent_is_given_up() {
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
