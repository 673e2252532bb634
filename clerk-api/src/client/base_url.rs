//! Where requests may go: only where nobody can listen.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::error::Error;
use crate::generated::operations::OPERATIONS;

/// A base URL that was checked; each request's is made of it and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    pub(crate) url: Url,
    /// Its path, without a slash at its end.
    path: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Paths below it that are always the same, and their URLs: a copy is cheaper than another parse.
    fixed: Vec<(&'static str, Url)>,
}

impl BaseUrl {
    /// The URL of a path below it.
    pub(crate) fn with(&self, path: fmt::Arguments<'_>) -> Url {
        let same = |fixed: &&(&str, Url)| Some(fixed.0) == path.as_str();
        match self.fixed.iter().find(same) {
            Some((_, url)) => url.clone(),
            None => self.parsed(path),
        }
    }

    fn parsed(&self, path: fmt::Arguments<'_>) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.path));
        url
    }

    /// The part of a URL's path that is below it; empty where none is.
    pub(crate) fn below<'a>(&self, url: &'a Url) -> &'a str {
        let below = url.path().strip_prefix(self.path.as_str());
        below.unwrap_or_default()
    }
}

/// Checks a base URL: https, or http on the loopback interface; no user, query or fragment.
pub(super) fn check(text: &str) -> Result<BaseUrl, Error> {
    let invalid = |problem: &str| Error::invalid_input("base_url", problem);
    let url = Url::parse(text).map_err(|error| invalid(&format!("is not a URL: {error}")))?;
    let Some(host) = url.host_str() else {
        return Err(invalid("has no host"));
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => {
            return Err(invalid(
                "is http, which anybody on the way can read; only loopback hosts may be",
            ));
        }
        _ => return Err(invalid("is neither https nor, on a loopback host, http")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("has a user or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("has a query or a fragment"));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    let host = host.to_owned();
    let port = url.port_or_known_default().unwrap_or_default();
    let mut checked = BaseUrl {
        url,
        path,
        host,
        port,
        fixed: Vec::new(),
    };
    let paths = OPERATIONS.iter().map(|operation| operation.path);
    let fixed = paths.filter(|path| !path.contains('{'));
    checked.fixed = fixed
        .map(|path| (path, checked.parsed(format_args!("{path}"))))
        .collect();
    Ok(checked)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        for text in [
            "https://api.clerk.com/v1",
            "https://api.clerk.com/v1/",
            "https://API.clerk.com:443/v1//",
        ] {
            let checked = check(text).unwrap();
            assert_eq!(
                (checked.host.as_str(), checked.port, checked.path.as_str()),
                ("api.clerk.com", 443, "/v1"),
                "{text}"
            );
        }
        let checked = check("https://a.test").unwrap();
        assert_eq!(
            (checked.url.as_str(), checked.path.as_str()),
            ("https://a.test/", "")
        );
        assert_eq!((checked.host.as_str(), checked.port), ("a.test", 443));
    }

    #[test]
    fn a_path_goes_below_it() {
        for base in ["https://a.test/v1", "https://a.test/v1/"] {
            let base = check(base).unwrap();
            // The one is kept, the other is made when it is asked for.
            for (path, whole) in [
                (format_args!("/sign_in_tokens"), "/v1/sign_in_tokens"),
                (format_args!("/x/{}", "a%2Fb"), "/v1/x/a%2Fb"),
            ] {
                let url = base.with(path);
                assert_eq!(url.as_str(), format!("https://a.test{whole}"));
                assert_eq!(base.below(&url), &whole[3..]);
            }
        }
        let base = check("https://a.test/v1").unwrap();
        assert_eq!(base.below(&Url::parse("https://a.test/v2/x").unwrap()), "");
    }

    #[test]
    fn plain_text_stays_on_this_machine() {
        for text in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://localhost:80/v1",
            "http://[::1]:8080",
        ] {
            assert!(check(text).is_ok(), "{text}");
        }
        for text in [
            "http://api.clerk.com",
            "http://localhost.example.com",
            "http://128.0.0.1",
            "http://[::2]",
        ] {
            let error = check(text).unwrap_err();
            assert_eq!(error.parameter(), Some("base_url"), "{text}");
        }
    }

    #[test]
    fn what_else_is_refused() {
        for text in [
            "",
            "api.clerk.com",
            "/v1",
            "ftp://a.test",
            "file:///etc",
            "data:x",
            "https://user@a.test",
            "https://:p@a.test",
            "https://a.test?q",
            "https://a.test/#f",
            "https://",
        ] {
            let error = check(text).unwrap_err();
            assert!(
                error.is_invalid_input() && error.parameter() == Some("base_url"),
                "{text}"
            );
        }
    }
}
