//! How many requests are sent in a period.

use std::time::{Duration, Instant};

use crate::error::Error;

/// How many requests are sent in a period, evenly spread.
///
/// Clerk's limits are for a whole instance, so leave room for whatever else calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: u32,
    period: Duration,
}

impl Rate {
    /// 98 % of what Clerk allows a production instance: 1000 requests in 10 seconds.
    pub const PRODUCTION: Self = Self {
        requests: 980,
        period: Duration::from_secs(10),
    };

    /// 98 % of what Clerk allows a development instance: 100 requests in 10 seconds.
    pub const DEVELOPMENT: Self = Self {
        requests: 98,
        period: Duration::from_secs(10),
    };

    /// This many requests in this period.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if either is zero, or the period is longer than a day.
    pub fn new(requests: u32, period: Duration) -> Result<Self, Error> {
        if requests == 0 {
            return Err(Error::invalid_input("requests", "is zero"));
        }
        if period.is_zero() || period > Duration::from_secs(86_400) {
            return Err(Error::invalid_input(
                "period",
                "is zero, or longer than a day",
            ));
        }
        Ok(Self { requests, period })
    }

    /// The time from one request to the next, so that a burst and the requests after it stay within the rate.
    fn interval(self) -> Duration {
        // Rounded up.
        self.period / (self.requests - self.burst() + 1) + Duration::from_nanos(1)
    }

    /// How many requests may be sent at once after a pause. A timer that is late then costs no rate, while the burst costs
    /// at most 2 % of it.
    fn burst(self) -> u32 {
        1 + self.requests.saturating_add(50) / 100
    }
}

/// Spreads requests so that they keep to a rate.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    /// How far in the past the next turn may be: as long as a burst takes.
    tolerance: Duration,
    next: Instant,
}

impl Pace {
    pub(crate) fn new(rate: Rate, now: Instant) -> Self {
        let interval = rate.interval();
        Self {
            interval,
            tolerance: interval * (rate.burst() - 1),
            next: now,
        }
    }

    /// The turn of the next request. It is in the past if the request is late or part of a burst.
    pub(crate) fn next(&mut self, now: Instant) -> Instant {
        let earliest = now.checked_sub(self.tolerance).unwrap_or(now);
        let turn = self.next.max(earliest);
        self.next = turn + self.interval;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_period_has_more_requests_than_the_rate() {
        let ten_seconds = Duration::from_secs(10);
        for requests in [1, 2, 3, 50, 98, 100, 980, 1000, 100_000] {
            let rate = Rate::new(requests, ten_seconds).unwrap();
            let begun = Instant::now();
            let mut pace = Pace::new(rate, begun);
            // After a pause, they are sent as early as possible.
            let resumed = begun + 10 * ten_seconds;
            let turns = std::iter::repeat_with(|| pace.next(resumed));
            let within = turns.take_while(|turn| *turn < resumed + ten_seconds);
            assert_eq!(within.count(), requests as usize);
            // In the long run the rate is used, apart from 2 %.
            let used = ten_seconds.as_secs_f64() / rate.interval().as_secs_f64();
            assert!(used >= 0.979 * f64::from(requests), "{used} of {requests}");
        }
    }
}
