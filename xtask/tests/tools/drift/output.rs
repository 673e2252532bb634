//! What is printed, and the exit codes.

use serde_json::{Value, json};

use super::{NAME, Scratch, standard_error};
use crate::on_one_line;

const DOCS: (&str, &str) = ("Makes a token.", "Creates a token.");
const COMPATIBLE: (&str, &str) = (
    "            - revoked\n",
    "            - revoked\n            - expired\n",
);
const BREAKING: (&str, &str) = (
    "        user_id:\n          type: string\n",
    "        user_id:\n          type: integer\n",
);
const RENAMED: (&str, &str) = (
    "operationId: RevokeSignInToken",
    "operationId: WithdrawSignInToken",
);
const NEW_OPERATION: (&str, &str) = (
    "  /sign_in_tokens:\n",
    "  /sign_in_tokens:\n    get:\n      operationId: ListSignInTokens\n      responses: {}\n",
);

#[test]
fn a_document_agrees_with_itself() {
    let scratch = Scratch::synced();
    let before = scratch.contents();
    let report = scratch.json(0, NAME, &["--fail-on", "docs"]);
    assert_eq!(report["verdict"], "none");
    assert_eq!(report["semver"], "none");
    assert_eq!(report["changes"], json!([]));
    let source = &report["source"];
    assert_eq!(source["sha256"], source["contract"]["sha256"]);
    assert_eq!(scratch.contents(), before, "nothing is written");
}

#[test]
fn exits_with_1_from_the_given_class_on() {
    let scratch = Scratch::synced();
    for (edit, class, semver, codes) in [
        (DOCS, "docs", "none", [1, 0, 0, 0]),
        (COMPATIBLE, "compatible", "minor", [1, 1, 0, 0]),
        (BREAKING, "breaking", "major", [1, 1, 1, 0]),
    ] {
        scratch.write_document(NAME, &[edit]);
        let classes = ["docs", "compatible", "breaking", "never"];
        for (fail_on, code) in classes.into_iter().zip(codes) {
            let report = scratch.json(code, NAME, &["--fail-on", fail_on]);
            assert_eq!(report["verdict"], class);
            assert_eq!(report["semver"], semver);
            for change in report["changes"].as_array().unwrap() {
                for key in ["class", "operation", "pointer", "message", "effect"] {
                    let text = change[key].as_str().unwrap_or_default();
                    assert!(!text.is_empty(), "{key}: {change:#}");
                }
            }
        }
        // Compatible is the default.
        scratch.report(codes[1], NAME, &[]);
    }
}

#[test]
fn a_name_needs_no_date_and_may_have_an_older_one() {
    let scratch = Scratch::synced();
    for (name, is_older) in [
        ("2025-11-10.yml", true),
        (NAME, false),
        ("2027-01-01.yml", false),
    ] {
        scratch.write_document(name, &[COMPATIBLE]);
        let report = scratch.report(1, name, &[]);
        let says_so = report.contains("older than the contract's");
        assert_eq!(says_so, is_older, "{report}");
    }
    scratch.write_document("my spec.yml", &[COMPATIBLE]);
    let report = scratch.json(1, "my spec.yml", &[]);
    assert_eq!(report["source"]["api_version"], Value::Null);
    let message = standard_error(&scratch.drift("my spec.yml", &[]));
    let command = "cargo xtask sync --from 'my spec.yml' --api-version 2026-05-12 &&";
    assert!(message.contains(command), "{message}");
}

#[test]
fn an_unlisted_operation_is_reported_until_the_next_sync() {
    let scratch = Scratch::synced();
    scratch.write_document(NAME, &[NEW_OPERATION]);
    let report = scratch.report(1, NAME, &[]);
    let message = "operation `GET /sign_in_tokens` added";
    assert!(report.contains(message), "{report}");
    scratch.succeed(&["sync", "--from", NAME]);
    scratch.report(0, NAME, &["--fail-on", "docs"]);
}

#[test]
fn the_list_may_differ_from_the_contract() {
    const BOTH: &str = "[\"CreateSignInToken\", \"RevokeSignInToken\"]";
    const ONE: &str = "[\"CreateSignInToken\"]";
    let scratch = Scratch::synced();
    scratch.edit_list(BOTH, ONE);
    let report = scratch.report(1, NAME, &[]);
    assert!(report.contains("but no longer listed"), "{report}");
    scratch.succeed(&["sync", "--from", NAME]);
    scratch.edit_list(ONE, BOTH);
    let report = scratch.report(1, NAME, &[]);
    assert!(report.contains("but not in the contract yet"), "{report}");
}

#[test]
fn the_text_is_enough_for_a_reader() {
    let scratch = Scratch::synced();
    let edits = [DOCS, COMPATIBLE, BREAKING, RENAMED];
    for (code, verdict, edits) in [(0, "none", &[][..]), (1, "breaking", &edits)] {
        scratch.write_document(NAME, edits);
        let text = scratch.report(code, NAME, &[]);
        let markdown = scratch.report(code, NAME, &["--format", "markdown"]);
        let expected = format!("## Drift: {verdict}\n\n```text\n{text}```\n");
        assert_eq!(markdown, expected);
        insta::assert_snapshot!(verdict, text);
    }
}

#[test]
fn names_from_upstream_are_escaped() {
    let scratch = Scratch::synced();
    let place = "                org_id:\n";
    // Long enough for the report to be wrapped before `::error`.
    let name = format!("`<img src=x>` @all ```\\n::error::pwned{}", "é".repeat(80));
    let hostile = format!("                \"{name}\":\n                  type: string\n{place}");
    scratch.write_document(NAME, &[(place, &hostile)]);
    for (format, fences) in [("text", 1), ("markdown", 2)] {
        let report = scratch.report(1, NAME, &["--format", format]);
        let mut lines = report.lines().map(str::trim_start);
        assert!(lines.all(|line| !line.starts_with("::")), "{report}");
        assert_eq!(report.matches("```").count(), fences, "{report}");
        let shown = format!("'<img src=x>' @all ''' ::error::pwned{}…", "é".repeat(43));
        let expected = format!("property `{shown}` added");
        assert!(on_one_line(&report).contains(&expected), "{report}");
    }
}
