//! The base URL: requests go only where nobody can listen.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::Error;

/// A base URL that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end.
    text: String,
    /// Where its path begins in the text.
    path_start: usize,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_https: bool,
}

impl BaseUrl {
    /// The URL, without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The part of a URL's path that is below it; empty if the URL isn't below it.
    pub(crate) fn below<'a>(&self, url: &'a Url) -> &'a str {
        let path = &self.text[self.path_start..];
        url.path().strip_prefix(path).unwrap_or_default()
    }

    /// Checks a base URL: https, or http on the loopback interface; no user, query, or fragment.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
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
        let text = url.as_str().trim_end_matches('/').to_owned();
        let path = url.path().trim_end_matches('/');
        Ok(Self {
            path_start: text.len() - path.len(),
            text,
            host: host.to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            is_https: url.scheme() == "https",
        })
    }
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
        for (text, host, whole) in [
            (
                "https://api.clerk.com/v1",
                "api.clerk.com",
                "https://api.clerk.com/v1",
            ),
            (
                "https://API.clerk.com:443/v1//",
                "api.clerk.com",
                "https://api.clerk.com/v1",
            ),
            ("https://a.test", "a.test", "https://a.test"),
        ] {
            let checked = BaseUrl::parse(text).unwrap();
            assert_eq!((checked.host.as_str(), checked.port), (host, 443), "{text}");
            assert_eq!(checked.as_str(), whole, "{text}");
        }
    }

    #[test]
    fn a_path_is_taken_relative_to_it() {
        for (base, url, below) in [
            (
                "https://a.test/v1/",
                "https://a.test/v1/x/a%2Fb",
                "/x/a%2Fb",
            ),
            ("https://a.test", "https://a.test/x", "/x"),
            ("https://a.test/v1", "https://a.test/v2/x", ""),
        ] {
            let base = BaseUrl::parse(base).unwrap();
            assert_eq!(base.below(&Url::parse(url).unwrap()), below);
        }
    }

    #[test]
    fn plain_text_stays_on_this_machine() {
        for text in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://localhost:80/v1",
            "http://[::1]:8080",
        ] {
            assert!(BaseUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://api.clerk.com",
            "http://localhost.example.com",
            "http://128.0.0.1",
            "http://[::2]",
        ] {
            let error = BaseUrl::parse(text).unwrap_err();
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
            let error = BaseUrl::parse(text).unwrap_err();
            assert!(
                error.is_invalid_input() && error.parameter() == Some("base_url"),
                "{text}"
            );
        }
    }
}
