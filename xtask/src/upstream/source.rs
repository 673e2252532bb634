//! Where an upstream document is read from: a file, or a URL.

use std::fs::File;
use std::io::Read;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use reqwest::blocking::Client;
use reqwest::{StatusCode, Url};

/// The most bytes that a document may have; Clerk's largest so far has 738 295.
const MAXIMUM_BYTES: usize = 8 * 1024 * 1024;

/// How long reading from a URL may take altogether.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A document as it was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// What to call it in messages: the path or URL as given.
    pub(crate) display: String,
    /// The path of the file or URL, its last part the name.
    pub(crate) path: String,
    /// Its contents, byte for byte.
    pub(crate) bytes: Vec<u8>,
}

impl Source {
    /// The last part of the path or URL.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or_default()
    }
}

/// Reads a file, or a URL if `from` is one.
pub(crate) fn read(from: &str) -> Result<Source> {
    let (path, bytes) = if from.contains("://") {
        let url = Url::parse(from).with_context(|| format!("{from} is not a URL"))?;
        (url.path().to_owned(), fetch(&url, TIMEOUT))
    } else {
        let file = File::open(from).map_err(anyhow::Error::from);
        (from.to_owned(), file.and_then(limited))
    };
    Ok(Source {
        display: from.to_owned(),
        path,
        bytes: bytes.with_context(|| format!("cannot read {from}"))?,
    })
}

fn fetch(url: &Url, timeout: Duration) -> Result<Vec<u8>> {
    let is_local = url.host_str() == Some("127.0.0.1");
    if url.scheme() != "https" && !is_local {
        bail!("{} URLs are not read; use https", url.scheme());
    }
    let mut builder = Client::builder().timeout(timeout).https_only(!is_local);
    if is_local {
        // A proxy would look for the document on its own machine.
        builder = builder.no_proxy();
    }
    let response = builder.build()?.get(url.clone()).send()?;
    if response.status() != StatusCode::OK {
        bail!("the server responded with {}", response.status());
    }
    limited(response)
}

/// Reads to the end, within the limits of size and time. The client's own time is for each read.
fn limited(mut reader: impl Read) -> Result<Vec<u8>> {
    let begun = Instant::now();
    let mut bytes = Vec::new();
    while reader.by_ref().take(64 * 1024).read_to_end(&mut bytes)? > 0 {
        if bytes.len() > MAXIMUM_BYTES {
            bail!("it is larger than {} MiB", MAXIMUM_BYTES / 1024 / 1024);
        }
        if begun.elapsed() > TIMEOUT {
            bail!("it was not read within {} s", TIMEOUT.as_secs());
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A server that sends these bytes to whoever connects first, and then hangs up. Gives the URL of a document.
    fn serve(response: Vec<u8>) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            // The client may hang up first.
            let _ = stream.write_all(&response);
        });
        format!("http://{address}/bapi/2026-05-12.yml?raw")
    }

    #[test]
    fn reads_files_and_urls() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("2026-05-12.yml");
        std::fs::write(&path, "a: 1\n").unwrap();
        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\na: 1\n".to_vec();
        for from in [path.to_str().unwrap().to_owned(), serve(response)] {
            let source = read(&from).unwrap();
            assert_eq!(source.name(), "2026-05-12.yml");
            assert_eq!(source.bytes, b"a: 1\n");
        }
    }

    #[test]
    fn says_why_a_source_cannot_be_read() {
        let directory = tempfile::tempdir().unwrap();
        let large = directory.path().join("large.yml");
        File::create(&large)
            .unwrap()
            .set_len(9 * 1024 * 1024)
            .unwrap();
        let endless = b"HTTP/1.1 200 OK\r\n\r\n"
            .iter()
            .copied()
            .chain(vec![b'x'; 9 * 1024 * 1024]);
        let missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec();
        let cut_off = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\na: 1".to_vec();
        for (from, part) in [
            (large.display().to_string(), "larger than 8 MiB"),
            (serve(endless.collect()), "larger than 8 MiB"),
            (
                format!("{}/gone.yml", directory.path().display()),
                "No such file",
            ),
            (serve(missing), "the server responded with 404"),
            (serve(cut_off), "cannot read"),
            ("http://example.com/x.yml".to_owned(), "use https"),
            ("https://".to_owned(), "not a URL"),
        ] {
            let message = format!("{:#}", read(&from).unwrap_err());
            assert!(
                message.contains(part) && message.contains(&from),
                "{message}"
            );
        }
    }

    #[test]
    fn does_not_wait_forever() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let error = fetch(&Url::parse(&url).unwrap(), Duration::from_millis(50)).unwrap_err();
        assert!(
            error
                .downcast_ref::<reqwest::Error>()
                .is_some_and(reqwest::Error::is_timeout)
        );
    }
}
