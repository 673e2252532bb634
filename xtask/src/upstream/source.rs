//! Reads an upstream document from a file or a URL.

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::blocking::Client;
use reqwest::{StatusCode, Url};

/// The maximum size of a document. Clerk's largest so far has 738,295 bytes.
const MAXIMUM_BYTES: u64 = 8 << 20;

/// The time limit for reading from a URL.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A document as it was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// The path or URL as given, for messages.
    pub(crate) display: String,
    /// The path of the file or URL.
    pub(crate) path: String,
    /// Its contents, byte for byte.
    pub(crate) bytes: Vec<u8>,
}

impl Source {
    /// The name of the file.
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
    let scheme = url.scheme();
    ensure!(
        scheme == "https" || is_local,
        "{scheme} URLs are not read; use https"
    );
    let mut builder = Client::builder().https_only(!is_local);
    if is_local {
        // A proxy would connect to its own machine.
        builder = builder.no_proxy();
    }
    let response = builder.build()?.get(url.clone()).timeout(timeout).send()?;
    let status = response.status();
    ensure!(
        status == StatusCode::OK,
        "the server responded with {status}"
    );
    limited(response)
}

fn limited(reader: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAXIMUM_BYTES + 1).read_to_end(&mut bytes)?;
    let is_small = bytes.len() as u64 <= MAXIMUM_BYTES;
    ensure!(is_small, "it is larger than {} MiB", MAXIMUM_BYTES >> 20);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Starts a server that sends this response to the first client. Returns the URL of a document.
    fn serve(head: &str, body: Vec<u8>) -> String {
        let response = [head.as_bytes(), b"\r\n\r\n", &body].concat();
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
    fn reads_files_and_urls_or_says_why_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).display().to_string();
        let ok = "HTTP/1.1 200 OK";
        std::fs::write(path("2026-05-12.yml"), "a: 1\n").unwrap();
        let url = serve(&format!("{ok}\r\ncontent-length: 5"), b"a: 1\n".to_vec());
        for from in [path("2026-05-12.yml"), url] {
            let source = read(&from).unwrap();
            assert_eq!(source.name(), "2026-05-12.yml");
            assert_eq!(source.bytes, b"a: 1\n");
        }
        let large = vec![b'x'; 9 * 1024 * 1024];
        std::fs::write(path("large.yml"), &large).unwrap();
        for (from, part) in [
            (path("large.yml"), "larger than 8 MiB"),
            (serve(ok, large), "larger than 8 MiB"),
            (
                serve("HTTP/1.1 404 Not Found", Vec::new()),
                "the server responded with 404",
            ),
            (
                serve(&format!("{ok}\r\ncontent-length: 100"), b"a: 1".to_vec()),
                "cannot read",
            ),
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
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let head = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            // A body that never ends.
            while head.is_ok() && stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(10));
            }
        });
        let error = fetch(&Url::parse(&url).unwrap(), Duration::from_millis(200)).unwrap_err();
        assert!(format!("{error:#}").contains("timed out"), "{error:#}");
    }
}
