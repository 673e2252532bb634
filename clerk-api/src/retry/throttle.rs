//! When a request may be sent, so that a client that meets a rate limit settles below it.
//!
//! Until the first 429 the throttle does nothing. After a 429, all requests of the client wait until `Retry-After` has
//! passed, and are then sent one by one in the order in which they came: at first at 90 % of the rate that the server
//! accepted before, then at a rate that doubles every ten seconds. Another 429 stops and slows them again. The accepted
//! rate is the mean of the last ten seconds, pauses included, because Clerk counts requests in windows of ten seconds; at
//! the first 429, when the client may have just begun to send, it is the most in one second. A minute after the last
//! pause, the throttle is off. Only time lets a request through, so no call depends on another.

use std::collections::VecDeque;
use std::f64::consts::LN_2;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The pause after a 429 without `Retry-After`.
const DEFAULT_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause: a server that asks for a day is asked again once a minute.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How much of the accepted rate is used at first.
const BACKOFF: f64 = 0.9;
/// The seconds in which the rate doubles, and those in which it grows by a factor of e.
const DOUBLING: f64 = 10.0;
const SECONDS_PER_E: f64 = DOUBLING / LN_2;
/// The lowest rate, in requests a second: a few clients at this rate fit below Clerk's lowest limit, 100 requests in 10
/// seconds.
const MIN_RATE: f64 = 2.0;
/// How long the throttle stays on after the last pause. By then, the rate has doubled six times.
const ON_FOR: Duration = Duration::from_secs(60);
/// How often a waiting request looks whether its turn has changed.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How late a request may look at its turn and still have it.
const MAX_LATE: Duration = Duration::from_secs(1);
/// How many seconds back the accepted rate is measured: the length of Clerk's windows.
const MEASURED_SECONDS: f64 = 10.0;
const SECONDS_KEPT: usize = 11;

/// One throttle for all calls of a client.
#[derive(Debug)]
pub(crate) struct Throttle(Mutex<State>);

impl Throttle {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(State::new(now)))
    }

    /// Waits for this request's turn. If that would come after the deadline, it returns at once how long the wait would be.
    pub(crate) async fn turn(&self, deadline: Option<Instant>) -> Result<(), Duration> {
        let mut place = Place {
            throttle: self,
            ticket: None,
        };
        loop {
            let now = tokio::time::Instant::now().into_std();
            let Some(turn) = self.state().turn(now, &mut place.ticket) else {
                return Ok(());
            };
            if deadline.is_some_and(|deadline| deadline <= turn) {
                return Err(turn - now);
            }
            // The turn may change: another 429 postpones it, and calls that leave the queue bring it forward.
            let next_look = turn.min(now + LOOK_AGAIN);
            tokio::time::sleep_until(next_look.into()).await;
            let late = tokio::time::Instant::now().into_std() - next_look;
            if late > MAX_LATE {
                // Nobody polled this call. Many such calls must not all go out now, so it joins the queue anew.
                place.leave();
            }
        }
    }

    /// A response arrived, other than 429.
    pub(crate) fn accepted(&self, now: Instant) {
        self.state().accepted.add(now);
    }

    /// A 429 arrived for a request that was sent at this time.
    pub(crate) fn limited(&self, now: Instant, sent: Instant, retry_after: Option<Duration>) {
        let pause = retry_after.unwrap_or(DEFAULT_PAUSE).min(MAX_PAUSE);
        self.state().limited(now, sent, pause);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held, and a count that is off by one is better than a call that fails.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue. A call that has its turn, fails, or is dropped leaves it.
struct Place<'a> {
    throttle: &'a Throttle,
    ticket: Option<u64>,
}

