//! The header `Retry-After` (RFC 9110, 10.2.3): seconds, or an HTTP date.

use std::time::{Duration, SystemTime};

/// The longest wait that is reported. No caller waits longer than this.
const CAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long the server asks to wait: seconds, with or without a fraction, of which the longest counts if there are several,
/// or a date by the server's clock, which says `now`. A date that has passed is no wait. `None` if the value is neither.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(date) = httpdate::parse_http_date(value.trim()) {
        return Some(date.duration_since(now).unwrap_or_default().min(CAP));
    }
    let seconds = value.split(',').filter_map(seconds);
    let longest = seconds.reduce(f64::max)?;
    Some(Duration::try_from_secs_f64(longest).map_or(CAP, |wait| wait.min(CAP)))
}

fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_number = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| is_number)
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
            ("2.5", Some(Duration::from_millis(2500))),
            ("1, 2", seconds(2)),
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
            ("1s", None),
            ("soon", None),
            ("١", None),
        ] {
            assert_eq!(parse(value, now), expected, "{value}");
        }
    }
}
