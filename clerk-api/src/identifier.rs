//! Which ids may become a part of a request's path.

/// The longest id that is sent, in bytes. Clerk's are about 32 bytes long.
const MAX_LENGTH: usize = 256;

/// What is wrong with an id, if anything is.
///
/// An id outside of `[A-Za-z0-9_-]+` could send the request to another path: with `..`, a revoke would become a POST to
/// `/v1/revoke`.
pub(crate) fn problem(id: &str) -> Option<&'static str> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if id.is_empty() {
        Some("is empty")
    } else if id.len() > MAX_LENGTH {
        Some("is longer than 256 bytes")
    } else if !id.bytes().all(is_allowed) {
        Some("has characters other than A-Z, a-z, 0-9, _, and -")
    } else {
        None
    }
}

/// Compares a request's path with the operation's, and returns the parameter that changed it. The generated client doesn't
/// encode `.` and `\`, and some servers take an encoded slash for a slash.
pub(crate) fn invalid_parameter<'a>(template: &'a str, path: &str) -> Option<&'a str> {
    fn parameter(segment: &str) -> Option<&str> {
        segment.strip_prefix('{')?.strip_suffix('}')
    }
    let mut actual = path.split('/');
    let invalid = template.split('/').find(|expected| {
        let segment = actual.next().unwrap_or_default();
        match parameter(expected) {
            Some(_) => segment.is_empty() || segment.contains("%2F"),
            None => segment != *expected,
        }
    });
    if invalid.is_none() && actual.next().is_none() {
        return None;
    }
    // If there are too many or too few segments, some parameter is the cause. The first is named.
    let first = || template.split('/').find_map(parameter);
    invalid.and_then(parameter).or_else(first).or(Some("path"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_its_template_or_names_the_parameter() {
        const TEMPLATE: &str = "/users/{user_id}/tokens/{token_id}";
        for (path, expected) in [
            ("/users/a/tokens/b", None),
            ("/users/a%2Fb/tokens/c", Some("user_id")),
            ("/users//tokens/b", Some("user_id")),
            ("/users/a/tokens/", Some("token_id")),
            ("/users/a/tokens/tpl.v2", None),
            ("/users/role_set:default/tokens/b", None),
            ("/users/a/tokens", Some("token_id")),
            ("/users/a/tokens/b/c", Some("user_id")),
            ("/users/tokens/b", Some("user_id")),
            ("/tokens/b", Some("user_id")),
        ] {
            assert_eq!(invalid_parameter(TEMPLATE, path), expected, "{path}");
        }
        assert_eq!(invalid_parameter("/users", "/users"), None);
        assert_eq!(invalid_parameter("/users", "/"), Some("path"));
    }
}
