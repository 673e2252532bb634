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

/// A bulk can wait for a rate limit to pass, where a single call can't; each attempt keeps its own limit.
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
/// A stream; [`next`](Self::next) is there for those without a library of streams. Dropped, it ends the creates that are
/// under way; each of them may have made a token all the same.
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

    /// How many creates are under way at most. At least 1 (0 counts as 1). Default: 16.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// How many creates are begun in a time. Default: [`Rate::PRODUCTION`].
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = rate;
        self
    }

    /// Settings for each create: its lifetime, an organization, a time limit (default: 10 minutes, so that a rate limit
    /// can be waited for).
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

    /// Begins, as soon as the stream is polled. Each create runs in a task of its own, so that it goes on while nobody
    /// polls the stream; dropping the stream ends them.
    ///
    /// # Panics
    ///
    /// The stream panics if it is polled outside a tokio runtime.
    pub fn start(self) -> CreatedTokens {
        let state = Bulk {
            pace: Pace::new(self.rate, Instant::now()),
            many: self,
            no_more_users: false,
            tasks: JoinSet::new(),
        };
        CreatedTokens(Box::pin(stream::unfold(state, async |mut state| {
            let created = state.next().await?;
            Some((created, state))
        })))
    }
}

/// A bulk under way.
struct Bulk {
    many: CreateMany,
    pace: Pace,
    no_more_users: bool,
    tasks: JoinSet<Created>,
}

impl Bulk {
    /// Begins as many creates as may be under way, and waits until one is done.
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
        let call = (self.many.settings)(call.timeout(DEFAULT_TIMEOUT));
        let turn = self.pace.next(Instant::now());
        self.tasks.spawn(async move {
            tokio::time::sleep_until(turn.into()).await;
            (user, call.send().await)
        });
    }
}

/// What a task has made. It is never aborted while somebody waits for it, and a panic in it goes on here.
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
