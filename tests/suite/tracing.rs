//! Spans and events of the feature `tracing`, and the callback `on_attempt`.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use clerk_api::testing::FakeClerk;
use clerk_api::{Clerk, ErrorKind};
use tracing::instrument::WithSubscriber as _;

use crate::support::{KEY, build};

/// Everything that is traced, as text.
#[derive(Clone, Default)]
pub(crate) struct Traced(Arc<Mutex<Vec<u8>>>);

impl Traced {
    /// A subscriber for everything that any crate traces.
    pub(crate) fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Traced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is traced of a create that is retried, a revoke, and a revoke that fails.
async fn traced(fake: &FakeClerk) -> String {
    let traced = Traced::default();
    let calls = async {
        let clerk = build(Clerk::builder().secret_key(KEY).base_url(fake.base_url()));
        fake.fail_next_with(503, None);
        let tokens = clerk.sign_in_tokens();
        let token = tokens.create("user_observed").await.unwrap();
        tokens.revoke(&token.id).await.unwrap();
        tokens.revoke(&token.id).await.unwrap_err();
    };
    calls.with_subscriber(traced.subscriber()).await;
    traced.text()
}

#[tokio::test]
async fn a_call_is_a_span_and_an_attempt_an_event() {
    let fake = FakeClerk::start();
    let text = traced(&fake).await;
    let events = text.lines();
    let events = events.filter(|line| line.contains(" clerk_api: attempt"));
    let events: Vec<&str> = events.collect();
    assert_eq!(events.len(), 4, "{events:#?}");
    for (event, expected) in [
        (0, "clerk_api.call{"),
        (0, "otel.kind=\"client\""),
        (0, "clerk.operation=\"CreateSignInToken\""),
        (0, "http.request.method=\"POST\""),
        (0, "url.template=\"/sign_in_tokens\""),
        (0, "server.address=\"127.0.0.1\""),
        (0, "server.port="),
        (0, "http.response.status_code=503"),
        (0, "http.request.resend_count=0"),
        (0, "error.type=\"503\""),
        (0, "clerk.trace_id=\"fake_trace_1\""),
        (1, "http.request.resend_count=1"),
        (
            2,
            "url.template=\"/sign_in_tokens/{sign_in_token_id}/revoke\"",
        ),
        (3, "error.type=\"400\""),
    ] {
        assert!(
            events[event].contains(expected),
            "{expected} in {}",
            events[event]
        );
    }
    assert!(!events[1].contains("error.type"), "{}", events[1]);
    // Nor may any other crate trace these.
    let token = &fake.tokens()[0];
    let ticket = token.token.as_ref().unwrap().expose();
    for (what, secret) in [("key", KEY), ("ticket", ticket), ("user", "user_observed")] {
        assert!(!text.contains(secret), "the {what} was traced");
    }
}

#[tokio::test]
async fn the_callback_is_told_of_every_attempt() {
    let fake = FakeClerk::start();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let builder = Clerk::builder().secret_key(KEY).base_url(fake.base_url());
    let clerk = build(builder.on_attempt(move |attempt| {
        sink.lock().unwrap().push((
            attempt.operation(),
            attempt.number(),
            attempt.status().map(|status| status.as_u16()),
            attempt.error_kind(),
            attempt.trace_id().map(str::to_owned),
        ));
    }));
    fake.fail_next_with(503, None);
    clerk.sign_in_tokens().create("user_1").await.unwrap();
    fake.drop_next_response();
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
