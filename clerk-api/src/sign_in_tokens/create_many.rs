//! Many creates at once, within a rate.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::StreamExt as _;

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

    /// Begins, as soon as the stream is polled.
    pub fn start(self) -> CreatedTokens {
        let Self {
            clerk,
            users,
            concurrency,
            rate,
            settings,
        } = self;
        let mut pace = Pace::new(rate, Instant::now());
        let paced = users.then(move |user| {
            let turn = pace.next(Instant::now());
            async move {
                tokio::time::sleep_until(turn.into()).await;
                user
            }
        });
        let calls = paced.map(move |user| {
            let call = CreateSignInToken::new(clerk.call(), user.clone());
            let call = settings(call.timeout(DEFAULT_TIMEOUT));
            async move { (user, call.send().await) }
        });
        CreatedTokens(Box::pin(calls.buffer_unordered(concurrency)))
    }
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
