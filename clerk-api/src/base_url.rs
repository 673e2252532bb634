//! The base URL: requests are encrypted, or stay on this machine.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::Error;

/// A base URL that was checked.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Without a slash at the end, as is the path.
    text: String,
    path: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_https: bool,
}

impl BaseUrl {
    /// Checks a base URL: https, or http on a loopback host; no user, query, or fragment.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |problem: &str| Error::invalid_input("base_url", problem);
        let url = Url::parse(text).map_err(|error| invalid(&format!("is not a URL: {error}")))?;
        let host = url.host_str().ok_or_else(|| invalid("has no host"))?;
        let is_https = url.scheme() == "https";
        if !is_https && (url.scheme() != "http" || !is_loopback(host)) {
            return Err(invalid("is not https; only loopback hosts may use http"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("has a user or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("has a query or a fragment"));
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
            host: host.to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            is_https,
        })
    }

    /// The URL, without a slash at the end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The part of a URL's path after the base URL's path. Empty if the URL is not below the base URL.
    pub(crate) fn below<'a>(&self, url: &'a Url) -> &'a str {
        let path = url.path().strip_prefix(self.path.as_str());
        path.unwrap_or_default()
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
