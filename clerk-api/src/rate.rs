//! How many requests a time.

use std::num::NonZeroU32;
use std::time::Duration;

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

    /// The time from one request to the next.
    pub(crate) fn interval(self) -> Duration {
        (self.period / self.requests.get()).max(Duration::from_nanos(1))
    }

    /// How many may go out at once after a pause: enough for a timer that is late not to cost any rate, and few enough
    /// for the presets to stay within Clerk's limits.
    pub(crate) fn burst(self) -> NonZeroU32 {
        NonZeroU32::MIN.saturating_add(1 + self.requests.get() / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_presets_stay_within_the_limits_with_their_bursts() {
        for (rate, limit) in [(Rate::PRODUCTION, 1000), (Rate::DEVELOPMENT, 100)] {
            let most = rate.requests.get() + rate.burst().get();
            assert!(most <= limit && most * 100 >= limit * 95, "{rate:?}");
        }
    }

    #[test]
    fn intervals() {
        assert_eq!(
            Rate::new(100, Duration::from_secs(10)).interval(),
            Duration::from_millis(100)
        );
        assert!(Rate::PRODUCTION.interval() > Duration::from_millis(10));
        assert!(Rate::DEVELOPMENT.interval() > Duration::from_millis(100));
        assert_eq!(
            Rate::new(0, Duration::ZERO).interval(),
            Duration::from_nanos(1)
        );
    }
}
