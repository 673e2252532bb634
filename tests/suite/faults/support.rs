//! What these tests have in common: a client with short waits, both calls, and what is asserted of every error.

use std::error::Error as _;
use std::time::{Duration, Instant};

use clerk_api::types::SignInToken;
use clerk_api::{Clerk, ClerkBuilder, Error, ErrorKind, Outcome, Response, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, RecordedRequest, Script, Server};
use serde_json::{Value, json};

/// Long enough that no word of an ordinary message has it by chance.
pub(super) const KEY: &str = "sk_test_q7ZkW3vTn0rYb5LmKey";
/// Shaped as a ticket is: three parts, the middle one with the claims.
pub(super) const TICKET: &str =
    "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDAsInNpZCI6InNpdF8xIn0.c2lnbmF0dXJlLW9mLXRpY2tldA";
/// Carries the ticket, as the real ones do.
pub(super) const LINK: &str = concat!(
    "https://accounts.example.test/sign-in?__clerk_ticket=",
    "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDAsInNpZCI6InNpdF8xIn0.c2lnbmF0dXJlLW9mLXRpY2tldA"
);

/// What a loaded machine may take on top of what a test asks for. Only there to tell "at once" from "never".
pub(super) const SLACK: Duration = Duration::from_secs(8);

pub(super) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A token as Clerk answers with it, for tests that change a field.
pub(super) fn token_value() -> Value {
    json!({
        "object": "sign_in_token", "id": "sit_1", "user_id": "user_1", "status": "pending",
        "token": TICKET, "url": LINK, "created_at": 1_638_000_669_544_i64, "updated_at": 1_638_000_669_544_i64
    })
}

pub(super) fn token() -> String {
    token_value().to_string()
}

/// 200 with a token.
pub(super) fn success() -> Answer {
    Answer::ok(token())
}

/// A refusal in Clerk's form.
pub(super) fn errors(code: &str, long_message: &str) -> String {
    let error = json!({"code": code, "message": "Refused.", "long_message": long_message});
    json!({"errors": [error], "clerk_trace_id": "trace_of_body"}).to_string()
}

pub(super) fn not_pending() -> Answer {
    let body = errors(
        "sign_in_token_cannot_be_revoked_code",
        "It can't be revoked, since its status is revoked.",
    );
    Answer::status(400).json(body)
}

/// The default policy, except that nobody waits for long.
pub(super) fn quick() -> RetryPolicy {
    RetryPolicy::default().base_delay(ms(4)).max_delay(ms(20))
}

/// A client of a server at `url`, with the default limits and short waits.
pub(super) fn builder(url: &str) -> ClerkBuilder {
    Clerk::builder()
        .secret_key(KEY)
        .base_url(format!("{url}/v1"))
        .retry(quick())
}

pub(super) fn build(builder: ClerkBuilder) -> Clerk {
    builder
        .build()
        .unwrap_or_else(|error| panic!("the settings are fine: {error}"))
}

pub(super) fn client(url: &str) -> Clerk {
    build(builder(url))
}

/// One of the two operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Create,
    Revoke,
}

pub(super) const CALLS: [Call; 2] = [Call::Create, Call::Revoke];

impl Call {
    pub(super) async fn send(self, clerk: &Clerk) -> Result<Response<SignInToken>, Error> {
        let tokens = clerk.sign_in_tokens();
        match self {
            Self::Create => tokens.create("user_1").with_response().await,
            Self::Revoke => tokens.revoke("sit_1").with_response().await,
        }
    }

    fn operation(self) -> &'static str {
        match self {
            Self::Create => "CreateSignInToken",
            Self::Revoke => "RevokeSignInToken",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Create => "/v1/sign_in_tokens",
            Self::Revoke => "/v1/sign_in_tokens/sit_1/revoke",
        }
    }
}

/// What a call must end with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    pub(super) kind: ErrorKind,
    pub(super) outcome: Outcome,
    pub(super) attempts: u32,
    pub(super) status: Option<u16>,
    pub(super) retry_after: Option<Duration>,
    /// The call takes no less; and no more than [`SLACK`] on top.
    pub(super) at_least: Duration,
}

impl Expected {
    /// One attempt without an answer, at once.
    pub(super) fn new(kind: ErrorKind, outcome: Outcome) -> Self {
        Self {
            kind,
            outcome,
            attempts: 1,
            status: None,
            retry_after: None,
            at_least: Duration::ZERO,
        }
    }

    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub(super) fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    pub(super) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    pub(super) fn at_least(mut self, time: Duration) -> Self {
        self.at_least = time;
        self
    }

