//! Parses documents: YAML or JSON with unique keys.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Parses an OpenAPI 3.0.x document. Messages call it `name`.
pub(crate) fn openapi(bytes: &[u8], name: &str) -> Result<Value> {
    let document = mapping(bytes, name)?;
    check_version(&document).with_context(|| name.to_owned())?;
    Ok(document)
}

/// Parses YAML or JSON with a mapping at the top level. Messages call it `name`.
///
/// All keys become strings (`200:` too), and are unique in their mapping.
pub(crate) fn mapping(bytes: &[u8], name: &str) -> Result<Value> {
    let value = parse(bytes).with_context(|| name.to_owned())?;
    ensure!(
        value.is_object(),
        "{name}: not a mapping at the top level but {}: is this an OpenAPI document?",
        describe(&value)
    );
    Ok(value)
}

/// Describes a value in messages.
pub(crate) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("the boolean {flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => {
            let start: String = text.chars().take(40).collect();
            let more = if start.len() < text.len() { "…" } else { "" };
            format!("the string {start:?}{more}")
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

fn parse(bytes: &[u8]) -> Result<Value> {
    let text = std::str::from_utf8(bytes).context("not text in UTF-8, so neither YAML nor JSON")?;
    let text = text.trim_start_matches('\u{feff}');
    ensure!(!text.trim().is_empty(), "an empty file, not YAML or JSON");
    let mut value = if text.trim_start().starts_with('{') {
        json(text.as_bytes()).context("not usable as JSON (it starts with `{`)")?
    } else {
        yaml(text).context("not usable as YAML")?
    };
    value.apply_merge()?;
    Ok(serde_json::to_value(value)?)
}

/// Unlike `serde_json::Value`, `yaml_serde::Value` rejects duplicate keys.
fn json(text: &[u8]) -> Result<yaml_serde::Value> {
    Ok(serde_json::from_slice(text)?)
}

/// Parses YAML by way of JSON of a limited size: aliases can expand a few kilobytes to gigabytes, and the YAML library
/// only limits the number of expansions.
fn yaml(text: &str) -> Result<yaml_serde::Value> {
    let limit = 2 * text.len() + (1 << 20);
    let mut buffer = vec![0; limit];
    let mut rest = buffer.as_mut_slice();
    let yaml = yaml_serde::Deserializer::from_str(text);
    let result = serde_transcode::transcode(yaml, &mut serde_json::Serializer::new(&mut rest));
    let length = limit - rest.len();
    ensure!(
        length < limit,
        "its aliases expand to more than {limit} bytes; use a document without aliases"
    );
    result?;
    json(&buffer[..length]).or_else(|error| {
        // For a duplicate key, the error of the YAML library has the line.
        yaml_serde::from_str::<yaml_serde::Value>(text)?;
        Err(error)
    })
}

/// Fails if it is not OpenAPI 3.0.x.
fn check_version(document: &Value) -> Result<()> {
    let version = document.get("openapi").or(document.get("swagger"));
    let version = version.context("not OpenAPI 3.0.x: no key `openapi` at the top level")?;
    let text = version.as_str().unwrap_or_default();
    ensure!(
        text.starts_with("3.0."),
        "not OpenAPI 3.0.x: the version is {}; this tool reads documents such as '3.0.3' only",
        describe(version)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn assert_fails(bytes: impl AsRef<[u8]>, parts: &[&str]) {
        let error = format!("{:#}", openapi(bytes.as_ref(), "test.yml").unwrap_err());
        for part in ["test.yml: "].iter().chain(parts) {
            assert!(error.contains(part), "no {part:?} in: {error}");
        }
    }

    #[test]
    fn reads_yaml_and_json_alike() {
        let yaml = "openapi: 3.0.3\na: [1, -2, 1.5, true, ~, 'x', 2026-05-12]\n\
                    b: &b {c: }\n200: &d [e]\nf: *d\ng: {<<: *b}\n";
        let json = r#" {"openapi": "3.0.3", "a": [1, -2, 1.5, true, null, "x", "2026-05-12"],
                        "b": {"c": null}, "200": ["e"], "f": ["e"], "g": {"c": null}}"#;
        let read = |text: &str| openapi(text.as_bytes(), "test").unwrap();
        assert_eq!(read(yaml), read(json));
        assert_eq!(read(yaml), read(&format!("\u{feff}{json}")));
        assert_eq!(
            read(json)["a"],
            json!([1, -2, 1.5, true, null, "x", "2026-05-12"])
        );
    }

    #[test]
    fn fails_on_what_is_no_document() {
        assert_fails(" \n", &["empty"]);
        assert_fails(b"\x89PNG", &["not text"]);
        assert_fails("a: [1, 2\nb: x\n", &["not usable as YAML", "line 2"]);
        assert_fails("{\"a\": 1,\n  oops}", &["not usable as JSON", "line 2"]);
        assert_fails("<!DOCTYPE html>\n", &["top level", "the string"]);
        assert_fails("openapi: 3.1.0\n", &["not OpenAPI 3.0.x", "\"3.1.0\""]);
        assert_fails("openapi: 3.0\n", &["not OpenAPI 3.0.x", "the number 3.0"]);
        assert_fails("swagger: '2.0'\n", &["the version is the string \"2.0\""]);
        assert_fails("404: Not Found\n", &["no key `openapi`"]);
        assert_fails("? [a]\n: b\n", &["key must be a string"]);
        assert_fails("b:\n  c: 1\n  'c': 2\n", &["duplicate", "c", "line 2"]);
        assert_fails("200: a\n'200': b\n", &["duplicate", "200"]);
        assert_fails("{\"a\": 1, \"a\": 2}", &["duplicate", "a"]);
        // Aliases and nesting.
        let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for level in 1..10 {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            laughs.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        assert_fails(&laughs, &["repetition limit"]);
        // 3 kB for 20 million values.
        let bomb = format!(
            "a: &a [{}]\nb: &b [{}]\nc: [{}]\n",
            "1, ".repeat(500),
            "*a, ".repeat(200),
            "*b, ".repeat(200)
        );
        assert_fails(
            bomb,
            &["its aliases expand to more than", "without aliases"],
        );
        assert_fails("a: &a [*a]\n", &["recursion limit"]);
        assert_fails("{\"a\":".repeat(100_000), &["recursion limit"]);
    }
}
