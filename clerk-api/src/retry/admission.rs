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
    window: usize,
    answers: usize,
    cool_down: Option<CoolDown>,
    pace: Option<Pace>,
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
            window: FIRST_WINDOW,
            answers: 0,
            cool_down: None,
            pace: None,
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
        if self.measured.roll(now) {
            self.window = FIRST_WINDOW;
        }
        let until = self.cool_down.map(|cool_down| cool_down.until);
        if until.is_some_and(|until| now > until + PACED_FOR) {
            self.pace = None;
        }
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
        if self.in_flight >= self.window {
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

    /// Tells what came of a request that went out at `began`. Says whether one more place is free than before it.
    pub(crate) fn ended(&mut self, began: Instant, now: Instant, ended: Ended) -> bool {
        // What the window doesn't hold back says nothing about it.
        let used = self.in_flight * 2 >= self.window;
        self.in_flight = self.in_flight.saturating_sub(1);
        let window = self.window;
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
            Ended::Limited { retry_after } => self.limited(began, now, retry_after),
        }
        self.window > window
    }

    fn limited(&mut self, began: Instant, now: Instant, retry_after: Option<Duration>) {
        // None, and one that has passed (clocks differ), is short, but it is one.
        let cool_down = retry_after.unwrap_or_default();
        let until = now + cool_down.clamp(DEFAULT_COOL_DOWN, MAX_COOL_DOWN);
        if let Some(cool_down) = &mut self.cool_down
            && began <= cool_down.began
        {
            // It went out before the cool-down began: nothing new but, perhaps, a longer wait.
            cool_down.until = cool_down.until.max(until);
            return;
        }
        let interval = self.measured.interval(until);
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
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limited(seconds: u64) -> Ended {
        Ended::Limited {
            retry_after: Some(Duration::from_secs(seconds)),
        }
    }

    fn interval(admission: &Admission) -> Option<Duration> {
        admission.pace.as_ref().map(|pace| pace.interval)
    }

    /// Sends as many as go out at once.
    fn burst(admission: &mut Admission, now: Instant) -> usize {
        std::iter::repeat_with(|| admission.admit(now, None, None))
            .take_while(|admit| *admit == Admit::Now)
            .count()
    }

    #[test]
    fn a_burst_goes_out_in_a_window_that_grows_with_answers() {
        let now = Instant::now();
        let mut admission = Admission::new(now);
        assert_eq!(burst(&mut admission, now), FIRST_WINDOW);
        assert_eq!(admission.admit(now, None, None), Admit::Full);
        for _ in 0..FIRST_WINDOW {
            admission.ended(now, now, Ended::Answered);
        }
        assert_eq!(
            burst(&mut admission, now),
            FIRST_WINDOW + FIRST_WINDOW / 2 / ANSWERS_PER_GROWTH
        );
    }

    #[test]
    fn lone_calls_do_not_widen_the_window() {
        let mut now = Instant::now();
        let mut admission = Admission::new(now);
        for _ in 0..10_000 {
            now += Duration::from_millis(1);
            assert_eq!(admission.admit(now, None, None), Admit::Now);
            admission.ended(now, now, Ended::Answered);
        }
        assert_eq!(burst(&mut admission, now), FIRST_WINDOW);
    }

    #[test]
    fn a_wide_window_is_forgotten_in_silence() {
        let now = Instant::now();
        let mut admission = Admission::new(now);
        for _ in 0..50 {
            let sent = burst(&mut admission, now);
            (0..sent).for_each(|_| {
                admission.ended(now, now, Ended::Answered);
            });
        }
        assert!(admission.window > 2 * FIRST_WINDOW);
        assert_eq!(
            burst(&mut admission, now + Duration::from_secs(60)),
            FIRST_WINDOW
        );
    }

    #[test]
    fn what_is_not_answered_frees_its_place() {
        let now = Instant::now();
        let mut admission = Admission::new(now);
        burst(&mut admission, now);
        admission.ended(now, now, Ended::Unanswered);
        assert_eq!(burst(&mut admission, now), 1);
    }

    #[test]
    fn after_a_429_nothing_goes_out_before_its_time_and_then_one_by_one() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        burst(&mut admission, start);
        for _ in 0..20 {
            admission.ended(start, start, Ended::Answered);
        }
        admission.ended(start, start, limited(1));
        // 20 answers in 1 s, at 90 %: 18 a second.
        let interval = SECOND.div_f64(18.0);
        let slots: Vec<Admit> = (0..3).map(|_| admission.admit(start, None, None)).collect();
        let expected = [0, 1, 2].map(|index| Admit::At(start + SECOND + interval * index));
        assert_eq!(slots, expected);
        let first = start + SECOND;
        assert_eq!(admission.admit(first, None, Some(first)), Admit::Now);
        assert_eq!(
            admission.admit(first, None, Some(first + interval)),
            Admit::At(first + interval * 3)
        );
    }

    #[test]
    fn stragglers_of_one_burst_count_once() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        burst(&mut admission, start);
        let later = start + Duration::from_millis(10);
        admission.ended(start, later, limited(1));
        let pace = interval(&admission);
        admission.ended(start, later + Duration::from_millis(5), limited(1));
        assert_eq!(interval(&admission), pace);
        let until = admission.cool_down.map(|cool_down| cool_down.until);
        assert_eq!(until, Some(later + Duration::from_millis(5) + SECOND));
    }

    #[test]
    fn a_very_long_retry_after_does_not_silence_the_client_for_long() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        assert_eq!(admission.admit(start, None, None), Admit::Now);
        admission.ended(start, start, limited(86_400));
        assert_eq!(
            admission.admit(start, None, None),
            Admit::At(start + MAX_COOL_DOWN)
        );
    }

    #[test]
    fn a_call_that_can_not_wait_takes_no_slot() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        burst(&mut admission, start);
        admission.ended(start, start, limited(50));
        let soon = Some(start + Duration::from_secs(30));
        for _ in 0..10 {
            let wait = Duration::from_secs(50);
            assert_eq!(admission.admit(start, soon, None), Admit::Never(wait));
        }
    }

    #[test]
    fn a_slot_that_is_given_back_is_taken_by_the_next() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        burst(&mut admission, start);
        admission.ended(start, start, limited(1));
        let slots: Vec<Instant> = (0..4).map(|index| start + SECOND + GUESS * index).collect();
        for slot in &slots[..3] {
            assert_eq!(admission.admit(start, None, None), Admit::At(*slot));
        }
        admission.give_back(slots[1], start);
        for slot in [slots[1], slots[3]] {
            assert_eq!(admission.admit(start, None, None), Admit::At(slot));
        }
    }

    #[test]
    fn a_quiet_client_is_not_slowed_down_for_long() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        assert_eq!(admission.admit(start, None, None), Admit::Now);
        admission.ended(start, start, limited(50));
        assert_eq!(interval(&admission), Some(GUESS));
    }

    #[test]
    fn the_pace_is_forgotten_after_a_while() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        assert_eq!(admission.admit(start, None, None), Admit::Now);
        admission.ended(start, start, limited(1));
        let later = start + SECOND + PACED_FOR + Duration::from_millis(1);
        assert_eq!(burst(&mut admission, later), FIRST_WINDOW);
    }

    #[test]
    fn a_burst_after_a_long_silence_is_paced_by_the_burst() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        let later = start + Duration::from_secs(3600);
        burst(&mut admission, later);
        for _ in 0..20 {
            admission.ended(later, later, Ended::Answered);
        }
        admission.ended(later, later, limited(1));
        assert_eq!(interval(&admission), Some(SECOND.div_f64(18.0)));
    }

    /// A server that takes 50 requests each half second, and 500 calls at once.
    #[test]
    fn a_rate_limited_burst_costs_few_429s() {
        let start = Instant::now();
        let mut admission = Admission::new(start);
        let round_trip = Duration::from_millis(2);
        let (mut window_began, mut in_window) = (start, 0);
        let (mut waiting, mut refused, mut done) = (vec![None; 500], 0, 0);
        let mut flying: Vec<(Instant, bool)> = Vec::new();
        let mut now = start;
        while done < 500 {
            assert!(
                now < start + Duration::from_secs(25),
                "too slow: {done} done"
            );
            flying.retain(|&(began, accepted)| {
                let landed = now >= began + round_trip;
                if landed && accepted {
                    done += 1;
                    admission.ended(began, now, Ended::Answered);
                } else if landed {
                    refused += 1;
                    admission.ended(began, now, limited(1));
                    waiting.push(None);
                }
                !landed
            });
            waiting.retain_mut(|reserved| {
                if reserved.is_some_and(|slot| slot > now) {
                    return true;
                }
                match admission.admit(now, None, *reserved) {
                    Admit::Now => {
                        if now >= window_began + Duration::from_millis(500) {
                            (window_began, in_window) = (now, 0);
                        }
                        in_window += 1;
                        flying.push((now, in_window <= 50));
                        false
                    }
                    Admit::At(slot) => {
                        *reserved = Some(slot);
                        true
                    }
                    Admit::Full | Admit::Never(_) => true,
                }
            });
            now += Duration::from_millis(1);
        }
        assert!(
            refused * 10 < 500 + refused,
            "{refused} of {} were answered 429",
            500 + refused
        );
    }
}
