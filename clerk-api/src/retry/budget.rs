//! How many retries all calls of a client may send together, so that retries don't prolong an outage.

use std::time::{Duration, Instant};

/// The retries that a client starts with, and the most that it can have.
const CAPACITY: f64 = 20.0;
/// What a successful call adds: a fifth of a retry.
const PER_SUCCESS: f64 = 0.2;
/// How long it takes time to add a retry, for clients with few calls.
const TIME_PER_RETRY: Duration = Duration::from_secs(10);

/// A bucket of retries. As long as no call succeeds, only time adds some, so a client retries 20 times and then once every
/// ten seconds, no matter how many calls it makes.
#[derive(Debug)]
pub(crate) struct Budget {
    retries: f64,
    /// The time up to which retries were added.
    counted: Instant,
}

impl Budget {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            retries: CAPACITY,
            counted: now,
        }
    }

    /// Adds what a successful call brings.
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

    #[test]
    fn an_outage_costs_few_more_requests_than_calls() {
        for (calls, seconds, retries) in [(500, 10, 20..=21), (180_000, 3600, 379..=380)] {
            let begun = Instant::now();
            let mut budget = Budget::new(begun);
            // Earlier successes don't add more than the capacity.
            (0..1000).for_each(|_| budget.deposit());
            let time = Duration::from_secs(seconds);
            let retried = (1..=calls).filter(|call| budget.withdraw(begun + time * *call / calls));
            let retried = retried.count();
            assert!(retries.contains(&retried), "{retried} of {calls}");
        }
    }

    #[test]
    fn one_failure_in_six_calls_is_always_retried() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        for _ in 0..10_000 {
            assert!(budget.withdraw(now));
            (0..5).for_each(|_| budget.deposit());
        }
    }

    #[test]
    fn time_adds_a_retry_in_ten_seconds() {
        let now = Instant::now() + Duration::from_secs(100);
        let mut budget = Budget::new(now);
        assert_eq!((0..100).filter(|_| budget.withdraw(now)).count(), 20);
        // A clock that goes back adds nothing.
        assert!(!budget.withdraw(now - Duration::from_secs(50)));
        assert!(!budget.withdraw(now + Duration::from_secs(9)));
        assert!(budget.withdraw(now + Duration::from_secs(11)));
    }
}
