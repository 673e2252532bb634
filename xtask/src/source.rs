//! Where an upstream document is read from: a file, or a URL.

use std::fs::File;
use std::io::Read;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

/// The most bytes that a document may have; Clerk's largest so far has 738 295.
const MAXIMUM_BYTES: u64 = 32 * 1024 * 1024;

/// How long connecting to a URL's host may take.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// How long reading from a URL may take altogether.
const TOTAL_TIME: Duration = Duration::from_secs(30);

/// The most redirects that are followed.
const MAXIMUM_REDIRECTS: usize = 5;

/// A document as it was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// What to call it in messages: the path or URL as given.
    pub(crate) display: String,
    /// The last part of the path or URL.
    pub(crate) name: String,
    /// Its contents, byte for byte.
    pub(crate) bytes: Vec<u8>,
}

/// Reads a file, or a URL if `from` is one.
pub(crate) fn read(from: &str) -> anyhow::Result<Source> {
    if from.contains("://") {
        let url = Url::parse(from).with_context(|| format!("{from} is not a URL"))?;
        check_scheme(&url)?;
        let bytes = fetch(&url, TOTAL_TIME).with_context(|| format!("cannot read {from}"))?;
        let name = url.path().rsplit('/').next().unwrap_or_default().to_owned();
        return Ok(Source {
            display: from.to_owned(),
            name,
            bytes,
        });
    }
    let path = Path::new(from);
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let bytes = read_file(path).with_context(|| format!("cannot read {from}"))?;
    Ok(Source {
        display: from.to_owned(),
        name,
        bytes,
    })
}

/// Reads a file, but no more of it than is allowed.
fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        bail!("it is a directory: name the document in it");
    }
    let mut bytes = Vec::new();
    file.take(MAXIMUM_BYTES + 1).read_to_end(&mut bytes)?;
    check_size(bytes.len())?;
    Ok(bytes)
}

/// Reads a URL within `total_time`, but no more of it than is allowed.
fn fetch(url: &Url, total_time: Duration) -> anyhow::Result<Vec<u8>> {
    let mut builder = Client::builder()
        .connect_timeout(CONNECT_TIME)
        .timeout(total_time)
        .redirect(redirects())
        .user_agent(concat!("clerk-api-xtask/", env!("CARGO_PKG_VERSION")));
    if is_loopback(url) {
        // A proxy would look for the document on its own machine.
        builder = builder.no_proxy();
    }
    let client = builder.build()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(download(&client, url.clone()))
        .map_err(|error| match error.downcast_ref::<reqwest::Error>() {
            Some(cause) if cause.is_timeout() => {
                error.context(format!("not read within {} s", total_time.as_secs_f32()))
            }
            _ => error,
        })
}

/// Sends the request and collects the body.
async fn download(client: &Client, url: Url) -> anyhow::Result<Vec<u8>> {
    let mut response = client.get(url).send().await?;
    if response.status() != StatusCode::OK {
        bail!("the server answered {}", response.status());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        check_size(bytes.len() + chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Redirects are followed within one host only: elsewhere, something else than was asked for may lie.
fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let from = attempt.previous().last().map(host).unwrap_or_default();
        let to = host(attempt.url());
        if from != to {
            return attempt.error(format!(
                "redirected from {from} to {to}: redirects to another host are not followed"
            ));
        }
        if attempt.previous().len() > MAXIMUM_REDIRECTS {
            return attempt.error(format!("more than {MAXIMUM_REDIRECTS} redirects"));
        }
        match check_scheme(attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(error) => attempt.error(error.to_string()),
        }
    })
}

/// The host of a URL, with its port where that is given.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Allows https, and http where it doesn't leave this machine.
fn check_scheme(url: &Url) -> anyhow::Result<()> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => bail!("{url}: http is for this machine only; use https"),
        other => bail!("{url}: {other} URLs can't be read; use https"),
    }
}

/// Whether a URL's host is this machine.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Refuses a document that is too large.
fn check_size(bytes: usize) -> anyhow::Result<()> {
    if u64::try_from(bytes).is_ok_and(|bytes| bytes <= MAXIMUM_BYTES) {
        return Ok(());
    }
    bail!("it is larger than {} MiB", MAXIMUM_BYTES / 1024 / 1024)
}

#[cfg(test)]
mod tests;
