//! When a request may go out, so that calls that wait do not stampede: one state for all calls of a client.
//!
//! Three rules, each for a moment at which nothing else is known:
//! - before the first 429, a window bounds the requests in flight; it starts small and grows with every answer, so that
//!   a burst of calls meets a rate limit with a few requests and not with all of them;
//! - after a 429 nothing goes out until the server's `Retry-After` has passed (the cool-down);
//! - from then on requests go out one by one at the rate that the server took before, faster by and by.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Requests in flight at first.
const FIRST_WINDOW: usize = 24;
/// Answers by which the window grows by one request.
const ANSWERS_PER_GROWTH: usize = 4;
/// The cool-down after a 429 that doesn't say how long.
const DEFAULT_COOL_DOWN: Duration = Duration::from_millis(500);
/// The longest cool-down: a server that asks for a day is asked again once a minute.
const MAX_COOL_DOWN: Duration = Duration::from_secs(60);
/// How long the rate is measured before the measurement begins anew.
const MEASUREMENT: Duration = Duration::from_secs(10);
/// How long requests stay paced after a 429.
const PACED_FOR: Duration = Duration::from_secs(60);
/// The part of the measured rate that is taken at first.
const CAUTION: f64 = 0.9;
/// The slowest pace: a rate below it says more about the client than about the limit.
const SLOWEST: Duration = Duration::from_millis(100);
/// The fastest; from there on it is as good as none.
const FASTEST: Duration = Duration::from_millis(1);
/// Answers that are too few to measure a rate by.
const FEW: u32 = 20;
/// The pace where no rate was measured: half of what Clerk allows in production.
const GUESS: Duration = Duration::from_millis(20);
/// By how much the rate grows in a second.
const GROWTH_PER_SECOND: f64 = 0.2;

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Any answer but 429.
    Answered,
    /// 429.
    Limited { retry_after: Option<Duration> },
    /// No answer, or the call was dropped.
    Unanswered,
}

/// Whether a request may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admit {
    /// Now. [`Admission::ended`] must follow.
    Now,
    /// Not before this time; ask again then, with it.
    At(Instant),
    /// When another one has ended.
    Full,
    /// Not before the deadline, but only after this time.
    Never(Duration),
}

/// The state shared by all calls of a client.
#[derive(Debug)]
pub(crate) struct Admission {
    in_flight: usize,
    /// Calls that stand in line for a place.
    waiting: usize,
    /// Places that are kept for the first of them, who were told but have not come yet.
    kept: usize,
    /// Counts the places that were kept, taken, or given to another.
    hand_overs: u64,
    window: usize,
    answers: usize,
    cool_down: Option<CoolDown>,
    pace: Option<Pace>,
    /// How many paces there were: a slot is one of its own pace only.
    paces: u64,
    measured: Measurement,
}

#[derive(Clone, Copy, Debug)]
struct CoolDown {
    began: Instant,
    until: Instant,
}

