//! What is read, and what is refused.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{parse, parse_openapi};

fn read(text: &str) -> anyhow::Result<Value> {
    parse(text.as_bytes(), "test.yml")
}

/// Reading this as OpenAPI must fail quickly, with all parts in the message.
#[track_caller]
fn assert_fails(bytes: impl AsRef<[u8]>, parts: &[&str]) {
    let begin = Instant::now();
    let error = match parse_openapi(bytes.as_ref(), "test.yml") {
        Ok(document) => panic!("must fail, but gave {document}"),
        Err(error) => format!("{error:#}"),
    };
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "took {:?}",
        begin.elapsed()
    );
    for part in ["test.yml: "].iter().chain(parts) {
        assert!(error.contains(part), "no {part:?} in: {error}");
    }
}

#[test]
fn reads_yaml_and_json_alike() {
    let yaml = "openapi: 3.0.3\na: [1, -2, 1.5, true, null, ~, 'x', 2026-05-12]\nb: {c: }\n";
    let json = r#" {"openapi": "3.0.3", "a": [1, -2, 1.5, true, null, null, "x", "2026-05-12"], "b": {"c": null}}"#;
    let document = parse_openapi(yaml.as_bytes(), "test.yml").unwrap();
    assert_eq!(
        document,
        parse_openapi(json.as_bytes(), "test.json").unwrap()
    );
    let marked = format!("\u{feff}{json}");
    assert_eq!(
        document,
        parse_openapi(marked.as_bytes(), "test.json").unwrap()
    );
}

#[test]
fn takes_keys_as_they_are_spelled() {
    let document =
        read("200: a\n0x10: b\ntrue: c\n1.0: d\nnull: e\n2026-05-12: f\n'x': g\n").unwrap();
    let expected = json!({ "200": "a", "0x10": "b", "true": "c", "1.0": "d", "null": "e", "2026-05-12": "f", "x": "g" });
    assert_eq!(document, expected);
}

#[test]
fn expands_aliases() {
    let document = read("a: &a {b: &b 1}\nc: [*a, *b]\n").unwrap();
    assert_eq!(document, json!({ "a": { "b": 1 }, "c": [{ "b": 1 }, 1] }));
}

#[test]
fn refuses_what_is_no_text() {
    assert_fails("", &["empty"]);
    assert_fails(" \n\t\n", &["empty"]);
    assert_fails("\u{feff}\n", &["empty"]);
    assert_fails(b"openapi: 3.0.3\0", &["binary", "NUL"]);
    assert_fails(b"openapi: \xff\xfe", &["binary", "no UTF-8 at byte 9"]);
    assert_fails(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &["binary"]);
}

#[test]
fn refuses_what_is_no_yaml_or_json() {
    assert_fails(
        "openapi: 3.0.3\npaths: [1, 2\ninfo: x\n",
        &["not usable as YAML", "line 3 column 5"],
    );
    assert_fails("a: b: c\n", &["not usable as YAML", "line 1 column 5"]);
    assert_fails("a: *nowhere\n", &["not usable as YAML", "line 1 column 4"]);
    assert_fails(
        "a: 1\n---\nb: 1\n",
        &["not usable as YAML", "more than one document"],
    );
    assert_fails(
        "{\"openapi\": \"3.0.3\",\n  oops}",
        &["not usable as JSON", "line 2 column 3"],
    );
    assert_fails(
        "{\"openapi\": \"3.0.3\"} x",
        &["not usable as JSON", "line 1 column 22"],
    );
}

#[test]
fn refuses_what_json_has_not() {
    assert_fails("a: !tag b\n", &["YAML tag", "line 1 column 4"]);
    assert_fails("a: !tag {b: c}\n", &["YAML tag", "line 1 column 4"]);
    assert_fails("a: .inf\n", &["floating point", "line 1 column 4"]);
    assert_fails(
        "a: 99999999999999999999999\n",
        &["a value that JSON has too", "line 1 column 4"],
    );
    assert_fails(
        "? [a]\n: b\n",
        &["a key that is a string", "line 1 column 3"],
    );
    assert_fails(
        "a: &a {b: c}\nd:\n  <<: *a\n",
        &["merge key", "line 3 column 3"],
    );
}