    /// Asserts all that can be seen of an error without a server.
    #[track_caller]
    pub(super) fn check(self, call: Call, error: &Error, elapsed: Duration) {
        let context = format!("{call:?}: {error:?}");
        assert_eq!(error.kind(), self.kind, "{context}");
        assert_eq!(error.outcome(), self.outcome, "{context}");
        assert_eq!(error.attempts(), self.attempts, "{context}");
        let status = error.status().map(|status| status.as_u16());
        assert_eq!(status, self.status, "{context}");
        assert_eq!(error.retry_after(), self.retry_after, "{context}");
        assert_eq!(error.operation(), Some(call.operation()), "{context}");
        assert!(elapsed >= self.at_least, "after {elapsed:?}: {context}");
        assert!(
            elapsed < self.at_least + SLACK,
            "after {elapsed:?}: {context}"
        );
        assert!(error.elapsed() <= elapsed, "after {elapsed:?}: {context}");
        assert!(error.elapsed() >= self.at_least, "{context}");
        predicates_agree(error, self.kind);

        let display = error.to_string();
        let plural = if self.attempts == 1 { "" } else { "s" };
        let counted = format!("[{} attempt{plural} in ", self.attempts);
        assert!(display.starts_with(call.operation()), "{display}");
        assert!(display.contains(&counted), "{display}");
        assert!(!display.contains('\n'), "{display}");
        // Whoever reads the log has to know.
        let unknown = self.outcome == Outcome::Unknown;
        assert_eq!(display.contains(", outcome unknown"), unknown, "{display}");
        if let Some(status) = self.status {
            assert!(display.contains(&format!(": {status} ")), "{display}");
        }
    }
}

/// Exactly the predicates that stand for the kind hold.
#[track_caller]
fn predicates_agree(error: &Error, kind: ErrorKind) {
    for (holds, of) in [
        (error.is_invalid_input(), ErrorKind::InvalidInput),
        (error.is_connect(), ErrorKind::Connect),
        (error.is_connection_lost(), ErrorKind::ConnectionLost),
        (error.is_timeout(), ErrorKind::Timeout),
        (error.is_rate_limited(), ErrorKind::RateLimited),
        (error.is_decode(), ErrorKind::Decode),
        (error.is_body_too_large(), ErrorKind::BodyTooLarge),
    ] {
        assert_eq!(holds, of == kind, "{of:?}: {error:?}");
    }
}

/// A call that is over, and the server that it went to.
pub(super) struct Ran<Request> {
    pub(super) call: Call,
    pub(super) server: Server<Request>,
    pub(super) result: Result<Response<SignInToken>, Error>,
    pub(super) elapsed: Duration,
}

/// Makes a call against a server with this script.
pub(super) async fn run(call: Call, script: impl Into<Script>) -> Ran<RecordedRequest> {
    run_with(call, script, |builder| builder).await
}

/// Makes a call against a server with this script, with other settings than usual.
pub(super) async fn run_with(
    call: Call,
    script: impl Into<Script>,
    settings: impl FnOnce(ClerkBuilder) -> ClerkBuilder,
) -> Ran<RecordedRequest> {
    let server = FaultyServer::start(script).await;
    let clerk = build(settings(builder(&server.url())));
    let ran = Ran::of(call, server, &clerk).await;
    for request in ran.server.requests() {
        assert_eq!(request.path(), call.path());
    }
    ran
}

impl<Request: Clone + Send + Sync + 'static> Ran<Request> {
    pub(super) async fn of(call: Call, server: Server<Request>, clerk: &Clerk) -> Self {
        let begun = Instant::now();
        let result = call.send(clerk).await;
        Self {
            call,
            server,
            result,
            elapsed: begun.elapsed(),
        }
    }

    /// Asserts that the call succeeded after so many requests, and gives its answer.
    pub(super) fn succeeds(&self, attempts: u32) -> &Response<SignInToken> {
        let response = match &self.result {
            Ok(response) => response,
            Err(error) => panic!("{:?}: {error:?}", self.call),
        };
        let requests = self.server.request_count();
        assert_eq!(response.attempts(), attempts, "{:?}", self.call);
        assert_eq!(requests, attempts as usize, "{:?}", self.call);
        assert_eq!(response.status(), 200);
        assert!(response.elapsed() <= self.elapsed);
        response
    }

    /// Asserts that the call failed as expected, after as many requests as the error says, and gives the error.
    pub(super) async fn fails(&self, expected: Expected) -> &Error {
        let error = self.error();
        expected.check(self.call, error, self.elapsed);
        // A request that the client gave up may still be on its way to the server's log.
        let requests = expected.attempts as usize;
        self.server.wait_for_requests(requests).await;
        let arrived = self.server.request_count();
        assert_eq!(arrived, requests, "{:?}: {error:?}", self.call);
        error
    }

    #[track_caller]
    pub(super) fn error(&self) -> &Error {
        match &self.result {
            Ok(_) => panic!("{:?}: it succeeded", self.call),
            Err(error) => error,
        }
    }
}

/// The texts of all that lies below an error.
pub(super) fn sources(error: &Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut source = error.source();
    while let Some(inner) = source {
        texts.push(inner.to_string());
        source = inner.source();
    }
    texts
}
