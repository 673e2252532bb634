//! What is printed, and with which code it ends.

use std::process::Output;

use serde_json::Value;

use super::{NAME, Scratch, standard_error, standard_output};

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

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The last line on standard error must be a command.
#[track_caller]
fn assert_says_what_to_run(output: &Output) {
    let message = standard_error(output);
    let last = message.lines().last().unwrap();
    assert!(
        last.starts_with("run: cargo xtask sync --from") && last.contains("cargo xtask codegen"),
        "{message}"
    );
}

#[test]
fn a_document_agrees_with_itself() {
    let scratch = Scratch::synced();
    let before = scratch.contents();
    let output = scratch.drift(NAME, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", standard_error(&output));
    assert_eq!(standard_error(&output), "");
    assert!(
        standard_output(&output).starts_with("No drift."),
        "{}",
        standard_output(&output)
    );
    let report = json(&scratch.drift(NAME, &["--format", "json", "--fail-on", "docs"]));
    assert_eq!(
        (&report["verdict"], &report["semver"]),
        (&"none".into(), &"none".into())
    );
    assert_eq!(report["changes"], Value::Array(Vec::new()));
    assert_eq!(
        report["source"]["sha256"],
        report["source"]["contract"]["sha256"]
    );
    assert_eq!(scratch.contents(), before, "nothing is written");
}

#[test]
fn ends_with_1_from_the_class_on_that_is_asked_for() {
    let scratch = Scratch::synced();
    for (edit, class, semver, rank) in [
        (DOCS, "docs", "none", 1),
        (COMPATIBLE, "compatible", "minor", 2),
        (BREAKING, "breaking", "major", 3),
    ] {
        for (fail_on, least) in [
            ("docs", 1),
            ("compatible", 2),
            ("breaking", 3),
            ("never", 4),
        ] {
            let output = scratch.drift_after(&[edit], &["--format", "json", "--fail-on", fail_on]);
            let fails = rank >= least;
            assert_eq!(
                output.status.code(),
                Some(i32::from(fails)),
                "{class} {fail_on}: {}",
                standard_error(&output)
            );
            let report = json(&output);
            assert_eq!(
                (&report["verdict"], &report["semver"]),
                (&class.into(), &semver.into()),
                "{report:#}"
            );
            for change in report["changes"].as_array().unwrap() {
                for key in ["class", "operation", "pointer", "message", "effect"] {
                    assert!(
                        change[key].as_str().is_some_and(|text| !text.is_empty()),
                        "{key}: {change:#}"
                    );
                }
            }
            if fails {
                assert_says_what_to_run(&output);
            } else {
                assert_eq!(standard_error(&output), "");
            }
        }
        let output = scratch.drift_after(&[edit], &[]);
        assert_eq!(
            output.status.code(),
            Some(i32::from(rank >= 2)),
            "{class}: compatible is the default"
        );
    }
}

#[test]
fn a_name_without_a_date_is_no_trouble() {
    let scratch = Scratch::synced();
    let text = super::document().replacen(COMPATIBLE.0, COMPATIBLE.1, 1);
    scratch.write("my spec.yml", text);
    let output = scratch.drift("my spec.yml", &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["source"]["api_version"], Value::Null);
    let message = standard_error(&output);
    let command = "cargo xtask sync --from 'my spec.yml' --api-version 2026-05-12 &&";
    assert!(message.contains(command), "{message}");
}

#[test]
fn a_sync_settles_what_is_not_listed() {
    let scratch = Scratch::synced();
    let get = (
        "  /sign_in_tokens:\n",
        "  /sign_in_tokens:\n    get:\n      operationId: ListSignInTokens\n      responses: {}\n",
    );
    let output = scratch.drift_after(&[get], &[]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        standard_output(&output)
    );
    assert!(standard_output(&output).contains("new operation `GET /sign_in_tokens`"));
    assert!(scratch.run(&["sync", "--from", NAME]).status.success());
    let output = scratch.drift(NAME, &["--fail-on", "docs"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "told once: {}",
        standard_output(&output)
    );
}

#[test]
fn the_list_may_be_ahead_of_the_contract() {
    const BOTH: &str = "[\"CreateSignInToken\", \"RevokeSignInToken\"]";
    const ONE: &str = "[\"CreateSignInToken\"]";
    let scratch = Scratch::synced();
    scratch.edit_list(BOTH, ONE);
    let output = scratch.drift(NAME, &[]);
    let report = standard_output(&output);
    assert!(report.contains("and no longer listed"), "{report}");
    assert!(scratch.run(&["sync", "--from", NAME]).status.success());
    scratch.edit_list(ONE, BOTH);
    let output = scratch.drift(NAME, &[]);
    assert_eq!(output.status.code(), Some(1));
    let report = standard_output(&output);
    assert!(report.contains("and not in the contract yet"), "{report}");
}

#[test]
fn the_text_says_it_all() {
    let scratch = Scratch::synced();
    insta::assert_snapshot!("none", standard_output(&scratch.drift(NAME, &[])));
    let output = scratch.drift_after(&[DOCS, COMPATIBLE, BREAKING], &[]);
    insta::assert_snapshot!("drift", standard_output(&output));
    let output = scratch.drift_after(&[RENAMED], &[]);
    insta::assert_snapshot!("renamed", standard_output(&output));
}

#[test]
fn the_markdown_says_it_all() {
    let scratch = Scratch::synced();
    insta::assert_snapshot!(
        "none_markdown",
        standard_output(&scratch.drift(NAME, &["--format", "markdown"]))
    );
    let output = scratch.drift_after(&[DOCS, COMPATIBLE, BREAKING], &["--format", "markdown"]);
    insta::assert_snapshot!("drift_markdown", standard_output(&output));
}

#[test]
fn what_upstream_calls_things_can_not_leave_its_place() {
    let scratch = Scratch::synced();
    let hostile = "                \"`<img src=x>` @all\\n::error::pwned\":\n                  type: string\n                org_id:\n";
    for format in ["text", "markdown"] {
        let output = scratch.drift_after(
            &[("                org_id:\n", hostile)],
            &["--format", format],
        );
        assert_eq!(output.status.code(), Some(1), "{}", standard_error(&output));
        let text = standard_output(&output);
        assert!(
            !text.lines().any(|line| line.trim_start().starts_with("::")),
            "{text}"
        );
        let fences = text.matches("```").count();
        assert_eq!(fences, if format == "markdown" { 2 } else { 0 }, "{text}");
        assert!(
            text.contains("new property `'<img src=x>' @all ::error::pwned`"),
            "{text}"
        );
    }
}

#[test]
fn an_older_document_is_told_to_be_one() {
    let scratch = Scratch::synced();
    let (from, to) = COMPATIBLE;
    let text = super::document().replacen(from, to, 1);
    for (name, older) in [
        ("2025-11-10.yml", true),
        (NAME, false),
        ("2027-01-01.yml", false),
    ] {
        scratch.write(name, &text);
        let said = standard_output(&scratch.drift(name, &[]));
        assert_eq!(said.contains("older than the contract's"), older, "{said}");
    }
}
