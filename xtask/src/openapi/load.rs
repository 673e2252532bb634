//! Bytes into a document: YAML or JSON with unique keys, and OpenAPI 3.0.x.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Reads an OpenAPI 3.0.x document; `name` is what to call it in messages.
pub(crate) fn openapi(bytes: &[u8], name: &str) -> Result<Value> {
    let document = mapping(bytes, name)?;
    check_version(&document).with_context(|| name.to_owned())?;
    Ok(document)
}

/// Reads YAML or JSON whose top level is a mapping; `name` is what to call it in messages.
///
/// Every mapping's keys are strings (an unquoted `200:` too), and no key occurs twice in one mapping.
pub(crate) fn mapping(bytes: &[u8], name: &str) -> Result<Value> {
    let value = parse(bytes).with_context(|| name.to_owned())?;
    if !value.is_object() {
        bail!(
            "{name}: not a mapping at the top level but {}: is this an OpenAPI document?",
            describe(&value)
        );
    }
    Ok(value)
}

/// What kind of value this is, for messages.
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

/// `yaml_serde::Value` refuses a key that occurs twice, which `serde_json::Value` doesn't; so JSON is read into it too.
fn parse(bytes: &[u8]) -> Result<Value> {
    let text = std::str::from_utf8(bytes).context("not text in UTF-8, so neither YAML nor JSON")?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        bail!("an empty file, not YAML or JSON");
    }
    let mut value: yaml_serde::Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).context("not usable as JSON (it starts with `{`)")?
    } else {
        yaml_serde::from_str(text).context("not usable as YAML")?
    };
    value.apply_merge().context("not usable as YAML")?;
    serde_json::to_value(value).context("it has what JSON has not, so it is not OpenAPI")
}

/// Refuses what is not OpenAPI 3.0.x.
fn check_version(document: &Value) -> Result<()> {
    match (document.get("openapi"), document.get("swagger")) {
        (Some(Value::String(version)), _) if version.starts_with("3.0.") => Ok(()),
        (Some(version), _) => bail!(
            "not OpenAPI 3.0.x: `openapi` is {}; this tool reads documents such as '3.0.3' only",
            describe(version)
        ),
        (None, Some(version)) => bail!(
            "not OpenAPI 3.0.x but Swagger: `swagger` is {}",
            describe(version)
        ),
        (None, None) => bail!("not OpenAPI 3.0.x: no key `openapi` at the top level"),
    }
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
        let yaml = "openapi: 3.0.3\na: [1, -2, 1.5, true, ~, 'x', 2026-05-12]\nb: &b {c: }\n200: &d [e]\nf: *d\ng: {<<: *b}\n";
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
    fn refuses_what_is_no_document() {
        assert_fails(" \n", &["empty"]);
        assert_fails(b"\x89PNG", &["not text"]);
        assert_fails("a: [1, 2\nb: x\n", &["not usable as YAML", "line 2"]);
        assert_fails("{\"a\": 1,\n  oops}", &["not usable as JSON", "line 2"]);
        assert_fails("<!DOCTYPE html>\n", &["top level", "the string"]);
        assert_fails("openapi: 3.1.0\n", &["not OpenAPI 3.0.x", "\"3.1.0\""]);
        assert_fails("openapi: 3.0\n", &["not OpenAPI 3.0.x", "the number 3.0"]);
        assert_fails("swagger: '2.0'\n", &["Swagger", "\"2.0\""]);
        assert_fails("404: Not Found\n", &["no key `openapi`"]);
        assert_fails("? [a]\n: b\n", &["what JSON has not"]);
        assert_fails("b:\n  c: 1\n  'c': 2\n", &["duplicate", "c"]);
        assert_fails("{\"a\": 1, \"a\": 2}", &["duplicate", "a"]);
    }

    #[test]
    fn stops_at_aliases_that_repeat_and_at_deep_nesting() {
        let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for level in 1..10 {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            laughs.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        assert_fails(&laughs, &["repetition limit"]);
        assert_fails("a: &a [*a]\n", &["recursion limit"]);
        assert_fails("{\"a\":".repeat(100_000), &["recursion limit"]);
    }
}
