//! Bad inputs: exit code 2, one clear line, nothing on standard output, nothing written.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Output;
use std::thread;

use super::{NAME, Scratch, document, standard_error};

/// Must have failed with all parts in its first line.
#[track_caller]
fn assert_trouble(output: &Output, parts: &[&str]) {
    let message = standard_error(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(output.stdout, b"", "{message}");
    let lines: Vec<&str> = message.lines().collect();
    let [first, last] = lines.as_slice() else {
        panic!("not one line and the command to run: {message}");
    };
    for part in parts {
        assert!(first.contains(part), "no {part:?} in: {message}");
    }
    assert!(
        first.starts_with("error: ") && last.contains("cargo xtask drift --against"),
        "{message}"
    );
}

#[test]
fn bad_documents() {
    let scratch = Scratch::synced();
    let bad = |text: &[u8], parts: &[&str]| {
        scratch.write(NAME, text);
        let before = scratch.contents();
        let output = scratch.drift(NAME, &["--format", "json"]);
        assert_trouble(&output, &[&[NAME], parts].concat());
        assert_eq!(scratch.contents(), before);
    };
    bad(b"", &["empty"]);
    bad(b"a\0b", &["not usable as YAML"]);
    bad(b"\xff\xfe", &["not text"]);
    bad(b"a: [", &["not usable as YAML"]);
    bad(b"{\"a\"", &["not usable as JSON"]);
    bad(b"just words", &["not a mapping"]);
    bad(
        b"openapi: 3.1.0\npaths: {}",
        &["not OpenAPI 3.0.x", "3.1.0"],
    );
    bad(b"swagger: '2.0'", &["Swagger"]);
    bad(b"openapi: 3.0.3", &["`#/paths` is missing"]);
    bad(b"a: &a [*a]", &["recursion limit"]);
    let edited = |from: &str, to: &str| {
        let document = document();
        assert!(document.contains(from), "{from}");
        document.replacen(from, to, 1).into_bytes()
    };
    let operation = "operation `CreateSignInToken`";
    bad(
        &edited(
            "'#/components/responses/SignInToken'",
            "'#/components/responses/Gone'",
        ),
        &[operation, "leads nowhere"],
    );
    bad(
        &edited("'#/components/responses/SignInToken'", "'other.yml#/a'"),
        &[operation, "out of the document"],
    );
    bad(
        &edited(
            "    SignInToken:\n      description: ''\n",
            "    SignInToken:\n      $ref: '#/components/responses/SignInToken'\n",
        ),
        &[operation, "reference cycle"],
    );
    bad(
        &edited(
            "operationId: RevokeSignInToken",
            "operationId: CreateSignInToken",
        ),
        &["is there twice"],
    );
    bad(
        &edited("paths:\n", "paths:\n  /sign_in_tokens: {}\n"),
        &["duplicate"],
    );
    let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            vec![before; 9].join(", ")
        ));
    }
    bad(bomb.as_bytes(), &["repetition limit"]);
    fs::File::create(scratch.path(NAME))
        .unwrap()
        .set_len(9 * 1024 * 1024)
        .unwrap();
    assert_trouble(&scratch.drift(NAME, &[]), &["larger than 8 MiB"]);
}

#[test]
fn bad_arguments_and_a_bad_repository() {
    let scratch = Scratch::synced();
    assert_trouble(&scratch.drift("gone.yml", &[]), &["cannot read gone.yml"]);
    assert_trouble(&scratch.drift("openapi", &[]), &["Is a directory"]);
    assert_trouble(
        &scratch.drift("http://example.com/2026-05-12.yml", &[]),
        &["use https"],
    );
    assert_eq!(
        scratch.drift(NAME, &["--format", "xml"]).status.code(),
        Some(2)
    );
    assert_eq!(
        scratch
            .drift(NAME, &["--fail-on", "anything"])
            .status
            .code(),
        Some(2)
    );
    fs::remove_file(scratch.path("openapi/sign-in-tokens.yml")).unwrap();
    assert_trouble(
        &scratch.drift(NAME, &[]),
        &["sign-in-tokens.yml", "cargo xtask sync"],
    );
    scratch.write("openapi/upstream.toml", "operations = []");
    assert_trouble(
        &scratch.drift(NAME, &[]),
        &["upstream.toml is not usable", "`operations` is empty"],
    );
}

#[test]
fn an_operation_that_is_nowhere() {
    let scratch = Scratch::synced();
    let path = scratch.path("openapi/upstream.toml");
    let list = fs::read_to_string(&path).unwrap().replacen(
        "\"RevokeSignInToken\"]",
        "\"RevokeSignInToken\", \"RevokeSignInTokens\"]",
        1,
    );
    fs::write(&path, list).unwrap();
    assert_trouble(
        &scratch.drift(NAME, &[]),
        &[
            "operation `RevokeSignInTokens`",
            "did you mean `RevokeSignInToken`?",
        ],
    );
}

/// Answers every request with these bytes.
fn serve(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .for_each(drop);
            // The client may hang up first.
            let _ = stream.write_all(&answer);
        }
    });
    format!("http://{address}/{NAME}")
}

#[test]
fn bad_urls() {
    let scratch = Scratch::synced();
    let closed = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{closed}/{NAME}");
    assert_trouble(&scratch.drift(&url, &[]), &["cannot read", &url]);
    let url =
        serve(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec());
    assert_trouble(
        &scratch.drift(&url, &[]),
        &["the server responded with 404"],
    );
    let mut large = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    large.resize(large.len() + 9 * 1024 * 1024, b' ');
    assert_trouble(&scratch.drift(&serve(large), &[]), &["larger than 8 MiB"]);
}

#[test]
fn a_url_works_as_a_file_does() {
    let scratch = Scratch::synced();
    let body = document();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let output = scratch.drift(&serve(answer.into_bytes()), &["--fail-on", "docs"]);
    assert_eq!(output.status.code(), Some(0), "{}", standard_error(&output));
}