#[derive(Clone, Debug)]
struct Pace {
    interval: Duration,
    /// The first slot that nobody had yet.
    next: Instant,
    /// Slots before it that are free again.
    given_back: BTreeSet<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Measurement {
    began: Instant,
    answers: u32,
    before: (Duration, u32),
}

impl Admission {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            in_flight: 0,
            waiting: 0,
            kept: 0,
            hand_overs: 0,
            window: FIRST_WINDOW,
            answers: 0,
            cool_down: None,
            pace: None,
            paces: 0,
            measured: Measurement {
                began: now,
                answers: 0,
                before: (Duration::ZERO, 0),
            },
        }
    }

    /// Asks for a request to go out before `deadline`; `reserved` is what an earlier [`Admit::At`] of it said.
    pub(crate) fn admit(
        &mut self,
        now: Instant,
        deadline: Option<Instant>,
        reserved: Option<Instant>,
    ) -> Admit {
        self.forget(now);
        // Whoever comes later stands behind those who wait.
        let full = self.waiting > 0 || self.in_flight + self.kept >= self.window;
        self.ask(now, deadline, reserved, full)
    }

    /// The same for a call that stands in line. [`Admit::Now`] ends that, all else doesn't.
    pub(crate) fn admit_waiting(
        &mut self,
        now: Instant,
        deadline: Option<Instant>,
        reserved: Option<Instant>,
    ) -> Admit {
        self.forget(now);
        let admit = self.ask(now, deadline, reserved, self.kept == 0);
        if admit == Admit::Now {
            self.waiting = self.waiting.saturating_sub(1);
            self.kept = self.kept.saturating_sub(1);
            self.hand_overs += 1;
        }
        admit
    }

    /// The number of the pace that slots are of now.
    pub(crate) fn pace(&self) -> u64 {
        self.paces
    }

    pub(crate) fn hand_overs(&self) -> u64 {
        self.hand_overs
    }

    /// Whether a place was kept all the while since `hand_overs` was `seen`, for a call that doesn't come. One caller gets
    /// to hear it.
    pub(crate) fn lapses(&mut self, seen: u64) -> bool {
        let lapses = self.kept > 0 && self.hand_overs == seen;
        self.hand_overs += u64::from(lapses);
        lapses
    }

    /// Stands in line. Says how many of those who do are to be told that a place is theirs.
    pub(crate) fn join(&mut self) -> usize {
        self.waiting += 1;
        self.keep_places()
    }

    /// Leaves the line without a place; `told` is whether this one was told of one, which is the next one's then. Says how
    /// many of those who stay are to be told.
    pub(crate) fn leave(&mut self, told: bool) -> usize {
        self.waiting = self.waiting.saturating_sub(1);
        self.kept = self.kept.min(self.waiting);
        let passed_on = usize::from(told && self.kept > 0);
        self.keep_places() + passed_on
    }

    /// Whether a place is kept for one of those in line.
    pub(crate) fn has_kept(&self) -> bool {
        self.kept > 0
    }

    /// Keeps what is free for those who wait. Says how many more of them have a place than before.
    fn keep_places(&mut self) -> usize {
        let kept = self.kept;
        let free = self.window.saturating_sub(self.in_flight);
        self.kept = free.min(self.waiting).max(kept);
        self.hand_overs += u64::from(self.kept > kept);
        self.kept - kept
    }

    /// What was learned, as far as it is too old.
    fn forget(&mut self, now: Instant) {
        if self.measured.roll(now) {
            self.window = FIRST_WINDOW;
        }
        let until = self.cool_down.map(|cool_down| cool_down.until);
        if until.is_some_and(|until| now > until + PACED_FOR) {
            self.pace = None;
        }
    }

    fn ask(
        &mut self,
        now: Instant,
        deadline: Option<Instant>,
        reserved: Option<Instant>,
        full: bool,
    ) -> Admit {
        let until = self.cool_down.map(|cool_down| cool_down.until);
        let open_at = until.map_or(now, |until| until.max(now));
        let due = open_at == now && reserved.is_some_and(|slot| slot <= now);
        let pace = self.pace.as_mut().filter(|_| !due);
        let slot = pace
            .as_ref()
            .map_or(open_at, |pace| pace.first_from(open_at));
        if slot > now {
            if deadline.is_some_and(|deadline| slot >= deadline) {
                return Admit::Never(slot - now);
            }
            if let Some(pace) = pace {
                pace.take(slot);
            }
            return Admit::At(slot);
        }
        if full {
            return Admit::Full;
        }
        if let Some(pace) = pace {
            pace.take(slot);
        }
        self.in_flight += 1;
        Admit::Now
    }

    /// Takes back what [`Admit::At`] said to a request that will not go out.
    pub(crate) fn give_back(&mut self, slot: Instant, now: Instant) {
        if let Some(pace) = &mut self.pace
            && slot > now
            && slot < pace.next
        {
            pace.given_back.insert(slot);
        }
    }

    /// Tells what came of a request that went out at `began`. Says how many of those in line are to be told that a place is
    /// theirs.
    pub(crate) fn ended(&mut self, began: Instant, now: Instant, ended: Ended) -> usize {
        // What the window doesn't hold back says nothing about it.
        let used = self.in_flight * 2 >= self.window;
        self.in_flight = self.in_flight.saturating_sub(1);
        match ended {
            Ended::Unanswered => {}
            Ended::Answered => {
                self.measured.answers = self.measured.answers.saturating_add(1);
                self.answers += usize::from(used);
                if self.answers >= ANSWERS_PER_GROWTH {
                    self.answers = 0;
                    self.window = self.window.saturating_add(1);
                }
                if let Some(pace) = &mut self.pace {
                    let interval = pace.interval.as_secs_f64();
                    let faster = interval * (1.0 - GROWTH_PER_SECOND * interval.min(1.0));
                    pace.interval = Duration::from_secs_f64(faster);
                }
            }
            Ended::Limited { retry_after } => {
                if self.limited(began, now, retry_after) {
                    // All who wait for a place have to wait for a slot now.
                    return self.waiting;
                }
            }
        }
        self.keep_places()
    }

    /// Says whether this begins a new pace.
    fn limited(&mut self, began: Instant, now: Instant, retry_after: Option<Duration>) -> bool {
        // None, and one that has passed (clocks differ), is short, but it is one.
        let cool_down = retry_after.unwrap_or_default();
        let until = now + cool_down.clamp(DEFAULT_COOL_DOWN, MAX_COOL_DOWN);
        if let Some(cool_down) = &mut self.cool_down
            && began <= cool_down.began
        {
            // It went out before the cool-down began: nothing new but, perhaps, a longer wait.
            cool_down.until = cool_down.until.max(until);
            return false;
        }
        let interval = self.measured.interval(until);
        self.paces += 1;
        self.pace = Some(Pace {
            interval,
            next: until,
            given_back: BTreeSet::new(),
        });
        self.cool_down = Some(CoolDown { began: now, until });
        self.window = (self.window / 2).max(FIRST_WINDOW);
        self.measured = Measurement {
            began: until,
            answers: 0,
            before: (Duration::ZERO, 0),
        };
        true
    }
}

