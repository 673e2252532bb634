//! Spans and events of the feature `tracing`, and the callback `on_attempt`.

use std::fmt::{self, Debug};
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk_api::testing::FakeClerk;
use clerk_api::{Clerk, ErrorKind};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing::{Dispatch, Instrument as _, Level};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{FmtSpan, Writer};

use crate::support::{KEY, build};

/// The end of the line of a span that has ended.
const CLOSE: &str = r#"message="close""#;

/// Records the events and the ended spans of all crates.
pub(crate) struct Recorder {
    pub(crate) subscriber: Dispatch,
    log: Arc<File>,
    /// If there is only one subscriber, tracing may ask only the first thread that reaches an event, which can be
    /// another test's.
    _second: Dispatch,
}

impl Recorder {
    /// Records everything up to this level.
    pub(crate) fn new(level: Level) -> Self {
        let log = Arc::new(tempfile::tempfile().unwrap());
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_span_events(FmtSpan::CLOSE)
            .fmt_fields(TypedFields)
            .with_ansi(false)
            .without_time()
            .with_writer(Arc::clone(&log));
        Self {
            subscriber: subscriber.into(),
            log,
            _second: tracing_subscriber::registry().into(),
        }
    }

    pub(crate) fn text(&self) -> String {
        let (mut log, mut text) = (&*self.log, String::new());
        log.rewind().unwrap();
        log.read_to_string(&mut text).unwrap();
        text
    }
}

/// What this crate traces up to a level while the calls run, a line for each event and each span that ends.
async fn traced(level: Level, calls: impl Future<Output = ()>) -> Vec<String> {
    let recorder = Recorder::new(level);
    calls.with_subscriber(recorder.subscriber.clone()).await;
    let text = recorder.text();
    let lines = text.lines().filter(|line| line.contains(" clerk_api: "));
    lines.map(|line| line.trim_start().to_owned()).collect()
}

/// Writes values with their types, since tracing-opentelemetry turns other integers than `i64` into text.
struct TypedFields;

impl<'writer> FormatFields<'writer> for TypedFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let separator = "";
        fields.record(&mut TypedWriter { writer, separator });
        Ok(())
    }
}

struct TypedWriter<'writer> {
    writer: Writer<'writer>,
    separator: &'static str,
}

impl TypedWriter<'_> {
    fn write(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let separator = std::mem::replace(&mut self.separator, " ");
        write!(self.writer, "{separator}{field}={value}").unwrap();
    }
}

