//! A fake Clerk in this process.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::request::FakeRequest;
use super::server::Server;
use super::state::{Fault, NotAccepted, State};
use crate::client::Clerk;
use crate::generated::client::types::SignInToken;
use crate::generated::open_enums::SignInTokenStatus;
use crate::secret::Secret;

/// A Clerk in this process, on a free port of the loopback interface. It remembers the tokens that it creates, so each can
/// be revoked or used once.
///
/// Ids, tickets (apart from their signatures), and times look like the real ones. Invalid requests get the status, code,
/// and parameter that Clerk documents, with other texts. It fails on request. It runs until it is dropped, in its own
/// thread, so it works with any runtime, or none. Starting it panics if the system can't provide a port or a thread.
///
/// Don't call it while tokio's time is paused (`start_paused`): the clock then jumps to the next time limit while the
/// response is on its way, and the call times out. `tokio::time::resume()` comes first.
pub struct FakeClerk {
    server: Server,
    clerk: Clerk,
    state: Arc<Mutex<State>>,
}

impl FakeClerk {
    /// Starts one in which every user exists, as a member of every organization.
    pub fn start() -> Self {
        Self::with_state(State::default())
    }

    /// Starts one in which only these users exist. [`add_member`](Self::add_member) adds them to organizations.
    pub fn with_users<U: Into<String>>(users: impl IntoIterator<Item = U>) -> Self {
        Self::with_state(State {
            users: Some(users.into_iter().map(Into::into).collect()),
            ..State::default()
        })
    }

    fn with_state(state: State) -> Self {
        let state = Arc::new(Mutex::new(state));
        let server = Server::start(state.clone())
            .unwrap_or_else(|error| panic!("the fake Clerk can't start: {error}"));
        let builder = Clerk::builder().secret_key("sk_test_fake");
        let clerk = builder.base_url(server.base_url.as_str()).build();
        Self {
            server,
            clerk: clerk.unwrap_or_else(|error| panic!("no client for the fake Clerk: {error}")),
            state,
        }
    }

    /// A client for it, with the default settings.
    pub fn client(&self) -> &Clerk {
        &self.clerk
    }

    /// Its base URL, for a client with other settings: [`ClerkBuilder::base_url`](crate::ClerkBuilder::base_url).
    pub fn base_url(&self) -> String {
        self.server.base_url.clone()
    }

    /// Makes a user a member of an organization.
    pub fn add_member(&self, org_id: impl Into<String>, user_id: impl Into<String>) {
        let member = (org_id.into(), user_id.into());
        self.state().members.insert(member);
    }

    /// All tokens, as they are now, in the order in which they were created.
    pub fn tokens(&self) -> Vec<SignInToken> {
        self.state().tokens.clone()
    }

    /// Like [`accept`](Self::accept), with the ticket instead of the token's id.
    pub fn accept_ticket(&self, ticket: &str) -> Result<SignInToken, NotAccepted> {
        let is_it = |secret: &Secret| secret.expose() == ticket;
        let has_ticket = |token: &SignInToken| token.token.as_ref().is_some_and(is_it);
        self.state().end(has_ticket, SignInTokenStatus::Accepted)
    }

    /// Signs a user in with a token, as if its link had been opened.
    ///
    /// # Errors
    ///
    /// [`NotAccepted`] if the token can't be used.
    pub fn accept(&self, sign_in_token_id: &str) -> Result<SignInToken, NotAccepted> {
        let has_id = |token: &SignInToken| token.id == sign_in_token_id;
        self.state().end(has_id, SignInTokenStatus::Accepted)
    }

    /// All requests, in the order in which they arrived, including those that failed.
    pub fn requests(&self) -> Vec<FakeRequest> {
        self.state().requests.clone()
    }

    /// The next request is not processed: the response has this status and the code that Clerk documents for it, or no
    /// body if there is none.
    ///
    /// Each call of a `…_next_…` method is about one request: the second call about the second request, and so on.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 599.
    #[track_caller]
    pub fn fail_next_with(&self, status: u16, retry_after: impl Into<Option<Duration>>) {
        self.next(|fault| {
            fault.status = Some(status);
            fault.retry_after = retry_after.into();
        });
    }

    /// The next request is not processed: the response has this status and body. The content type is HTML unless the body
    /// is JSON.
    ///
    /// ```
    /// # let fake = clerk_api::testing::FakeClerk::start();
    /// fake.respond_next_with(502, "<html>Bad Gateway</html>");
    /// fake.respond_next_with(409, r#"{"errors": [{"code": "resource_locked", "message": "locked"}]}"#);
    /// ```
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 599.
    #[track_caller]
    pub fn respond_next_with(&self, status: u16, body: impl Into<String>) {
        self.next(|fault| {
            fault.status = Some(status);
            fault.body = Some(body.into());
        });
    }

    /// The next request is not processed, and its connection is closed.
    pub fn drop_next_request(&self) {
        self.next(|fault| {
            fault.status = Some(500);
            fault.is_lost = true;
        });
    }

    /// The next request is processed, but its connection is closed without a response.
    pub fn drop_next_response(&self) {
        self.next(|fault| fault.is_lost = true);
    }

    /// The next request is processed, but the response takes this long.
    pub fn delay_next_response(&self, delay: Duration) {
        self.next(|fault| fault.delay = delay);
    }

    #[track_caller]
    fn next(&self, fails: impl FnOnce(&mut Fault)) {
        let mut fault = Fault::default();
        fails(&mut fault);
        let status = fault.status.unwrap_or(200);
        assert!(
            (200..=599).contains(&status),
            "the status {status} is not between 200 and 599"
        );
        self.state().faults.push_back(fault);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FakeClerk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FakeClerk({})", self.server.base_url)
    }
}