impl Pace {
    /// The first free slot from this time on.
    fn first_from(&self, time: Instant) -> Instant {
        let given_back = self.given_back.range(time..).next().copied();
        given_back.unwrap_or(self.next.max(time))
    }

    fn take(&mut self, slot: Instant) {
        if !self.given_back.remove(&slot) {
            self.next = slot + self.interval;
        }
        // Nobody comes back to what lies before.
        self.given_back = self.given_back.split_off(&slot);
    }
}

impl Measurement {
    /// Begins anew after a while. Says whether the client was silent for long.
    fn roll(&mut self, now: Instant) -> bool {
        let elapsed = now.saturating_duration_since(self.began);
        if elapsed > MEASUREMENT {
            // After a long silence the last measurement says nothing any more.
            let stale = elapsed > 2 * MEASUREMENT;
            self.before = if stale {
                (Duration::ZERO, 0)
            } else {
                (elapsed, self.answers)
            };
            self.began = now;
            self.answers = 0;
            return stale;
        }
        false
    }

    /// The time from one request to the next that keeps to the measured rate, up to `until`; a guess where too little was
    /// measured.
    fn interval(&self, until: Instant) -> Duration {
        let elapsed = until.saturating_duration_since(self.began) + self.before.0;
        let answers = self.answers.saturating_add(self.before.1).max(1);
        if answers < FEW {
            return GUESS;
        }
        elapsed
            .div_f64(f64::from(answers) * CAUTION)
            .clamp(FASTEST, SLOWEST)
    }
}

#[cfg(test)]
mod tests;
