//! The retry loop's effects on the real world: clock, chance, waiting, and requests that really go out.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant, SystemTime};

use http::header::{HeaderMap, RETRY_AFTER};

use crate::client::Shared;
use crate::limiter::Permit;
use crate::observe::{self, Attempt};
use crate::operation::Operation;
use crate::outgoing::Outgoing;
use crate::retry::admission::Ended;
use crate::retry::classify::{Failed, Failure};
use crate::retry::retry_after;
use crate::retry::run::{Effects, NotAdmitted};
use crate::transport::{self, Answer, Limits, Remains};

/// One call's request, on its way.
pub(crate) struct Wire<'a> {
    shared: &'a Shared,
    outgoing: Outgoing,
    operation: Option<&'static Operation>,
    permit: Option<Permit<'a>>,
    attempts: u32,
}

impl<'a> Wire<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        outgoing: Outgoing,
        operation: Option<&'static Operation>,
    ) -> Self {
        Self {
            shared,
            outgoing,
            operation,
            permit: None,
            attempts: 0,
        }
    }

    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }
}

impl Effects for Wire<'_> {
    type Answer = Box<Answer>;
    type Failure = Box<Remains>;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn random(&mut self) -> f64 {
        // The keys of std's hashers are random, and no two are the same: that will do for jitter, and links no crate.
        let bits = RandomState::new().hash_one(self.attempts);
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    async fn sleep(&mut self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn deposit(&mut self) {
        self.shared.budget().deposit();
    }

    fn withdraw(&mut self) -> bool {
        self.shared.budget().withdraw(Instant::now())
    }

    async fn admit(&mut self, deadline: Option<Instant>) -> Result<Instant, NotAdmitted> {
        let permit = self.shared.limiter.admit(deadline).await?;
        Ok(self.permit.insert(permit).began())
    }

    async fn attempt(&mut self, limit: Duration) -> Result<Box<Answer>, (Failed, Box<Remains>)> {
        let Some(request) = self.outgoing.request(&self.shared.headers) else {
            // The plan allows a request that can't be copied one attempt only, so this is never reached.
            return Err((Failed::new(Failure::NotSent, None), Box::default()));
        };
        let limits = Limits {
            time: limit,
            body: self.shared.body_limit,
            watch_redirects: self.shared.foreign_http,
        };
        self.attempts += 1;
        let result = transport::attempt(&self.shared.http, request, limits).await;
        let result = result.map_err(|(failure, remains)| {
            let headers = remains.answer.as_ref().map(|answer| &answer.headers);
            (
                Failed::new(failure, headers.and_then(asked_to_wait)),
                remains,
            )
        });
        // Every attempt is admitted first.
        let began = self.permit.take().map(|permit| {
            let began = permit.began();
            permit.end(ended(&result));
            began
        });
        observe::attempt(self.shared, || {
            Attempt::new(
                self.shared,
                self.operation,
                self.attempts,
                began.map(|began| began.elapsed()).unwrap_or_default(),
                &result,
            )
        });
        result
    }
}

fn ended(result: &Result<Box<Answer>, (Failed, Box<Remains>)>) -> Ended {
    match result {
        Ok(_) => Ended::Answered,
        Err((failed, _)) => match failed.failure {
            Failure::Status(429) => Ended::Limited {
                retry_after: failed.retry_after,
            },
            Failure::Status(_) => Ended::Answered,
            _ => Ended::Unanswered,
        },
    }
}

/// How long an answer asks to wait.
pub(crate) fn asked_to_wait(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    retry_after::parse(value, SystemTime::now())
}
