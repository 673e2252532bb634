//! What really changed: the older documents against the contract of today.

use serde_json::Value;

use super::{NAME, Scratch, shared, standard_error};

/// The changes from an older document to the one that the contract is cut from, as `class operation message`.
fn changes_since(older: &str) -> Option<(Value, Vec<String>)> {
    let documents = shared("upstream/bapi")?;
    let scratch = Scratch::new();
    let file = |name: &str| documents.join(name).to_str().unwrap().to_owned();
    scratch.succeed(&["sync", "--from", &file(older)]);
    let output = scratch.drift(&file(NAME), &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", standard_error(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes = report["changes"].as_array().unwrap().iter();
    let text = |change: &Value, key: &str| change[key].as_str().unwrap().to_owned();
    let lines = changes.map(|change| {
        ["class", "operation", "message"]
            .map(|key| text(change, key))
            .join(" ")
    });
    let lines = lines.collect();
    Some((report, lines))
}

#[track_caller]
fn assert_changes(found: &[String], expected: &[&str]) {
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "{found:#?}");
}

/// `org_id` is a new field of a struct that callers may write as a literal: a new major version, though released clients
/// don't notice.
#[test]
fn since_2025_11_10() {
    let Some((report, changes)) = changes_since("2025-11-10.at-2025-11-08.yml") else {
        return;
    };
    assert_eq!(
        (&report["verdict"], &report["semver"]),
        (&"breaking".into(), &"major".into())
    );
    assert_eq!(report["source"]["contract"]["api_version"], "2025-11-10");
    assert_changes(
        &changes,
        &[
            "breaking CreateSignInToken request body: property `org_id` added",
            "compatible CreateSignInToken error response `403` added",
            "compatible CreateSignInToken response 404, response 422: `errors[].meta`: `additionalProperties: true` added",
            "compatible CreateSignInToken response 404, response 422: `meta`: `additionalProperties: true` added",
            "compatible RevokeSignInToken response 400, response 404: `errors[].meta`: `additionalProperties: true` added",
            "compatible RevokeSignInToken response 400, response 404: `meta`: `additionalProperties: true` added",
            "docs CreateSignInToken descriptions, titles, tags, examples or `x-` keys changed",
        ],
    );
}

#[test]
fn since_2024_10_01() {
    let Some((report, changes)) = changes_since("2024-10-01.at-2024-11-25.yml") else {
        return;
    };
    assert_eq!(
        (&report["verdict"], &report["semver"]),
        (&"breaking".into(), &"major".into())
    );
    assert_changes(
        &changes,
        &[
            "breaking CreateSignInToken request body: `expires_in_seconds`: `minimum: 1` added",
            "breaking CreateSignInToken request body: `user_id`: `required: true` added",
            "breaking CreateSignInToken request body: property `org_id` added",
            "breaking CreateSignInToken response 404, response 422: `errors[]`: property `clerk_trace_id` removed",
            "breaking RevokeSignInToken response 400, response 404: `errors[]`: property `clerk_trace_id` removed",
            "compatible CreateSignInToken error response `403` added",
            "compatible CreateSignInToken request body: `expires_in_seconds`: `nullable: true` added",
            "compatible CreateSignInToken request body: `required: true` removed",
            "compatible CreateSignInToken response 404, response 422: `errors[].meta`: `additionalProperties: true` added",
            "compatible CreateSignInToken response 404, response 422: `meta`: `additionalProperties: true` added",
            "compatible CreateSignInToken response 404, response 422: property `clerk_trace_id` added",
            "compatible RevokeSignInToken response 400, response 404: `errors[].meta`: `additionalProperties: true` added",
            "compatible RevokeSignInToken response 400, response 404: `meta`: `additionalProperties: true` added",
            "compatible RevokeSignInToken response 400, response 404: property `clerk_trace_id` added",
            "docs CreateSignInToken descriptions, titles, tags, examples or `x-` keys changed",
            "docs RevokeSignInToken descriptions, titles, tags, examples or `x-` keys changed",
        ],
    );
}
