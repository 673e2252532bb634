//! How many requests a time.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// How many requests go out in a time, evenly spread over it.
///
/// Clerk's limits hold for a whole instance, so whatever else calls it has to fit in too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: NonZeroU32,
    period: Duration,
}

impl Rate {
    /// 98 % of what Clerk allows a production instance: 1000 requests in 10 seconds.
    pub const PRODUCTION: Self = Self::per_10_seconds(980);

    /// 98 % of what Clerk allows a development instance: 100 requests in 10 seconds.
    pub const DEVELOPMENT: Self = Self::per_10_seconds(98);

    /// So many requests in this time. 0 counts as 1, and a time of nothing as a nanosecond; more than a day counts as one.
    pub fn new(requests: u32, period: Duration) -> Self {
        Self {
            requests: NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN),
            period: period.clamp(Duration::from_nanos(1), Duration::from_secs(86_400)),
        }
    }

    const fn per_10_seconds(requests: u32) -> Self {
        let requests = match NonZeroU32::new(requests) {
            Some(requests) => requests,
            None => NonZeroU32::MIN,
        };
        Self {
            requests,
            period: Duration::from_secs(10),
        }
    }

    /// The time from one request to the next, such that a burst and what follows it are within the rate together.
    pub(crate) fn interval(self) -> Duration {
        let after_burst = self.requests.get() - (self.burst().get() - 1);
        let nanoseconds = self.period.as_nanos().div_ceil(after_burst.into());
        // A day's are fewer than fit.
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    /// How many may go out at once after a pause: enough for a timer that is late not to cost any rate, and so few that
    /// what it takes from the rate is at most 2 %.
    pub(crate) fn burst(self) -> NonZeroU32 {
        NonZeroU32::MIN.saturating_add(self.requests.get().saturating_add(50) / 100)
    }
}

/// Says when requests may go out so that they keep to a rate.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    /// How far behind the next turn may lie: as long as a burst takes.
    tolerance: Duration,
    next: Instant,
}

impl Pace {
    pub(crate) fn new(rate: Rate, now: Instant) -> Self {
        let interval = rate.interval();
        Self {
            interval,
            tolerance: interval * (rate.burst().get() - 1),
            next: now,
        }
    }

    /// The next request's turn; in the past if it is late or part of a burst.
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

    /// How many go out in a period, at most: a burst at its beginning, then one after the other.
    fn most(rate: Rate) -> u128 {
        let after = (rate.period.as_nanos() - 1) / rate.interval().as_nanos();
        u128::from(rate.burst().get()) + after
    }

    #[test]
    fn no_period_has_more_than_the_rate() {
        for requests in [1, 2, 3, 50, 98, 100, 980, 1000, 100_000] {
            let rate = Rate::new(requests, Duration::from_secs(10));
            let most = most(rate);
            let requests = u128::from(requests);
            assert_eq!(most, requests);
            // And so it goes on, but for 2 % and rounding.
            let of_all = rate.interval().as_nanos() * requests;
            assert!(of_all * 979 <= rate.period.as_nanos() * 1000, "{rate:?}");
        }
    }

    #[test]
    fn the_presets_stay_within_the_limits() {
        for (rate, limit) in [(Rate::PRODUCTION, 1000), (Rate::DEVELOPMENT, 100)] {
            let most = most(rate);
            assert!(
                most <= limit && most * 100 >= limit * 95,
                "{most} of {limit}"
            );
        }
    }

    #[test]
    fn intervals() {
        let ten_seconds = Duration::from_secs(10);
        assert_eq!(Rate::new(1, ten_seconds).interval(), ten_seconds);
        assert_eq!(
            Rate::new(10, ten_seconds).interval(),
            Duration::from_secs(1)
        );
        assert_eq!(
            Rate::new(0, Duration::ZERO).interval(),
            Duration::from_nanos(1)
        );
    }
}
