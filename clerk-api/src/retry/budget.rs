//! How many retries all calls of a client may send together, so that a server that fails isn't made to fail for longer.

use std::time::{Duration, Instant};

/// Retries that a client begins with, and the most that it can have.
const CAPACITY: f64 = 20.0;
/// What a call that succeeds brings: a fifth of a retry.
const PER_SUCCESS: f64 = 0.2;
/// The time that brings one, for clients with few calls.
const TIME_PER_RETRY: Duration = Duration::from_secs(10);

/// A bucket of retries. Only success fills it, and time a little: while nothing succeeds, a client retries 20 times, and
/// then as good as never, however many calls it makes.
#[derive(Debug)]
pub(crate) struct Budget {
    retries: f64,
    /// When the time was last counted.
    counted: Instant,
}

impl Budget {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            retries: CAPACITY,
            counted: now,
        }
    }

    /// A call has succeeded.
    pub(crate) fn deposit(&mut self) {
        self.retries = (self.retries + PER_SUCCESS).min(CAPACITY);
    }

    /// Takes one retry, if there is one.
    pub(crate) fn withdraw(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.counted);
        let by_time = passed.as_secs_f64() / TIME_PER_RETRY.as_secs_f64();
        self.retries = (self.retries + by_time).min(CAPACITY);
        self.counted = self.counted.max(now);
        if self.retries < 1.0 {
            return false;
        }
        self.retries -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of so many calls in this time are retried, where all fail.
    fn retries_of_an_outage(budget: &mut Budget, calls: u32, time: Duration) -> usize {
        let begun = budget.counted;
        (1..=calls)
            .filter(|call| budget.withdraw(begun + time * *call / calls))
            .count()
    }

    #[test]
    fn an_outage_costs_few_more_requests_than_calls() {
        let ten_seconds = Duration::from_secs(10);
        for (calls, most) in [(100, 21), (500, 21), (50_000, 21)] {
            let mut budget = Budget::new(Instant::now());
            // What was before doesn't make it more.
            (0..10_000).for_each(|_| budget.deposit());
            let retries = retries_of_an_outage(&mut budget, calls, ten_seconds);
            assert!((20..=most).contains(&retries), "{retries} of {calls}");
        }
        let mut budget = Budget::new(Instant::now());
        let hour = Duration::from_secs(3600);
        let retries = retries_of_an_outage(&mut budget, 180_000, hour);
        // One more or less by rounding.
        assert!((379..=380).contains(&retries), "{retries}");
    }

    #[test]
    fn one_failure_in_six_calls_is_retried_for_ever() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        for _ in 0..10_000 {
            assert!(budget.withdraw(now));
            (0..5).for_each(|_| budget.deposit());
        }
    }

    #[test]
    fn a_client_with_few_calls_has_always_some() {
        let mut now = Instant::now();
        let mut budget = Budget::new(now);
        for _ in 0..1000 {
            now += Duration::from_secs(60);
            assert!((0..3).all(|_| budget.withdraw(now)));
        }
    }

    #[test]
    fn a_clock_that_stands_or_goes_back_brings_nothing() {
        let now = Instant::now() + Duration::from_secs(100);
        let mut budget = Budget::new(now);
        assert_eq!((0..100).filter(|_| budget.withdraw(now)).count(), 20);
        assert!(!budget.withdraw(now - Duration::from_secs(50)));
        assert!(!budget.withdraw(now + Duration::from_secs(9)));
        assert!(budget.withdraw(now + Duration::from_secs(11)));
    }
}
