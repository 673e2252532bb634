//! What really changed: the newest document against the older ones.

use serde_json::Value;

use super::{NAME, Scratch, shared};

/// Compares an older document with the one that the contract is cut from: the changes, as `class operation message`, and
/// the older document's API version.
#[track_caller]
fn assert_breaking(older: &str, expected: &[&str]) {
    let Some(documents) = shared("upstream/bapi") else {
        return;
    };
    let scratch = Scratch::new();
    let file = |name: &str| documents.join(name).to_str().unwrap().to_owned();
    scratch.succeed(&["sync", "--from", &file(older)]);
    let report = scratch.json(1, &file(NAME), &[]);
    assert_eq!(report["verdict"], "breaking");
    assert_eq!(report["semver"], "major");
    assert_eq!(report["source"]["contract"]["api_version"], older[..10]);
    let changes = report["changes"].as_array().unwrap().iter();
    let line = |change: &Value| {
        let keys = ["class", "operation", "message"];
        keys.map(|key| change[key].as_str().unwrap()).join(" ")
    };
    let mut found: Vec<String> = changes.map(line).collect();
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "{found:#?}");
}

/// `org_id` is a new field of a struct that callers may write as a literal: a new major version, though released clients
/// don't notice.
#[test]
fn since_2025_11_10() {
    assert_breaking(
        "2025-11-10.at-2025-11-08.yml",
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
    assert_breaking(
        "2024-10-01.at-2024-11-25.yml",
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
