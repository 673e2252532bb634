//! What the tests share: a scripted server with a client, the two operations, and what is true of every error.

mod process;
mod samples;

use std::collections::VecDeque;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clerk_api::types::SignInToken;
use clerk_api::{Clerk, ClerkBuilder, Error, ErrorKind, Outcome, Response, RetryPolicy};
use clerk_api_tests::faulty_server::{FaultyServer, RecordedRequest, Reply, Script, Server};

pub(crate) use self::process::{CHILD, alone, in_own_process};
pub(crate) use self::samples::{
    KEY, LINK, NOT_PENDING, TICKET, errors, not_pending, success, success_with, token, token_value,
    token_with,
};

/// Parts of the secrets, because a secret that is cut off is one too, and their first bytes as `Debug` shows bytes.
const PARTS_OF_SECRETS: [&str; 6] = [
    "q7ZkW3vTn0",
    "0rYb5LmKey",
    "eyJleHAiOjE5",
    "c2lnbmF0dXJl",
    "115, 107, 95, 116, 101, 115, 116",
    "101, 121, 74, 104, 98, 71",
];

/// Names the place that shows a secret, without showing it.
#[track_caller]
pub(crate) fn assert_no_secret(place: &str, text: &str) {
    let shown = PARTS_OF_SECRETS.iter().any(|part| text.contains(part));
    assert!(!shown, "{place} shows a secret");
}

/// Looks for secrets in an error and in all errors below it.
#[track_caller]
pub(crate) fn assert_shows_no_secret(place: &str, error: &(dyn StdError + 'static)) {
    assert_no_secret(place, &format!("{error} {error:#} {error:?} {error:#?}"));
    if let Some(source) = error.source() {
        assert_shows_no_secret(place, source);
    }
}

#[track_caller]
pub(crate) fn assert_debug(place: &str, value: &(impl Debug + ?Sized)) {
    assert_no_secret(place, &format!("{value:?} {value:#?}"));
}

/// How much longer than expected things may take on a busy machine. It only tells "at once" from "never".
pub(crate) const SLACK: Duration = Duration::from_secs(8);

pub(crate) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The default policy with short waits.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default()
        .with_base_delay(ms(4))
        .with_max_delay(ms(20))
}

/// A client for a server at `url`, with the default limits and short waits.
pub(crate) fn builder(url: &str) -> ClerkBuilder {
    Clerk::builder()
        .secret_key(KEY)
        .base_url(format!("{url}/v1"))
        .retry_policy(quick())
}

pub(crate) fn build(builder: ClerkBuilder) -> Clerk {
    builder.build().unwrap()
}

pub(crate) fn client(url: &str) -> Clerk {
    build(builder(url))
}

/// A server with this script, and a client for it.
pub(crate) async fn serve(script: impl Into<Script>) -> (FaultyServer, Clerk) {
    let server = FaultyServer::start(script).await;
    let clerk = client(&server.url());
    (server, clerk)
}

/// One of the two operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Create,
    Revoke,
}

pub(crate) const CALLS: [Call; 2] = [Call::Create, Call::Revoke];

impl Call {
    pub(crate) async fn send(self, clerk: &Clerk) -> Result<Response<SignInToken>, Error> {
        let tokens = clerk.sign_in_tokens();
        match self {
            Self::Create => tokens.create("user_1").send_with_response().await,
            Self::Revoke => tokens.revoke("sit_1").send_with_response().await,
        }
    }

    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Create => "CreateSignInToken",
            Self::Revoke => "RevokeSignInToken",
        }
    }
}

/// The cause of an error if the connection ends by FIN before the head of a response is complete.
pub(crate) const CLOSED: &str = "connection closed before message completed";
/// The cause of an error if it ends by RST.
pub(crate) const RESET: &str = "Connection reset by peer";

/// What a failed call must end with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    kind: ErrorKind,
    outcome: Outcome,
    attempts: u32,
    status: Option<u16>,
    retry_after: Option<Duration>,
    at_least: Duration,
    cause: &'static str,
}

impl Expected {
    /// One attempt without a response, at once.
    pub(crate) fn new(kind: ErrorKind, outcome: Outcome) -> Self {
        Self {
            kind,
            outcome,
            attempts: 1,
            status: None,
            retry_after: None,
            at_least: Duration::ZERO,
            cause: "",
        }
    }

    /// One attempt that gets a status which isn't a success.
    pub(crate) fn rejected(status: u16) -> Self {
        Self::of_status(status, Outcome::Rejected)
    }

    pub(crate) fn of_status(status: u16, outcome: Outcome) -> Self {
        let kind = match status {
            429 => ErrorKind::RateLimited,
            _ => ErrorKind::Status,
        };
        Self::new(kind, outcome).status(status)
    }

    pub(crate) fn status(mut self, status: impl Into<Option<u16>>) -> Self {
        self.status = status.into();
        self
    }

    pub(crate) fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    pub(crate) fn retry_after(mut self, retry_after: impl Into<Option<Duration>>) -> Self {
        self.retry_after = retry_after.into();
        self
    }

    /// The call takes no less than this, and no more than [`SLACK`] on top.
    pub(crate) fn at_least(self, at_least: Duration) -> Self {
        Self { at_least, ..self }
    }

    /// A part of the error's chain of causes.
    pub(crate) fn caused_by(self, cause: &'static str) -> Self {
        Self { cause, ..self }
    }

    /// Makes a call, which must fail like this.
    pub(crate) async fn check_call(self, call: Call, clerk: &Clerk) -> Error {
        let begun = Instant::now();
        let error = call.send(clerk).await.unwrap_err();
        self.check(call, &error, begun.elapsed());
        error
    }

