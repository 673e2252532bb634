//! Exponential backoff with full jitter.

use std::time::Duration;

use super::policy::RetryPolicy;

/// The wait before retry number `retry` (1 is the first); `random` lies in `[0, 1)`.
pub(crate) fn delay(policy: &RetryPolicy, retry: u32, random: f64) -> Duration {
    let (base, max) = policy.delays();
    let factor = 1_u32
        .checked_shl(retry.saturating_sub(1))
        .unwrap_or(u32::MAX);
    let ceiling = base.saturating_mul(factor).min(max);
    // Rounding in the multiplication must not carry the product beyond the ceiling.
    Duration::try_from_secs_f64(ceiling.as_secs_f64() * random.clamp(0.0, 1.0))
        .unwrap_or(ceiling)
        .min(ceiling)
}

/// How much later than a server asked to come back: up to half as long again, and no more than the policy's longest delay.
pub(crate) fn spread(policy: &RetryPolicy, retry_after: Duration, random: f64) -> Duration {
    let (_, max) = policy.delays();
    let ceiling = (retry_after / 2).min(max);
    ceiling.mul_f64(random.clamp(0.0, 1.0)).min(ceiling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        let ceilings: Vec<u128> = (1..=8)
            .map(|retry| delay(&policy, retry, 1.0).as_millis())
            .collect();
        assert_eq!(ceilings, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
    }

    #[test]
    fn jitter_is_full() {
        let policy = RetryPolicy::default();
        assert_eq!(delay(&policy, 3, 0.0), Duration::ZERO);
        assert_eq!(delay(&policy, 3, 0.5), Duration::from_millis(500));
    }

    #[test]
    fn extremes_do_not_overflow() {
        let policy = RetryPolicy::default()
            .base_delay(Duration::MAX)
            .max_delay(Duration::MAX);
        for retry in [0, 1, 31, 32, 33, u32::MAX] {
            for random in [0.0, 0.999, 1.0, 7.0, f64::NAN] {
                assert!(delay(&policy, retry, random) <= Duration::MAX);
            }
        }
    }
}
