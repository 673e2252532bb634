//! What can be seen of calls from outside.

use std::io::Write;
use std::sync::{Arc, Mutex};

use clerk_api::testing::FakeClerk;
use clerk_api::{Clerk, ErrorKind};
use tracing::instrument::WithSubscriber;

const KEY: &str = "sk_test_observe_me_not";

/// All that is traced, as text.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One call that is answered 503 and then with a token, with everything traced that any crate traces.
async fn traced(fake: &FakeClerk) -> String {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let calls = async {
        let clerk = Clerk::builder().secret_key(KEY).base_url(fake.base_url());
        let clerk = clerk.build().unwrap();
        fake.next_fails_with(503, None);
        let tokens = clerk.sign_in_tokens();
        let token = tokens.create("user_observed").await.unwrap();
        tokens.revoke(&token.id).await.unwrap();
        tokens.revoke(&token.id).await.unwrap_err();
    };
    calls.with_subscriber(subscriber).await;
    captured.text()
}

#[tokio::test]
async fn a_call_is_a_span_and_an_attempt_an_event() {
    let fake = FakeClerk::start();
    let text = traced(&fake).await;
    let events: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" clerk_api: attempt"))
        .collect();
    assert_eq!(events.len(), 4, "{events:#?}");
    for expected in [
        "clerk_api.call{",
        "otel.kind=\"client\"",
        "clerk.operation=\"CreateSignInToken\"",
        "http.request.method=\"POST\"",
        "url.template=\"/sign_in_tokens\"",
        "server.address=\"127.0.0.1\"",
        "server.port=",
        "http.response.status_code=503",
        "http.request.resend_count=0",
        "error.type=\"503\"",
        "clerk.trace_id=\"fake_trace_1\"",
    ] {
        assert!(events[0].contains(expected), "{expected} in {}", events[0]);
    }
    assert!(events[1].contains("http.request.resend_count=1") && !events[1].contains("error.type"));
    let template = "url.template=\"/sign_in_tokens/{sign_in_token_id}/revoke\"";
    assert!(events[2].contains(template), "{}", events[2]);
    assert!(events[3].contains("error.type=\"400\""), "{}", events[3]);
}

#[tokio::test]
async fn nothing_that_is_traced_has_a_secret_or_a_user() {
    let fake = FakeClerk::start();
    let text = traced(&fake).await;
    assert!(!text.is_empty());
    let token = &fake.tokens()[0];
    let ticket = token.token.as_ref().unwrap().expose();
    // Of other crates' events only their own doing could show a secret, and that would be as bad.
    for (what, secret) in [("key", KEY), ("ticket", ticket), ("user", "user_observed")] {
        assert!(!text.contains(secret), "the {what} was traced");
    }
}

#[tokio::test]
async fn the_callback_is_told_of_every_attempt() {
    let fake = FakeClerk::start();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let clerk = Clerk::builder()
        .secret_key(KEY)
        .base_url(fake.base_url())
        .on_attempt(move |attempt| {
            sink.lock().unwrap().push((
                attempt.operation(),
                attempt.number(),
                attempt.status().map(|status| status.as_u16()),
                attempt.error_kind(),
                attempt.trace_id().map(str::to_owned),
            ));
        })
        .build()
        .unwrap();
    fake.next_fails_with(503, None);
    clerk.sign_in_tokens().create("user_1").await.unwrap();
    fake.next_answer_is_lost();
    clerk.sign_in_tokens().create("user_1").await.unwrap_err();
    let create = Some("CreateSignInToken");
    let trace = |number: u32| Some(format!("fake_trace_{number}"));
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (create, 1, Some(503), Some(ErrorKind::Status), trace(1)),
            (create, 2, Some(200), None, trace(2)),
            (create, 1, None, Some(ErrorKind::ConnectionLost), None),
        ]
    );
}
