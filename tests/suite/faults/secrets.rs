//! Nothing that can be printed shows the secret key, a ticket or a link, however hard a server tries.

mod nasty;
mod shown;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk_api::types::{ClerkErrors, CreateSignInTokenBody, SignInToken};
use clerk_api::{Clerk, EnsureRevoked, Error, RetryPolicy, Secret};
use clerk_api_tests::faulty_server::{
    Answer, ErrorCode, FaultyHttp2Server, FaultyServer, Http2Answer, RefusedPort, Script,
};
use serde_json::json;
use tokio::task::JoinSet;

use self::nasty::{all_secrets, answers, unusable, with_headers};
use self::shown::Shown;
use super::support::{KEY, LINK, TICKET, build, builder, client, ms, quick, success, token};

/// A client that tries everything twice, and has time enough for the server to have its say.
fn twice(url: &str) -> Clerk {
    build(builder(url).retry(quick().max_attempts(2)))
}

/// A client that soon has enough of a server that never ends.
fn hasty(url: &str) -> Clerk {
    build(
        builder(url)
            .attempt_timeout(ms(300))
            .retry(quick().max_attempts(2)),
    )
}

/// One server for all answers; each request says by its header which it is to get.
async fn chosen_by_header(answers: &[(String, Answer)]) -> FaultyServer {
    let answers: Vec<Answer> = answers.iter().map(|(_, answer)| answer.clone()).collect();
    FaultyServer::start(Script::from_fn(move |_, request| {
        let number = request
            .header("x-answer")
            .and_then(|text| text.parse().ok());
        answers[number.unwrap_or(0_usize)].clone()
    }))
    .await
}

/// What all calls make of each of these answers. All at the same time, since some calls wait.
async fn show(answers: Vec<(String, Answer)>) -> Shown {
    let server = chosen_by_header(&answers).await;
    let clerk = twice(&server.url());
    let mut tasks = JoinSet::new();
    for (number, (name, _)) in answers.into_iter().enumerate() {
        // A client that knows nothing of the other answers, but has the same connections.
        let fresh = || {
            clerk
                .with_secret_key(KEY)
                .map(|clerk| clerk.sign_in_tokens())
        };
        let (Ok(create), Ok(revoke), Ok(ensure)) = (fresh(), fresh(), fresh()) else {
            panic!("the key was fine before");
        };
        let number = number.to_string();
        tasks.spawn(async move {
            let (create, revoke, ensure) = tokio::join!(
                create.create("user_1").header("x-answer", &number).send(),
                revoke.revoke("sit_1").header("x-answer", &number).send(),
                ensure
                    .ensure_revoked("sit_1")
                    .header("x-answer", &number)
                    .send(),
            );
            let mut shown = Shown::default();
            // An error that came for want of time would show nothing of the answer.
            for error in [create.as_ref().err(), revoke.as_ref().err()] {
                assert!(error.is_some_and(|error| !error.is_timeout()), "{name}");
            }
            shown.result(&format!("create: {name}"), create);
            shown.result(&format!("revoke: {name}"), revoke);
            shown.result(&format!("ensure_revoked: {name}"), ensure);
            shown
        });
    }
    let shown = tasks.join_all().await.into_iter().flat_map(|shown| shown.0);
    Shown(shown.collect())
}

#[tokio::test]
async fn refusals_that_repeat_the_key() {
    show(answers(KEY)).await.has_no_secret();
}

#[tokio::test]
async fn refusals_that_repeat_a_ticket() {
    show(answers(TICKET)).await.has_no_secret();
}

#[tokio::test]
async fn refusals_that_repeat_a_link() {
    show(answers(LINK)).await.has_no_secret();
}

#[tokio::test]
async fn refusals_that_repeat_the_key_in_disguise() {
    // JSON may write any character by its number, so that the bytes are not the key's.
    let escaped: String = KEY
        .chars()
        .map(|character| format!("\\u{:04x}", u32::from(character)))
        .collect();
    let half = format!("{}\\u{:04x}", &KEY[..KEY.len() - 1], u32::from('y'));
    let mut answers = Vec::new();
    for key in [escaped, half] {
        let body = format!(
            r#"{{"errors": [{{"code": "c", "message": "m", "long_message": "no {key}", "meta": {{"param_name": "{key}"}}}}],
                "clerk_trace_id": "{key}"}}"#
        );
        for status in [400, 401, 422, 500] {
            let answer = Answer::status(status).json(body.clone());
            answers.push((format!("{status}"), answer));
        }
    }
    show(answers).await.has_no_secret();
}

#[tokio::test]
async fn successes_that_can_not_be_used() {
    show(unusable()).await.has_no_secret();
}