#[test]
fn refuses_duplicate_keys() {
    assert_fails(
        "a: 1\nb:\n  c: 1\n  'c': 2\n",
        &["duplicate key `c`", "line 3 column 3"],
    );
    assert_fails("200: a\n'200': b\n", &["duplicate key `200`"]);
    assert_fails(
        "{\"a\": 1, \"a\": 2}",
        &["duplicate key `a`", "line 1 column 12"],
    );
}

#[test]
fn refuses_what_is_no_mapping() {
    for (text, part) in [
        ("[1]", "a list"),
        ("- a\n", "a list"),
        ("<!DOCTYPE html>\n", "the string \"<!DOCTYPE html>\""),
        ("# only a comment\n", "null"),
        ("7", "the number 7"),
    ] {
        assert_fails(text, &["not a mapping at the top level", part]);
    }
}

#[test]
fn refuses_other_versions() {
    assert_fails("openapi: 3.1.0\n", &["not OpenAPI 3.0.x", "\"3.1.0\""]);
    assert_fails("openapi: 3.0\n", &["not OpenAPI 3.0.x", "the number 3.0"]);
    assert_fails("openapi: 3.0.\n", &["not OpenAPI 3.0.x", "\"3.0.\""]);
    assert_fails("swagger: '2.0'\n", &["Swagger", "\"2.0\""]);
    assert_fails(
        "404: Not Found\n",
        &["not OpenAPI 3.0.x", "no key `openapi`"],
    );
}

#[test]
fn stops_at_an_alias_bomb() {
    let mut laughs =
        String::from("openapi: 3.0.3\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..10 {
        let before = format!("*a{}", level - 1);
        laughs.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            vec![before; 9].join(", ")
        ));
    }
    assert_fails(&laughs, &["alias bomb"]);
    // The same with so much beside it that the YAML reader's own limit lets it pass.
    laughs.push_str(&format!("pad: [{}]\n", vec!["x"; 100_000].join(",")));
    assert_fails(&laughs, &["alias bomb", "more than 500000 values"]);
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1_000_000),
        vec!["*a"; 1_000].join(",")
    );
    assert_fails(long, &["alias bomb", "bytes of text"]);
    assert_fails("a: &a [*a]\n", &["an alias that contains itself"]);
    assert_fails("a: &a {b: *a, c: *a}\n", &["an alias that contains itself"]);
}

#[test]
fn stops_where_reading_would_take_too_much() {
    let many = format!("{{\"a\": [{}0]}}", "0,".repeat(600_000));
    assert_fails(
        &many,
        &["not usable as JSON", "too large: more than 500000 values"],
    );
    assert_fails(
        format!("a: [{}]", "0,".repeat(600_000)),
        &["not usable as YAML", "600003 places"],
    );
    assert_fails(
        format!("a: {}", "[".repeat(100_000)),
        &["brackets open at once"],
    );
    assert_fails(
        format!("a: {}", "{".repeat(100_000)),
        &["brackets open at once"],
    );
    assert_fails("%TAG !e! tag:e:\n".repeat(1_000), &["1000 directives"]);
}

#[test]
fn survives_deep_nesting() {
    assert_fails("{\"a\":".repeat(100_000), &["recursion limit"]);
    assert_fails(
        format!("a: {}{}", "[".repeat(1_000), "]".repeat(1_000)),
        &["nested too deeply"],
    );
    assert_fails(
        format!("a:\n  {}x", "- ".repeat(100_000)),
        &["nested too deeply"],
    );
    let deep: String = (0..1_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    assert_fails(deep, &["nested too deeply"]);
}
