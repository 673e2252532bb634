//! The header `Retry-After` (RFC 9110, 10.2.3): seconds, or an HTTP date.

use std::time::{Duration, SystemTime};

/// The longest wait that is reported. A header that asks for more means "not any time soon".
const CAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long the server asks us to wait. `None` if the value is neither seconds nor a date. If the date has passed, there is
/// nothing to wait for.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    if value.is_empty() {
        return None;
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than 64 bits can hold are beyond the cap.
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(CAP));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default().min(CAP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_775);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (value, expected) in [
            ("1", seconds(1)),
            (" 0 ", seconds(0)),
            ("86400", seconds(86_400)),
            ("99999999999999999999999999", Some(CAP)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", seconds(2)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", seconds(2)),
            ("Sun Nov  6 08:49:37 1994", seconds(2)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", seconds(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(CAP)),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
            ("", None),
            (" ", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("1s", None),
            ("soon", None),
            ("١", None),
        ] {
            assert_eq!(parse(value, now), expected, "{value}");
        }
    }
}