#[tokio::test]
async fn everything_else_that_fails() {
    let mut shown = Shown::default();
    let refused = RefusedPort::take();
    let untrusted = FaultyServer::start_tls([success()]).await;
    let silent = FaultyServer::start([Answer::never()]).await;
    let stalled = FaultyServer::start([success().stall_after(330)]).await;
    let lost = FaultyServer::start([Answer::reset_before_answer()]).await;
    let closed = FaultyServer::start([Answer::close_before_answer()]).await;
    for (name, url) in [
        ("refused", refused.url()),
        ("untrusted", untrusted.url()),
        ("silent", silent.url()),
        ("stalled", stalled.url()),
        ("reset", lost.url()),
        ("closed", closed.url()),
        ("unresolved", "https://does-not-exist.invalid".to_owned()),
    ] {
        let clerk = hasty(&url);
        let tokens = clerk.sign_in_tokens();
        shown.error(
            &format!("create: {name}"),
            &tokens.create("user_1").await.unwrap_err(),
        );
        shown.error(
            &format!("revoke: {name}"),
            &tokens.revoke("sit_1").await.unwrap_err(),
        );
        shown.debug(&format!("client: {name}"), &clerk);
    }

    let answers = [
        Http2Answer::refused_stream(),
        Http2Answer::go_away_processed(ErrorCode::InternalError),
        Http2Answer::reset_stream(ErrorCode::InternalError),
        Http2Answer::status(500)
            .header("clerk-trace-id", KEY)
            .body(all_secrets()),
        Http2Answer::ok(token()).then_reset_stream(ErrorCode::Cancel),
        Http2Answer::ok(format!("[{}]", token())),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let server = FaultyHttp2Server::start([answer]).await;
        let http = reqwest::Client::builder().http2_prior_knowledge();
        let http = http.retry(reqwest::retry::never()).build().unwrap();
        let clerk = builder(&server.url()).http_client(http).retry(quick());
        let clerk = build(clerk);
        let tokens = clerk.sign_in_tokens();
        for result in [
            tokens.create("user_1").await.map(drop),
            tokens.revoke("sit_1").await.map(drop),
        ] {
            shown.error(&format!("HTTP/2, answer {number}"), &result.unwrap_err());
        }
    }

    // A redirect that was followed, which only a caller's own HTTP client does.
    let location = format!(
        "{}/?{TICKET}",
        silent.url().replace("127.0.0.1", "localhost")
    );
    let server = FaultyServer::start([Answer::redirect(307, location)]).await;
    let clerk = builder(&server.url()).http_client(reqwest::Client::new());
    let clerk = build(clerk.attempt_timeout(ms(300)).timeout(ms(500)));
    let result = clerk.sign_in_tokens().create("user_1").await;
    shown.error("followed", &result.unwrap_err());
    shown.has_no_secret();
}

#[tokio::test]
async fn inputs_that_are_refused() {
    let mut shown = Shown::default();
    for key in [
        format!("{KEY}\n"),
        format!("{KEY} "),
        format!("pk_{KEY}"),
        format!("{KEY}ä"),
    ] {
        let builder = Clerk::builder().secret_key(key.clone());
        shown.debug("builder with a bad key", &builder);
        shown.error("bad key", &builder.build().unwrap_err());
        let clerk = client("http://127.0.0.1:1");
        shown.error("bad other key", &clerk.with_secret_key(key).unwrap_err());
    }
    for url in [
        format!("https://user:{KEY}@api.clerk.com"),
        format!("https://{KEY}@api.clerk.com"),
        format!("https://api.clerk.com?{LINK}"),
        format!("http://{KEY}"),
        format!("{KEY}://x"),
        format!("https://a b{KEY}"),
        format!("https://a:{KEY}"),
        TICKET.to_owned(),
    ] {
        let builder = Clerk::builder().secret_key(KEY).base_url(url);
        shown.debug("builder with a bad URL", &builder);
        shown.error("bad URL", &builder.build().unwrap_err());
    }
    let builder = Clerk::builder()
        .secret_key(KEY)
        .user_agent_suffix(format!("{KEY}\n"));
    shown.error("bad user agent", &builder.build().unwrap_err());
    let builder = Clerk::builder()
        .secret_key(KEY)
        .api_version(format!("{KEY}\n"));
    shown.error("bad version", &builder.build().unwrap_err());

    // The ticket, or the link, in the place of the id is a mistake that is easily made.
    let clerk = client("http://127.0.0.1:1");
    let tokens = clerk.sign_in_tokens();
    for id in [TICKET, LINK] {
        shown.error("an id", &tokens.revoke(id).await.unwrap_err());
        shown.error("an id", &tokens.ensure_revoked(id).await.unwrap_err());
        let error = clerk.api().revoke_sign_in_token(id).await.unwrap_err();
        shown.error("an id", &Error::from(error));
    }
    let call = tokens.create("user_1").header("x-a", format!("{KEY}\n"));
    shown.error("a header", &call.await.unwrap_err());
    shown.has_no_secret();
}

