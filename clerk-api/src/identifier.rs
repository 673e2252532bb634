//! Which ids may become a part of a request's path.

/// Longest id that is sent, in bytes. Clerk's are about 32 long.
const MAX_LENGTH: usize = 256;

/// Says what is wrong with an id, if anything is.
///
/// An id outside of `[A-Za-z0-9_-]+` could make another path of the request's: `..` would turn a revoke into a POST
/// to `/v1/revoke`.
pub(crate) fn problem(id: &str) -> Option<&'static str> {
    if id.is_empty() {
        Some("is empty")
    } else if id.len() > MAX_LENGTH {
        Some("is longer than 256 bytes")
    } else if !id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    {
        Some("has characters other than A-Z, a-z, 0-9, _ and -")
    } else {
        None
    }
}

/// Checks a request's path against an operation's, and names the parameter that doesn't fit.
///
/// This guards calls that come straight from the generated client, whose encoding lets `.` and `\` pass.
pub(crate) fn misfit<'a>(template: &'a str, path: &str) -> Option<&'a str> {
    fn parameter(segment: &str) -> Option<&str> {
        segment.strip_prefix('{')?.strip_suffix('}')
    }
    if template == path {
        return None;
    }
    let mut actual = path.split('/');
    for expected in template.split('/') {
        let segment = actual.next();
        match parameter(expected) {
            Some(name) if segment.is_none_or(|segment| problem(segment).is_some()) => {
                return Some(name);
            }
            Some(_) => {}
            None if segment == Some(expected) => {}
            // A segment too many, or too few: one of the parameters made it, so the first will do for a name.
            None => return Some(template.split('/').find_map(parameter).unwrap_or("path")),
        }
    }
    let more = actual.next().is_some();
    more.then(|| template.split('/').find_map(parameter).unwrap_or("path"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "/sign_in_tokens/{sign_in_token_id}/revoke";

    #[test]
    fn ordinary_ids_are_fine() {
        for id in ["sit_2x", "a", "A-Z_09", &"a".repeat(256)] {
            assert_eq!(problem(id), None, "{id}");
        }
    }

    #[test]
    fn ids_that_could_redirect_a_request_are_not() {
        for id in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "%2e%2e",
            "a?b#c",
            " ",
            "a b",
            "a\n",
            "ä",
            &"a".repeat(10_240),
        ] {
            assert!(problem(id).is_some(), "{id}");
        }
    }

    #[test]
    fn a_path_fits_its_template_or_names_the_parameter() {
        assert_eq!(misfit(TEMPLATE, "/sign_in_tokens/sit_1/revoke"), None);
        assert_eq!(misfit("/sign_in_tokens", "/sign_in_tokens"), None);
        for path in [
            "/revoke",
            "/sign_in_tokens/revoke",
            "/sign_in_tokens//revoke",
            "/sign_in_tokens/a%2Fb/revoke",
            "/sign_in_tokens/a/b/revoke",
            "/sign_in_tokens/a/revoke/b",
        ] {
            assert_eq!(misfit(TEMPLATE, path), Some("sign_in_token_id"), "{path}");
        }
    }
}
