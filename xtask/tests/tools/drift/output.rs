//! What is printed, and the exit codes.

use std::process::Output;

use serde_json::{Value, json};

use super::{NAME, Scratch, standard_error};

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

/// The last line on standard error must be a command if it fails; there is nothing if it doesn't.
#[track_caller]
fn assert_says_what_to_run(output: &Output) {
    let message = standard_error(output);
    let last = message.lines().last().unwrap_or_default();
    let is_command =
        last.starts_with("run: cargo xtask sync --from 2026-05-12.yml && cargo xtask codegen");
    let is_right = if output.status.success() {
        message.is_empty()
    } else {
        is_command
    };
    assert!(is_right, "{message}");
}

#[test]
fn a_document_agrees_with_itself() {
    let scratch = Scratch::synced();
    let before = scratch.contents();
    let output = scratch.drift(NAME, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", standard_error(&output));
    assert_says_what_to_run(&output);
    assert!(output.stdout.starts_with(b"No drift."));
    let report = scratch.json(0, NAME, &["--fail-on", "docs"]);
    assert_eq!(
        (&report["verdict"], &report["semver"]),
        (&json!("none"), &json!("none"))
    );
    assert_eq!(report["changes"], json!([]));
    let source = &report["source"];
    assert_eq!(source["sha256"], source["contract"]["sha256"]);
    assert_eq!(scratch.contents(), before, "nothing is written");
}

#[test]
fn exits_with_1_from_the_given_class_on() {
    let scratch = Scratch::synced();
    for (edit, class, semver, rank) in [
        (DOCS, "docs", "none", 1),
        (COMPATIBLE, "compatible", "minor", 2),
        (BREAKING, "breaking", "major", 3),
    ] {
        scratch.write_document(NAME, &[edit]);
        for (fail_on, least) in [
            ("docs", 1),
            ("compatible", 2),
            ("breaking", 3),
            ("never", 4),
        ] {
            let code = i32::from(rank >= least);
            let report = scratch.json(code, NAME, &["--fail-on", fail_on]);
            assert_eq!(
                (&report["verdict"], &report["semver"]),
                (&json!(class), &json!(semver))
            );
            for change in report["changes"].as_array().unwrap() {
                for key in ["class", "operation", "pointer", "message", "effect"] {
                    let text = change[key].as_str().unwrap_or_default();
                    assert!(!text.is_empty(), "{key}: {change:#}");
                }
            }
            assert_says_what_to_run(&scratch.drift(NAME, &["--fail-on", fail_on]));
        }
        // Compatible is the default.
        scratch.report(i32::from(rank >= 2), NAME, &[]);
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
        assert_eq!(
            report.contains("older than the contract's"),
            is_older,
            "{report}"
        );
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
    assert!(
        report.contains("operation `GET /sign_in_tokens` added"),
        "{report}"
    );
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

#[track_caller]
fn assert_markdown(verdict: &str, text: &str, markdown: &str) {
    let expected = format!("## Drift: {verdict}\n\n```text\n{text}```\n");
    assert_eq!(markdown, expected);
}

#[test]
fn the_text_is_enough_for_a_reader() {
    let scratch = Scratch::synced();
    let text = scratch.report(0, NAME, &[]);
    insta::assert_snapshot!("none", text);
    assert_markdown(
        "none",
        &text,
        &scratch.report(0, NAME, &["--format", "markdown"]),
    );
    scratch.write_document(NAME, &[RENAMED]);
    insta::assert_snapshot!("renamed", scratch.report(1, NAME, &[]));
    scratch.write_document(NAME, &[DOCS, COMPATIBLE, BREAKING]);
    let text = scratch.report(1, NAME, &[]);
    insta::assert_snapshot!("drift", text);
    assert_markdown(
        "breaking",
        &text,
        &scratch.report(1, NAME, &["--format", "markdown"]),
    );
}

#[test]
fn names_from_upstream_are_escaped() {
    let scratch = Scratch::synced();
    let place = "                org_id:\n";
    let name = "\"`<img src=x>` @all ```\\n::error::pwned\"";
    let hostile = format!("                {name}:\n                  type: string\n{place}");
    scratch.write_document(NAME, &[(place, &hostile)]);
    for (format, fences) in [("text", 0), ("markdown", 2)] {
        let report = scratch.report(1, NAME, &["--format", format]);
        assert!(
            !report
                .lines()
                .any(|line| line.trim_start().starts_with("::")),
            "{report}"
        );
        assert_eq!(report.matches("```").count(), fences, "{report}");
        let expected = "property `'<img src=x>' @all ''' ::error::pwned` added";
        assert!(report.contains(expected), "{report}");
    }
}