#[tokio::test]
async fn every_public_type() {
    let mut shown = Shown::default();
    let secret = Secret::new(KEY);
    shown.debug("Secret", &secret);
    shown.debug("Option<Secret>", &Some(secret));

    let server = FaultyServer::start([success()]).await;
    let builder = builder(&server.url()).retry(RetryPolicy::never());
    shown.debug("ClerkBuilder", &builder);
    let clerk = build(builder);
    shown.debug("Clerk", &clerk);
    shown.debug("Clerk of another key", &clerk.with_secret_key(KEY).unwrap());
    shown.debug("api::Client", &clerk.api());
    let tokens = clerk.sign_in_tokens();
    shown.debug("SignInTokens", &tokens);
    shown.debug("RetryPolicy", &RetryPolicy::default());

    let create = tokens.create("user_1").timeout(Duration::from_secs(20));
    shown.debug("CreateSignInToken", &create.clone().header("x-a", KEY));
    let revoke = tokens.revoke("sit_1").header("x-a", KEY);
    shown.debug("RevokeSignInToken", &revoke);
    let ensure = tokens.ensure_revoked("sit_1").header("x-a", KEY);
    shown.debug("EnsureRevokedSignInToken", &ensure);

    let response = create.with_response().await.unwrap();
    shown.debug("Response<SignInToken>", &response);
    let token: SignInToken = response.into_value();
    shown.debug("SignInToken", &token);
    shown.debug("EnsureRevoked", &EnsureRevoked::Revoked(token));
    shown.debug("body", &CreateSignInTokenBody::new("user_1"));
    let response = clerk.api().revoke_sign_in_token("sit_1").await.unwrap();
    shown.debug("api::ResponseValue", &response);
    let errors: ClerkErrors = serde_json::from_value(json!({"errors": []})).unwrap();
    shown.debug("ClerkErrors", &errors);
    shown.has_no_secret();
}

#[tokio::test]
async fn a_success_with_secrets_in_its_headers() {
    let mut shown = Shown::default();
    let server = FaultyServer::start([with_headers(success(), LINK)]).await;
    let clerk = client(&server.url());
    let call = clerk.sign_in_tokens().create("user_1");
    shown.debug("Response", &call.with_response().await.unwrap());
    shown.has_no_secret();
}

/// What the generated client makes of answers that could show something.
async fn generated_errors() -> Vec<(String, clerk_api::api::Error<ClerkErrors>)> {
    let mut answers = unusable();
    let escaped: String = KEY
        .chars()
        .map(|character| format!("\\u{:04x}", u32::from(character)))
        .collect();
    let body = format!(r#"{{"errors": [{{"code": "{escaped}", "message": "no {escaped}"}}]}}"#);
    answers.push((
        "the key in disguise".to_owned(),
        Answer::status(422).json(body),
    ));
    for secret in [KEY, TICKET] {
        let refusals = nasty::answers(secret).into_iter();
        answers.extend(refusals.filter(|(name, _)| name.contains("body 0")));
    }
    let mut tasks = JoinSet::new();
    for (name, answer) in answers {
        tasks.spawn(async move {
            let server = FaultyServer::start([answer]).await;
            let clerk = twice(&server.url());
            let body = CreateSignInTokenBody::new("user_1");
            let error = clerk.api().create_sign_in_token(&body).await.unwrap_err();
            (name, error)
        });
    }
    tasks.join_all().await
}

#[tokio::test]
async fn errors_of_the_generated_client() {
    let mut shown = Shown::default();
    for (name, error) in generated_errors().await {
        shown.error(&name, &error);
    }
    shown.has_no_secret();
}

#[tokio::test]
async fn errors_of_the_generated_client_when_converted() {
    let mut shown = Shown::default();
    for (name, error) in generated_errors().await {
        shown.error(&name, &Error::from(error));
    }
    shown.has_no_secret();
}

/// All that is traced, as text.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_is_traced_of_all_that() {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // Of a lone subscriber, tracing may ask only the thread that meets an event first, which can be another test's.
    let second = tracing::Dispatch::new(tracing_subscriber::registry());
    // The test's one thread runs the tasks of all calls, and of the HTTP client.
    let traced = tracing::subscriber::set_default(subscriber);
    let mut answers = unusable();
    for secret in [KEY, TICKET, LINK] {
        let refusals = nasty::answers(secret).into_iter();
        answers.extend(refusals.filter(|(name, _)| name.contains("body 0")));
    }
    show(answers).await;
    drop((traced, second));
    let text = String::from_utf8_lossy(&captured.0.lock().unwrap()).into_owned();
    assert!(text.contains("clerk_api: attempt"), "no attempt was traced");
    let mut shown = Shown::default();
    for (number, line) in text.lines().enumerate() {
        shown.0.push((format!("line {number}"), line.to_owned()));
    }
    shown.has_no_secret();
}