impl Place<'_> {
    fn leave(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.throttle.state().leave(ticket);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// What all calls of a client know together.
#[derive(Debug)]
struct State {
    accepted: Accepted,
    /// The tickets of the requests that wait, in their order.
    queue: VecDeque<u64>,
    last_ticket: u64,
    /// How many requests were allowed until the present pause began.
    allowed: f64,
    /// How many of them were sent, or could have been.
    sent: f64,
    /// `None` while the throttle is off.
    slowdown: Option<Slowdown>,
}

/// What a 429 brings.
#[derive(Clone, Copy, Debug)]
struct Slowdown {
    began: Instant,
    /// The end of the pause.
    resume: Instant,
    /// Requests a second, at the end of the pause.
    rate: f64,
    /// Whether the throttle was off before.
    first: bool,
    /// Whether the rate is settled: until the end of the pause, responses to earlier requests may still raise it.
    settled: bool,
}

impl State {
    fn new(now: Instant) -> Self {
        Self {
            accepted: Accepted::new(now),
            queue: VecDeque::new(),
            last_ticket: 0,
            allowed: 0.0,
            sent: 0.0,
            slowdown: None,
        }
    }

    /// When the request with this ticket may be sent; `None` is now. A request without a ticket joins the queue.
    fn turn(&mut self, now: Instant, ticket: &mut Option<u64>) -> Option<Instant> {
        self.end_if_over(now);
        let slowdown = self.slowdown.as_mut()?;
        if !slowdown.settled {
            let accepted = match slowdown.first {
                true => self.accepted.peak(slowdown.began),
                false => self.accepted.mean(slowdown.began),
            };
            slowdown.rate = (accepted * BACKOFF).max(MIN_RATE);
            slowdown.settled = slowdown.resume <= now;
        }
        let allowed = self.allowed + slowdown.allowed(now);
        let ticket = *ticket.get_or_insert_with(|| {
            if self.queue.is_empty() {
                // What was not used in the past can't be used later: there are no bursts.
                self.sent = self.sent.max(allowed - 1.0);
            }
            self.last_ticket += 1;
            self.queue.push_back(self.last_ticket);
            self.last_ticket
        });
        // Those in front have their turns as time passes, whether anybody polls them or not.
        while self.sent + 1.0 <= allowed && slowdown.resume <= now {
            if self.queue.pop_front().is_none() {
                break;
            }
            self.sent += 1.0;
        }
        let before = self.queue.binary_search(&ticket).ok()?;
        Some(slowdown.time_of(self.sent + before as f64 + 1.0 - self.allowed))
    }

    fn leave(&mut self, ticket: u64) {
        if let Ok(index) = self.queue.binary_search(&ticket) {
            self.queue.remove(index);
        }
    }

    fn end_if_over(&mut self, now: Instant) {
        self.slowdown = self
            .slowdown
            .filter(|slowdown| now.saturating_duration_since(slowdown.resume) <= ON_FOR);
    }

    fn limited(&mut self, now: Instant, sent: Instant, pause: Duration) {
        self.end_if_over(now);
        let resume = now + pause;
        let Some(slowdown) = &mut self.slowdown else {
            self.sent = self.allowed;
            self.slowdown = Some(Slowdown {
                began: now,
                resume,
                rate: MIN_RATE,
                first: true,
                settled: false,
            });
            return;
        };
        let rate = slowdown.rate_at(now);
        self.allowed += slowdown.allowed(now);
        slowdown.rate = rate;
        slowdown.resume = slowdown.resume.max(resume);
        // The 429 of an earlier request is no evidence against the present rate.
        if slowdown.settled && slowdown.began <= sent {
            slowdown.began = now;
            slowdown.first = false;
            slowdown.settled = false;
        }
    }
}

impl Slowdown {
    /// How many requests are allowed between the end of the pause and now: the integral of the rate.
    fn allowed(&self, now: Instant) -> f64 {
        self.rate * SECONDS_PER_E * (self.doublings(now) * LN_2).exp_m1()
    }

    /// When so many will have been allowed: the inverse of [`allowed`](Self::allowed).
    fn time_of(&self, requests: f64) -> Instant {
        let seconds = SECONDS_PER_E * (requests / (self.rate * SECONDS_PER_E)).ln_1p();
        // The timers are as coarse as this; and a turn that isn't now lies ahead.
        self.resume + Duration::from_secs_f64(seconds.max(0.0)) + Duration::from_millis(1)
    }

    fn rate_at(&self, now: Instant) -> f64 {
        self.rate * self.doublings(now).exp2()
    }

    fn doublings(&self, now: Instant) -> f64 {
        now.saturating_duration_since(self.resume).as_secs_f64() / DOUBLING
    }
}

/// How many requests the server accepted in each of the last seconds.
#[derive(Debug)]
struct Accepted {
    start: Instant,
    /// Each second with its count. The oldest counts in part.
    counts: [(u64, u32); SECONDS_KEPT],
}

impl Accepted {
    fn new(start: Instant) -> Self {
        Self {
            start,
            counts: Default::default(),
        }
    }

    fn add(&mut self, now: Instant) {
        let second = now.saturating_duration_since(self.start).as_secs();
        let count = &mut self.counts[second as usize % SECONDS_KEPT];
        if count.0 != second {
            *count = (second, 0);
        }
        count.1 = count.1.saturating_add(1);
    }

    /// The most in one second.
    fn peak(&self, now: Instant) -> f64 {
        let recent = self.recent(now).filter(|(part, _)| *part > 0.0);
        recent.map(|(_, count)| count).fold(0.0, f64::max)
    }

    /// The mean of all seconds.
    fn mean(&self, now: Instant) -> f64 {
        let recent = self.recent(now).map(|(part, count)| part * count);
        recent.sum::<f64>() / MEASURED_SECONDS
    }

    /// Of each second, the part that is not too long ago, and the count.
    fn recent(&self, now: Instant) -> impl Iterator<Item = (f64, f64)> {
        let oldest = now.saturating_duration_since(self.start).as_secs_f64() - MEASURED_SECONDS;
        self.counts.iter().map(move |(second, count)| {
            let end = *second as f64 + 1.0;
            ((end - oldest).clamp(0.0, 1.0), f64::from(*count))
        })
    }
}

#[cfg(test)]
mod tests;
