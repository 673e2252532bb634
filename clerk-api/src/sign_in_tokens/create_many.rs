//! Many creates at once, within a rate.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::future::{Either, select};
use futures_util::{StreamExt as _, stream};
use tokio::task::{JoinError, JoinSet};

use super::create::CreateSignInToken;
use crate::client::Clerk;
use crate::error::Error;
use crate::generated::client::types::SignInToken;
use crate::rate::{Pace, Rate};

const DEFAULT_CONCURRENCY: usize = 16;

/// Unlike a single call, a bulk can wait for a rate limit to pass. Each attempt still has its own limit.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

type Users = Pin<Box<dyn Stream<Item = String> + Send>>;
type Settings = Arc<dyn Fn(CreateSignInToken) -> CreateSignInToken + Send + Sync>;

/// Many creates, not yet begun. From [`SignInTokens::create_many`](crate::SignInTokens::create_many).
#[must_use = "nothing is created until the stream is polled"]
pub struct CreateMany {
    clerk: Clerk,
    users: Users,
    concurrency: usize,
    rate: Rate,
    settings: Settings,
}

/// The tokens of a [`CreateMany`], each with its user, in the order in which they are done.
///
/// A stream; with [`next`](Self::next), it can be used without a stream library. Dropping it ends the creates that are
/// running; each of them may have made a token anyway.
#[must_use = "nothing is created until the stream is polled"]
pub struct CreatedTokens(Pin<Box<dyn Stream<Item = Created> + Send>>);

/// A user, and what came of the create.
type Created = (String, Result<SignInToken, Error>);

impl CreateMany {
    pub(super) fn new(
        clerk: Clerk,
        users: impl Stream<Item = impl Into<String> + 'static> + Send + 'static,
    ) -> Self {
        Self {
            clerk,
            users: Box::pin(users.map(Into::into)),
            concurrency: DEFAULT_CONCURRENCY,
            rate: Rate::PRODUCTION,
            settings: Arc::new(|call| call),
        }
    }

    /// How many creates run at the same time. At least 1; with 0, [`start`](Self::start) fails. Default: 16.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls;
        self
    }

    /// How many creates are begun in a period. Default: [`Rate::PRODUCTION`].
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = rate;
        self
    }

    /// Settings for each create: its lifetime, an organization, a time limit. The default time limit is 10 minutes, long
    /// enough to wait for a rate limit.
    ///
    /// ```no_run
    /// # use std::time::{Duration, Instant};
    /// # fn example(clerk: clerk_api::Clerk) {
    /// let many = clerk.sign_in_tokens().create_many(["user_1", "user_2"]);
    /// let many = many.each(|call| call.expires_in(Duration::from_secs(86_400)));
    /// # let _ = many;
    /// # }
    /// ```
    pub fn each(
        mut self,
        settings: impl Fn(CreateSignInToken) -> CreateSignInToken + Send + Sync + 'static,
    ) -> Self {
        self.settings = Arc::new(settings);
        self
    }

    /// Begins as soon as the stream is polled. Each create runs in its own task, so it continues while the stream is not
    /// polled; dropping the stream ends them.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if `concurrency` is zero.
    ///
    /// # Panics
    ///
    /// The stream panics if it is polled outside a tokio runtime.
    pub fn start(self) -> Result<CreatedTokens, Error> {
        if self.concurrency == 0 {
            return Err(Error::invalid_input("concurrency", "is zero"));
        }
        let state = Bulk {
            pace: Pace::new(self.rate, Instant::now()),
            many: self,
            no_more_users: false,
            tasks: JoinSet::new(),
        };
        let created = stream::unfold(state, async |mut state| {
            let created = state.next().await?;
            Some((created, state))
        });
        Ok(CreatedTokens(Box::pin(created)))
    }
}

/// A running bulk.
struct Bulk {
    many: CreateMany,
    pace: Pace,
    no_more_users: bool,
    tasks: JoinSet<Created>,
}

impl Bulk {
    /// Begins as many creates as may run, and waits until one is done.
    async fn next(&mut self) -> Option<Created> {
        loop {
            if self.no_more_users || self.tasks.len() >= self.many.concurrency {
                return self.tasks.join_next().await.map(created);
            }
            let user = if self.tasks.is_empty() {
                self.many.users.next().await
            } else {
                let done = pin!(self.tasks.join_next());
                match select(done, self.many.users.next()).await {
                    Either::Left((done, _)) => return done.map(created),
                    Either::Right((user, _)) => user,
                }
            };
            match user {
                Some(user) => self.begin(user),
                None => self.no_more_users = true,
            }
        }
    }

    fn begin(&mut self, user: String) {
        let call = CreateSignInToken::new(self.many.clerk.call(), user.clone());
        let call = (self.many.settings)(call.operation_timeout(DEFAULT_TIMEOUT));
        let turn = self.pace.next(Instant::now());
        self.tasks.spawn(async move {
            tokio::time::sleep_until(turn.into()).await;
            (user, call.send().await)
        });
    }
}

/// The result of a task. It is not aborted while it is awaited; if it panicked, the panic continues here.
fn created(result: Result<Created, JoinError>) -> Created {
    result.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

impl CreatedTokens {
    /// The next one that is done; `None` when all are.
    pub async fn next(&mut self) -> Option<(String, Result<SignInToken, Error>)> {
        self.0.next().await
    }
}

impl Stream for CreatedTokens {
    type Item = (String, Result<SignInToken, Error>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl fmt::Debug for CreateMany {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CreateMany")
            .field("concurrency", &self.concurrency)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CreatedTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CreatedTokens")
            .finish_non_exhaustive()
    }
}
