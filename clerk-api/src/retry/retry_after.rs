//! The header `Retry-After` (RFC 9110, 10.2.3): seconds, or an HTTP date.

use std::time::{Duration, SystemTime};

/// The longest wait that is reported; a header that asks for more means "not any time soon".
pub(crate) const CAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long the server asks us to wait. `None` where the value is neither seconds nor a date; a date that has passed
/// is no wait.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    if value.is_empty() {
        return None;
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that don't fit into 64 bits are beyond the cap.
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(CAP));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default().min(CAP))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn seconds() {
        assert_eq!(parse("1", at(0)), Some(Duration::from_secs(1)));
        assert_eq!(parse(" 0 ", at(0)), Some(Duration::ZERO));
        assert_eq!(parse("86400", at(0)), Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn dates_in_all_three_forms() {
        let now = at(784_111_775);
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(date, now), Some(Duration::from_secs(2)), "{date}");
        }
    }

    #[test]
    fn a_date_that_has_passed_is_no_wait() {
        assert_eq!(
            parse("Sun, 06 Nov 1994 08:49:37 GMT", at(2_000_000_000)),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn too_much_is_capped() {
        assert_eq!(parse("99999999999999999999999999", at(0)), Some(CAP));
        assert_eq!(parse("Fri, 31 Dec 9999 23:59:59 GMT", at(0)), Some(CAP));
    }

    #[test]
    fn anything_else_is_nothing() {
        for value in [
            "",
            " ",
            "-1",
            "1.5",
            "+1",
            "soon",
            "1s",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "١",
        ] {
            assert_eq!(parse(value, at(0)), None, "{value}");
        }
    }
}
