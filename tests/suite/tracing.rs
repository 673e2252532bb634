//! Spans and events of the feature `tracing`, and the callback `on_attempt`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk_api::testing::FakeClerk;
use clerk_api::{Clerk, ErrorKind};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing::{Instrument as _, span};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

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

/// A span or an event: its level, its name or message, and its fields, as they were recorded.
#[derive(Debug)]
struct Record {
    level: tracing::Level,
    name: String,
    fields: Fields,
}

/// Values with their types, since tracing-opentelemetry turns other integers than `i64` into text.
#[derive(Debug, Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name(), format!("i64 {value}"));
    }

    fn record_f64(&mut self, field: &Field, _: f64) {
        self.0.insert(field.name(), "f64".to_owned());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("debug {value:?}"));
    }
}

/// Collects the spans and events of all crates.
#[derive(Clone, Default)]
struct Recorder {
    spans: Arc<Mutex<Vec<(span::Id, Record)>>>,
    events: Arc<Mutex<Vec<Record>>>,
}

impl<S: tracing::Subscriber> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let metadata = attributes.metadata();
        let record = Record {
            level: *metadata.level(),
            name: metadata.name().to_owned(),
            fields,
        };
        self.spans.lock().unwrap().push((id.clone(), record));
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, _: Context<'_, S>) {
        let mut spans = self.spans.lock().unwrap();
        // An id may be used again.
        let span = spans.iter_mut().rev().find(|(span, _)| span == id);
        values.record(&mut span.unwrap().1.fields);
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "clerk_api" {
            let mut fields = Fields::default();
            event.record(&mut fields);
            let message = fields.0.remove("message").unwrap();
            self.events.lock().unwrap().push(Record {
                level: *event.metadata().level(),
                name: message.trim_start_matches("debug ").to_owned(),
                fields,
            });
        }
    }
}

impl Recorder {
    /// Runs calls while everything up to this level is recorded. Returns spans named so, and all events.
    async fn record(
        &self,
        level: LevelFilter,
        span: &str,
        calls: impl Future<Output = ()>,
    ) -> (Vec<Record>, Vec<Record>) {
        let subscriber = tracing_subscriber::registry().with(self.clone().with_filter(level));
        calls.with_subscriber(subscriber).await;
        let spans = std::mem::take(&mut *self.spans.lock().unwrap());
        let spans = spans.into_iter().map(|(_, record)| record);
        let spans = spans.filter(|record| record.name == span).collect();
        (spans, std::mem::take(&mut *self.events.lock().unwrap()))
    }
}

#[track_caller]
fn assert_fields(record: &Record, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let actual = record.fields.0.get(name).map(String::as_str);
        assert_eq!(actual, Some(*value), "{name} in {record:?}");
    }
}

#[track_caller]
fn assert_no_fields(record: &Record, names: &[&str]) {
    for name in names {
        assert!(!record.fields.0.contains_key(name), "{name} in {record:?}");
    }
}

fn client(fake: &FakeClerk) -> Clerk {
    build(Clerk::builder().secret_key(KEY).base_url(fake.base_url()))
}

#[tokio::test]
async fn a_call_is_a_span_and_says_how_it_ended() {
    let fake = FakeClerk::start();
    let url = fake.base_url();
    let port = url.trim_end_matches("/v1").rsplit(':').next().unwrap();
    let port = format!("i64 {port}");
    let calls = async {
        let tokens = client(&fake).sign_in_tokens();
        let token = tokens.create("user_1").await.unwrap();
        tokens.revoke(&token.id).await.unwrap();
        tokens.revoke(&token.id).await.unwrap_err();
        fake.drop_next_response();
        tokens.create("user_1").await.unwrap_err();
    };
    let recorder = Recorder::default();
    // A deployment's usual level.
    let spans = recorder.record(LevelFilter::INFO, "clerk_api.call", calls);
    let (spans, events) = spans.await;
    let [create, revoke, rejected, lost] = &spans[..] else {
        panic!("{spans:?}");
    };
    for span in &spans {
        assert_fields(
            span,
            &[
                ("otel.kind", "client"),
                ("http.request.method", "POST"),
                ("server.address", "127.0.0.1"),
                ("server.port", &port),
            ],
        );
    }
    let template = "/sign_in_tokens/{sign_in_token_id}/revoke";
    for (span, name, template) in [
        (create, "CreateSignInToken", "/sign_in_tokens"),
        (revoke, "RevokeSignInToken", template),
    ] {
        assert_fields(
            span,
            &[
                ("otel.name", name),
                ("url.template", template),
                ("http.response.status_code", "i64 200"),
            ],
        );
        assert_no_fields(span, &["otel.status_code", "error.type"]);
    }
    assert_fields(
        rejected,
        &[
            ("otel.status_code", "ERROR"),
            ("http.response.status_code", "i64 400"),
            ("error.type", "400"),
        ],
    );
    assert_fields(
        lost,
        &[
            ("otel.status_code", "ERROR"),
            ("error.type", "ConnectionLost"),
        ],
    );
    assert_no_fields(lost, &["http.response.status_code"]);
    // Neither a retry nor a call that was not sent.
    assert!(events.is_empty(), "{events:?}");
}

