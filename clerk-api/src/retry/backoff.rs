//! Exponential backoff with full jitter.

use std::time::Duration;

use super::policy::RetryPolicy;

/// The delay before this retry (1 is the first). `random` is in `[0, 1)`.
pub(crate) fn delay(policy: &RetryPolicy, retry: u32, random: f64) -> Duration {
    let factor = 1_u32.checked_shl(retry.saturating_sub(1));
    let ceiling = policy
        .base_delay()
        .saturating_mul(factor.unwrap_or(u32::MAX));
    part(ceiling.min(policy.max_delay()), random)
}

/// How much longer than the server asked to wait: at most half as long again, and at most the policy's longest delay.
pub(crate) fn spread(policy: &RetryPolicy, retry_after: Duration, random: f64) -> Duration {
    part((retry_after / 2).min(policy.max_delay()), random)
}

fn part(ceiling: Duration, random: f64) -> Duration {
    // Rounding may exceed the ceiling.
    let part = Duration::try_from_secs_f64(ceiling.as_secs_f64() * random);
    part.unwrap_or(ceiling).min(ceiling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_maximum_and_jitter_is_full() {
        let policy = RetryPolicy::default();
        let delays = |random| [1, 2, 3, 6, 7].map(|retry| delay(&policy, retry, random));
        let expected = [250, 500, 1000, 8000, 8000].map(Duration::from_millis);
        assert_eq!(delays(1.0), expected);
        assert_eq!(delays(0.5), expected.map(|delay| delay / 2));
        assert_eq!(delays(0.0), [Duration::ZERO; 5]);
    }

    #[test]
    fn extremes_do_not_overflow() {
        let policy = RetryPolicy::default();
        let policy = policy
            .with_base_delay(Duration::MAX)
            .with_max_delay(Duration::MAX);
        for retry in [0, 1, 31, 32, 33, u32::MAX] {
            assert_eq!(delay(&policy, retry, 1.0), Duration::MAX);
        }
    }
}