    #[track_caller]
    pub(crate) fn check(self, call: Call, error: &Error, elapsed: Duration) {
        assert_shows_no_secret("an error", error);
        let context = format!("{call:?} after {elapsed:?}: {error:?}");
        assert!(context.contains(self.cause), "{}: {context}", self.cause);
        assert_eq!(error.kind(), self.kind, "{context}");
        assert_eq!(error.outcome(), self.outcome, "{context}");
        assert_eq!(error.attempts(), self.attempts, "{context}");
        let status = error.status().map(|status| status.as_u16());
        assert_eq!(status, self.status, "{context}");
        assert_eq!(error.retry_after(), self.retry_after, "{context}");
        assert_eq!(error.operation(), Some(call.operation()), "{context}");
        let longest = self.at_least + SLACK;
        assert!((self.at_least..longest).contains(&elapsed), "{context}");
        let measured = error.elapsed();
        assert!((self.at_least..=elapsed).contains(&measured), "{context}");

        let line = error.to_string();
        let plural = if self.attempts == 1 { "" } else { "s" };
        let attempts = format!("[{} attempt{plural} in ", self.attempts);
        assert!(line.starts_with(call.operation()), "{line}");
        assert!(line.contains(&attempts), "{line}");
        assert!(!line.contains('\n'), "{line}");
        let waits = self.retry_after.is_some();
        assert_eq!(line.contains(", retry after "), waits, "{line}");
        let unknown = self.outcome == Outcome::Unknown;
        assert_eq!(line.contains(", outcome unknown"), unknown, "{line}");
        if let Some(status) = self.status {
            assert!(line.contains(&format!(": {status}")), "{line}");
        }
    }
}

/// A call that has ended, and its server.
pub(crate) struct Ran<Request> {
    pub(crate) server: Arc<Server<Request>>,
    pub(crate) result: Result<Response<SignInToken>, Error>,
    pub(crate) elapsed: Duration,
    call: Call,
    requests_before: usize,
}

impl<Request: Clone + Send + Sync + 'static> Ran<Request> {
    pub(crate) async fn of(
        call: Call,
        server: impl Into<Arc<Server<Request>>>,
        clerk: &Clerk,
    ) -> Self {
        let server = server.into();
        let requests_before = server.request_count();
        let begun = Instant::now();
        let result = call.send(clerk).await;
        Self {
            server,
            result,
            elapsed: begun.elapsed(),
            call,
            requests_before,
        }
    }

    /// How many requests the call sent, as far as they have arrived.
    pub(crate) fn requests(&self) -> usize {
        self.server.request_count() - self.requests_before
    }

    /// Asserts that the call succeeded after that many requests.
    #[track_caller]
    pub(crate) fn succeeds(&self, attempts: u32) -> &Response<SignInToken> {
        let response = match &self.result {
            Ok(response) => response,
            Err(error) => panic!("{:?}: {error:?}", self.call),
        };
        assert_eq!(response.attempts(), attempts, "{:?}", self.call);
        assert_eq!(self.requests(), attempts as usize, "{:?}", self.call);
        assert_eq!(response.status(), 200);
        assert!(response.elapsed() <= self.elapsed);
        response
    }

    /// Asserts that the call failed as expected, after the expected number of requests.
    pub(crate) async fn fails(&self, expected: Expected) -> &Error {
        let error = self.error();
        expected.check(self.call, error, self.elapsed);
        // A request that the client abandoned may still be on its way into the server's log.
        let attempts = expected.attempts as usize;
        self.server
            .wait_for_requests(self.requests_before + attempts)
            .await;
        assert_eq!(self.requests(), attempts, "{:?}: {error:?}", self.call);
        error
    }

    #[track_caller]
    pub(crate) fn error(&self) -> &Error {
        match &self.result {
            Ok(_) => panic!("{:?}: it succeeded", self.call),
            Err(error) => error,
        }
    }
}

/// A server and a client for many calls. Each call is made as if by a new client, without a rate limit and with all its
/// retries. Only the connections are kept, because making them takes longer than using them.
pub(crate) struct Fixture {
    pub(crate) server: Arc<FaultyServer>,
    script: Arc<Mutex<VecDeque<Reply>>>,
    clerk: Clerk,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    /// With a client that sends each call once, so that its errors are those of the one response.
    pub(crate) async fn sending_once() -> Self {
        Self::with(|builder| builder.retry_policy(RetryPolicy::never())).await
    }

    /// With other settings of the client than usual.
    pub(crate) async fn with(settings: impl FnOnce(ClerkBuilder) -> ClerkBuilder) -> Self {
        let script = Arc::new(Mutex::new(VecDeque::from([success()])));
        let next = Arc::clone(&script);
        let server = FaultyServer::start(Script::from_fn(move |_, _| {
            let mut next = next.lock().unwrap();
            let reply = next[0].clone();
            if next.len() > 1 {
                next.pop_front();
            }
            reply
        }))
        .await;
        let clerk = build(settings(builder(&server.url())));
        Self {
            server: Arc::new(server),
            script,
            clerk,
        }
    }

    /// The server sends these responses next, and the last one again and again.
    pub(crate) fn respond(&self, script: impl IntoIterator<Item = Reply>) {
        *self.script.lock().unwrap() = script.into_iter().collect();
    }

    /// The client, as if it were new; it gets these responses next.
    pub(crate) fn client(&self, script: impl IntoIterator<Item = Reply>) -> Clerk {
        self.respond(script);
        self.clerk.with_secret_key(KEY).unwrap()
    }

    /// Makes a call that gets these responses.
    pub(crate) async fn run(
        &self,
        call: Call,
        script: impl IntoIterator<Item = Reply>,
    ) -> Ran<RecordedRequest> {
        let clerk = self.client(script);
        Ran::of(call, Arc::clone(&self.server), &clerk).await
    }
}