#[tokio::test]
async fn attempts_are_debug_events_and_retries_info() {
    let fake = FakeClerk::start();
    let calls = async {
        fake.fail_next_with(503, None);
        client(&fake)
            .sign_in_tokens()
            .create("user_1")
            .await
            .unwrap();
    };
    let recorder = Recorder::default();
    let recorded = recorder.record(LevelFilter::DEBUG, "clerk_api.call", calls);
    let (_, events) = recorded.await;
    let [first, retry, second] = &events[..] else {
        panic!("{events:?}");
    };
    for (event, resend_count, status) in [(first, "i64 0", "i64 503"), (second, "i64 1", "i64 200")]
    {
        assert_eq!(event.name, "attempt");
        assert_eq!(event.level, tracing::Level::DEBUG);
        assert_fields(
            event,
            &[
                ("http.request.resend_count", resend_count),
                ("http.response.status_code", status),
                ("elapsed_ms", "f64"),
            ],
        );
    }
    let failure = [("error.type", "503"), ("clerk.trace_id", "fake_trace_1")];
    assert_fields(first, &failure);
    assert_no_fields(second, &["error.type"]);
    assert_eq!(retry.name, "retry");
    assert_eq!(retry.level, tracing::Level::INFO);
    assert_fields(retry, &[("error.type", "503"), ("delay_ms", "f64")]);
}

#[tokio::test]
async fn a_call_that_is_not_sent_has_its_event() {
    let fake = FakeClerk::start();
    let calls = async {
        let tokens = client(&fake).sign_in_tokens();
        fake.fail_next_with(429, Duration::from_secs(600));
        let error = tokens.create("user_1").await.unwrap_err();
        assert_eq!(error.attempts(), 1);
        let error = tokens.create("user_1").await.unwrap_err();
        assert_eq!(error.attempts(), 0);
    };
    let recorder = Recorder::default();
    let recorded = recorder.record(LevelFilter::INFO, "clerk_api.call", calls);
    let (spans, events) = recorded.await;
    let [event] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(event.name, "not sent");
    assert_eq!(event.level, tracing::Level::INFO);
    assert_fields(event, &[("error.type", "RateLimited")]);
    assert_fields(
        &spans[1],
        &[
            ("otel.name", "CreateSignInToken"),
            ("otel.status_code", "ERROR"),
            ("error.type", "RateLimited"),
        ],
    );
}

#[tokio::test]
async fn the_span_of_the_caller_is_left_alone() {
    let fake = FakeClerk::start();
    let calls = async {
        // What a web framework has around a request, with the same names.
        let span = tracing::warn_span!("request", otel.name = "GET /link", url.template = "/link");
        let create = client(&fake).sign_in_tokens().create("user_1").send();
        create.instrument(span).await.unwrap();
    };
    let recorder = Recorder::default();
    let recorded = recorder.record(LevelFilter::WARN, "request", calls);
    let (spans, _) = recorded.await;
    let expected = [("otel.name", "GET /link"), ("url.template", "/link")];
    assert_fields(&spans[0], &expected);
    assert_eq!(spans.len(), 1);
}

#[tokio::test]
async fn no_crate_traces_a_secret() {
    let fake = FakeClerk::start();
    let traced = Traced::default();
    let calls = async {
        let tokens = client(&fake).sign_in_tokens();
        fake.fail_next_with(503, None);
        let token = tokens.create("user_observed").await.unwrap();
        tokens.revoke(&token.id).await.unwrap();
        tokens.revoke(&token.id).await.unwrap_err();
    };
    calls.with_subscriber(traced.subscriber()).await;
    let text = traced.text();
    assert!(text.contains("otel.name=\"CreateSignInToken\""));
    let token = &fake.tokens()[0];
    let ticket = token.token.as_ref().unwrap().expose();
    for (what, secret) in [("key", KEY), ("ticket", ticket), ("user", "user_observed")] {
        assert!(!text.contains(secret), "the {what} was traced");
    }
}

#[tokio::test]
async fn the_callback_is_called_for_every_attempt() {
    let fake = FakeClerk::start();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let builder = Clerk::builder().secret_key(KEY).base_url(fake.base_url());
    let clerk = build(builder.on_attempt(move |attempt| {
        sink.lock().unwrap().push((
            attempt.operation,
            attempt.number,
            attempt.status.map(|status| status.as_u16()),
            attempt.error_kind,
            attempt.trace_id.as_deref().map(str::to_owned),
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
