//! Reading from files, and from a small server that answers as it is told.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use super::{MAXIMUM_BYTES, Url, fetch, read};

/// Serves each connection with the answer to its path, until the test is over.
fn serve(answer: impl Fn(&str, SocketAddr) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let Some(Ok(request)) = lines.next() else {
                continue;
            };
            for line in lines {
                if line.unwrap().is_empty() {
                    break;
                }
            }
            let path = request.split(' ').nth(1).unwrap_or_default();
            // The client may hang up first; that is for the test to judge.
            let _ = stream.write_all(&answer(path, address));
        }
    });
    address
}

fn ok(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn redirect(to: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// The message with which reading fails; all parts must be in it.
#[track_caller]
fn assert_fails(from: &str, parts: &[&str]) {
    let error = format!("{:#}", read(from).unwrap_err());
    for part in [from].iter().chain(parts) {
        assert!(error.contains(part), "no {part:?} in: {error}");
    }
}

#[test]
fn reads_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("2026-05-12.yml");
    std::fs::write(&path, "a: 1\n").unwrap();
    let source = read(path.to_str().unwrap()).unwrap();
    assert_eq!(
        (source.name.as_str(), source.bytes.as_slice()),
        ("2026-05-12.yml", b"a: 1\n".as_slice())
    );
    assert_fails(directory.path().to_str().unwrap(), &["it is a directory"]);
    assert_fails(
        directory.path().join("gone.yml").to_str().unwrap(),
        &["cannot read", "No such file"],
    );
    std::fs::File::create(&path)
        .unwrap()
        .set_len(MAXIMUM_BYTES + 1)
        .unwrap();
    assert_fails(path.to_str().unwrap(), &["larger than 32 MiB"]);
}

#[test]
fn reads_urls_and_follows_redirects_within_a_host() {
    let address = serve(|path, _| match path {
        "/start.yml?raw" => redirect("/bapi/2026-05-12.yml"),
        _ => ok(path),
    });
    let source = read(&format!("http://{address}/start.yml?raw")).unwrap();
    assert_eq!(source.name, "start.yml");
    assert_eq!(source.bytes, b"/bapi/2026-05-12.yml");
}

#[test]
fn refuses_redirects_to_elsewhere() {
    let other = serve(|_, _| ok("not what was asked for"));
    let address = serve(move |path, own| match path {
        "/port" => redirect(&format!("http://{other}/")),
        "/name" => redirect("https://other.example/x.yml"),
        "/scheme" => redirect(&format!("ftp://{own}/")),
        _ => redirect("/again"),
    });
    assert_fails(
        &format!("http://{address}/port"),
        &[&address.to_string(), &other.to_string(), "not followed"],
    );
    assert_fails(
        &format!("http://{address}/name"),
        &[&format!("from {address} to other.example:")],
    );
    assert!(read(&format!("http://{address}/scheme")).is_err());
    assert_fails(
        &format!("http://{address}/loop"),
        &["more than 5 redirects"],
    );
}

#[test]
fn refuses_other_answers_than_200() {
    let address = serve(|path, _| {
        let status = path.trim_start_matches('/');
        format!("HTTP/1.1 {status} Status\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .into_bytes()
    });
    for status in ["204", "304", "404", "500"] {
        assert_fails(
            &format!("http://{address}/{status}"),
            &["the server answered", status],
        );
    }
}

#[test]
fn stops_reading_at_the_limit() {
    let address = serve(|_, _| {
        let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
        answer.resize(answer.len() + 40 * 1024 * 1024, b'x');
        answer
    });
    assert_fails(&format!("http://{address}/"), &["larger than 32 MiB"]);
}

#[test]
fn fails_on_a_body_that_is_cut_off() {
    let address = serve(|_, _| {
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\na: 1".to_vec()
    });
    assert_fails(&format!("http://{address}/"), &["cannot read"]);
}

#[test]
fn does_not_wait_for_ever() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let begin = Instant::now();
    let error = fetch(&Url::parse(&url).unwrap(), Duration::from_millis(200)).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(
        format!("{error:#}").contains("not read within 0.2 s"),
        "{error:#}"
    );
}

#[test]
fn reads_over_https_or_from_this_machine_only() {
    assert_fails("http://example.com/2026-05-12.yml", &["use https"]);
    assert_fails(
        "http://localhost.example.com/2026-05-12.yml",
        &["use https"],
    );
    assert_fails("ftp://example.com/2026-05-12.yml", &["ftp URLs"]);
    assert_fails("https://", &["not a URL"]);
}
