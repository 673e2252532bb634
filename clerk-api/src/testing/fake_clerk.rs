//! A Clerk that lives in this process.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::fault::Fault;
use super::request::FakeRequest;
use super::server::Server;
use super::state::{State, milliseconds, since_epoch};
use crate::client::Clerk;
use crate::generated::client::types::SignInToken;
use crate::generated::open_enums::SignInTokenStatus;
use crate::secret::Secret;

/// The key that the fake's own clients have; it takes any that begins with `sk_`.
const SECRET_KEY: &str = "sk_test_fake";

/// A Clerk in this process, on a free port of the loopback interface, with a memory: what is created can be revoked once.
///
/// It makes ids, tickets and times of the real shape (the ticket's signature is none), answers mistakes with Clerk's
/// statuses, codes and parameters in Clerk's form (the texts are its own), and fails when told to. It serves until it is dropped, from a thread of its own, so it works with any runtime
/// and without.
pub struct FakeClerk {
    server: Server,
    clerk: Clerk,
    state: Arc<Mutex<State>>,
}

/// Why nobody can sign in with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAccepted {
    /// There is no such token.
    NotFound,
    /// It was used or revoked.
    NotPending(SignInTokenStatus),
    /// Its time is over.
    Expired,
}

impl fmt::Display for NotAccepted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => formatter.write_str("there is no such token"),
            Self::NotPending(status) => write!(formatter, "the token's status is {status}"),
            Self::Expired => formatter.write_str("the token has expired"),
        }
    }
}

impl std::error::Error for NotAccepted {}

impl FakeClerk {
    /// Starts one that knows every user, each a member of every organization.
    ///
    /// # Panics
    ///
    /// Where the system gives it no port or no thread.
    pub fn start() -> Self {
        Self::with_state(State::default())
    }

    /// Starts one that knows these users only; see [`add_member`](Self::add_member) for organizations.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn with_users<U: Into<String>>(users: impl IntoIterator<Item = U>) -> Self {
        let users: BTreeSet<String> = users.into_iter().map(Into::into).collect();
        Self::with_state(State {
            users: Some(users),
            ..State::default()
        })
    }

    fn with_state(state: State) -> Self {
        let state = Arc::new(Mutex::new(state));
        let server = Server::start(state.clone())
            .unwrap_or_else(|error| panic!("the fake Clerk can't start: {error}"));
        let clerk = Clerk::builder()
            .secret_key(SECRET_KEY)
            .base_url(base_url(&server))
            .build()
            .unwrap_or_else(|error| panic!("a client for the fake Clerk: {error}"));
        Self {
            server,
            clerk,
            state,
        }
    }

    /// A client of it, with the defaults.
    pub fn clerk(&self) -> &Clerk {
        &self.clerk
    }

    /// Where it is, for clients of one's own: [`ClerkBuilder::base_url`](crate::ClerkBuilder::base_url).
    pub fn base_url(&self) -> String {
        base_url(&self.server)
    }

    /// Makes a user a member of an organization.
    pub fn add_member(&self, org_id: impl Into<String>, user_id: impl Into<String>) {
        let member = (org_id.into(), user_id.into());
        self.state().members.insert(member);
    }

    /// Every token that was created, in that order, as it is now.
    pub fn tokens(&self) -> Vec<SignInToken> {
        self.state().tokens.clone()
    }

    /// The tokens in this state.
    pub fn tokens_with(&self, status: &SignInTokenStatus) -> Vec<SignInToken> {
        let mut tokens = self.tokens();
        tokens.retain(|token| token.status == *status);
        tokens
    }

    /// Signs a person in with a ticket, which is what the link carries.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    pub fn accept_ticket(&self, ticket: &str) -> Result<SignInToken, NotAccepted> {
        let tokens = self.tokens();
        let has_ticket = |token: &&SignInToken| {
            let own = token.token.as_ref().map(Secret::expose);
            own == Some(ticket)
        };
        let token = tokens
            .iter()
            .find(has_ticket)
            .ok_or(NotAccepted::NotFound)?;
        self.accept(&token.id)
    }

    /// Signs a person in with a token, as if the link had been opened.
    ///
    /// # Errors
    ///
    /// Where Clerk would refuse: [`NotAccepted`] says why.
    pub fn accept(&self, sign_in_token_id: &str) -> Result<SignInToken, NotAccepted> {
        let now = SystemTime::now();
        let mut state = self.state();
        let mut tokens = state.tokens.iter_mut();
        let token = tokens.find(|token| token.id == sign_in_token_id);
        let token = token.ok_or(NotAccepted::NotFound)?;
        if token.status != SignInTokenStatus::Pending {
            return Err(NotAccepted::NotPending(token.status.clone()));
        }
        if token.expires().is_some_and(|expires| expires <= now) {
            return Err(NotAccepted::Expired);
        }
        token.status = SignInTokenStatus::Accepted;
        token.updated_at = milliseconds(since_epoch(now));
        Ok(token.clone())
    }

    /// The requests that it got, in that order; those that failed on purpose too.
    pub fn requests(&self) -> Vec<FakeRequest> {
        self.state().requests.clone()
    }

    /// The next request is answered with this status, and the code that Clerk documents for it, and does nothing. These
    /// `next_…` queue up, one for each request.
    pub fn next_fails_with(&self, status: u16, retry_after: impl Into<Option<Duration>>) {
        let retry_after = retry_after.into();
        self.fault(Fault::Status {
            status,
            retry_after,
        });
    }

    /// The next request is answered with this status and body and does nothing: a refusal of one's own, or the page of
    /// whatever stands before the API. The body's type is JSON where it is JSON, else HTML.
    ///
    /// ```
    /// # let fake = clerk_api::testing::FakeClerk::start();
    /// fake.next_answers(502, "<html>Bad Gateway</html>");
    /// fake.next_answers(409, r#"{"errors": [{"code": "resource_locked", "message": "locked"}]}"#);
    /// ```
    pub fn next_answers(&self, status: u16, body: impl Into<String>) {
        let body = body.into();
        self.fault(Fault::Raw { status, body });
    }

    /// The next request's connection is closed before anything is done.
    pub fn next_request_is_lost(&self) {
        self.fault(Fault::RequestLost);
    }

    /// The next request's work is done, and its connection closed without an answer.
    pub fn next_answer_is_lost(&self) {
        self.fault(Fault::AnswerLost);
    }

    /// The next request's work is done, and answered after this time.
    pub fn next_answer_takes(&self, delay: Duration) {
        self.fault(Fault::Delay(delay));
    }

    fn fault(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FakeClerk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FakeClerk")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

fn base_url(server: &Server) -> String {
    format!("http://{}/v1", server.address)
}