impl Visit for TypedWriter<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, format_args!("{value}_i64"));
    }

    /// All of these are measured, and differ from run to run.
    fn record_f64(&mut self, field: &Field, _: f64) {
        self.write(field, format_args!("f64"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, format_args!("{value:?}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.write(field, format_args!("debug({value:?})"));
    }
}

fn client(fake: &FakeClerk) -> Clerk {
    build(Clerk::builder().secret_key(KEY).base_url(fake.base_url()))
}

#[tokio::test]
async fn a_call_is_a_span_with_its_outcome() {
    let fake = FakeClerk::start();
    let calls = async {
        let tokens = client(&fake).sign_in_tokens();
        let token = tokens.create("user_1").await.unwrap();
        tokens.revoke(&token.id).await.unwrap();
        tokens.revoke(&token.id).await.unwrap_err();
        fake.drop_next_response();
        tokens.create("user_1").await.unwrap_err();
    };
    // A deployment's usual level.
    let lines = traced(Level::INFO, calls).await;
    let url = fake.base_url();
    let port = url.trim_end_matches("/v1").rsplit(':').next().unwrap();
    let server = format!(r#"server.address="127.0.0.1" server.port={port}_i64"#);
    let span = |operation: &str, template: &str, end: &str| {
        let operation = format!(r#"otel.name="{operation}" http.request.method="POST""#);
        let fields = format!(r#"{server} {operation} url.template="{template}" {end}"#);
        format!(r#"INFO clerk_api.call{{otel.kind="client" {fields}}}: clerk_api: {CLOSE}"#)
    };
    let create = |end| span("CreateSignInToken", "/sign_in_tokens", end);
    let revoke = |end| {
        let template = "/sign_in_tokens/{sign_in_token_id}/revoke";
        span("RevokeSignInToken", template, end)
    };
    let rejected = r#"http.response.status_code=400_i64 otel.status_code="ERROR" error.type="400""#;
    let lost = r#"otel.status_code="ERROR" error.type="ConnectionLost""#;
    // There are no events, because there was neither a retry nor a call that was not sent.
    assert_eq!(
        lines,
        [
            create("http.response.status_code=200_i64"),
            revoke("http.response.status_code=200_i64"),
            revoke(rejected),
            create(lost),
        ]
    );
}

/// The level and the fields of each event. All are in the span of their call.
fn events(lines: &[String]) -> Vec<(&str, &str)> {
    let events = lines.iter().filter(|line| !line.ends_with(CLOSE));
    let event = events.map(|line| {
        let (level, rest) = line.split_once(" clerk_api.call{").unwrap();
        let (_, fields) = rest.split_once("}: clerk_api: ").unwrap();
        (level, fields)
    });
    event.collect()
}

#[tokio::test]
async fn attempts_are_debug_events_and_retries_info() {
    let fake = FakeClerk::start();
    let calls = async {
        fake.fail_next_with(503, None);
        let create = client(&fake).sign_in_tokens().create("user_1");
        create.await.unwrap();
    };
    let attempt = |status: &str, rest: &str| {
        let status = format!("message=debug(attempt) http.response.status_code={status}_i64");
        format!("{status} http.request.resend_count={rest} elapsed_ms=f64")
    };
    let first = r#"0_i64 error.type="503" clerk.trace_id="fake_trace_1""#;
    let second = r#"1_i64 clerk.trace_id="fake_trace_2""#;
    assert_eq!(
        events(&traced(Level::DEBUG, calls).await),
        [
            ("DEBUG", &*attempt("503", first)),
            (
                "INFO",
                r#"message=debug(retry) error.type="503" delay_ms=f64"#
            ),
            ("DEBUG", &*attempt("200", second)),
        ]
    );
}

#[tokio::test]
async fn a_call_that_is_not_sent_has_an_event() {
    let fake = FakeClerk::start();
    let calls = async {
        let tokens = client(&fake).sign_in_tokens();
        fake.fail_next_with(429, Duration::from_secs(600));
        let error = tokens.create("user_1").await.unwrap_err();
        assert_eq!(error.attempts(), 1);
        let error = tokens.create("user_1").await.unwrap_err();
        assert_eq!(error.attempts(), 0);
    };
    let lines = traced(Level::INFO, calls).await;
    let not_sent = r#"message=debug(not sent) error.type="RateLimited""#;
    assert_eq!(events(&lines), [("INFO", not_sent)]);
    let span = lines.last().unwrap();
    assert!(span.contains(r#"otel.name="CreateSignInToken""#), "{span}");
    let end = r#"otel.status_code="ERROR" error.type="RateLimited"}: "#;
    assert!(span.contains(end), "{span}");
}

#[tokio::test]
async fn the_callers_span_is_left_alone() {
    let fake = FakeClerk::start();
    let recorder = Recorder::new(Level::WARN);
    let call = async {
        // What a web framework has around a request, with the same names.
        let span = tracing::warn_span!("request", otel.name = "GET /link", url.template = "/link");
        let create = client(&fake).sign_in_tokens().create("user_1").send();
        create.instrument(span).await.unwrap();
    };
    call.with_subscriber(recorder.subscriber.clone()).await;
    let span = r#" WARN request{otel.name="GET /link" url.template="/link"}"#;
    let ended = format!("{span}: {}: {CLOSE}\n", module_path!());
    assert_eq!(recorder.text(), ended);
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
