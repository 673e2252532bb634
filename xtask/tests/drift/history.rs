//! What really changed: the older documents against the contract of today.

use serde_json::Value;

use super::{NAME, Scratch, root, standard_error};

/// The changes from an older document to the one that the contract is cut from, as `class operation message`.
fn changes_since(older: &str) -> Option<(Value, Vec<String>)> {
    let documents = root().join("../shared/upstream/bapi");
    if !documents.is_dir() {
        println!("skipped: {} is not there", documents.display());
        return None;
    }
    let scratch = Scratch::new();
    let file = |name: &str| documents.join(name).to_str().unwrap().to_owned();
    let output = scratch.run(&["sync", "--from", &file(older)]);
    assert!(output.status.success(), "{}", standard_error(&output));
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

#[test]
fn since_2025_11_10() {
    let Some((report, changes)) = changes_since("2025-11-10.at-2025-11-08.yml") else {
        return;
    };
    assert_eq!(report["verdict"], "compatible");
    assert_eq!(report["source"]["contract"]["api_version"], "2025-11-10");
    assert_changes(
        &changes,
        &[
            "compatible CreateSignInToken request body: new optional part `org_id`",
            "compatible CreateSignInToken response 403: new error status",
            "compatible CreateSignInToken response 404, response 422: `errors[].meta`: opened: any further parts are allowed, and it says so",
            "compatible CreateSignInToken response 404, response 422: `meta`: opened: any further parts are allowed, and it says so",
            "compatible RevokeSignInToken response 400, response 404: `errors[].meta`: opened: any further parts are allowed, and it says so",
            "compatible RevokeSignInToken response 400, response 404: `meta`: opened: any further parts are allowed, and it says so",
            "docs CreateSignInToken words changed (descriptions, titles, tags, examples or `x-` keys)",
        ],
    );
    let effects: Vec<&str> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|change| change["effect"].as_str())
        .collect();
    assert!(
        effects
            .iter()
            .any(|effect| effect.contains("a new builder method `org_id`")),
        "{effects:#?}"
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
            "breaking CreateSignInToken request body: `user_id` is required from now on",
            "breaking CreateSignInToken request body: `expires_in_seconds`: narrowed: `minimum` changed from none to `1`",
            "breaking CreateSignInToken response 404, response 422: `errors[]`: part `clerk_trace_id` is gone",
            "breaking RevokeSignInToken response 400, response 404: `errors[]`: part `clerk_trace_id` is gone",
            "compatible CreateSignInToken request body: is no longer marked as required",
            "compatible CreateSignInToken request body: new optional part `org_id`",
            "compatible CreateSignInToken request body: `expires_in_seconds`: may now be null",
            "compatible CreateSignInToken response 403: new error status",
            "compatible CreateSignInToken response 404, response 422: new part `clerk_trace_id`",
            "compatible CreateSignInToken response 404, response 422: `errors[].meta`: opened: any further parts are allowed, and it says so",
            "compatible CreateSignInToken response 404, response 422: `meta`: opened: any further parts are allowed, and it says so",
            "compatible RevokeSignInToken response 400, response 404: new part `clerk_trace_id`",
            "compatible RevokeSignInToken response 400, response 404: `errors[].meta`: opened: any further parts are allowed, and it says so",
            "compatible RevokeSignInToken response 400, response 404: `meta`: opened: any further parts are allowed, and it says so",
            "docs CreateSignInToken words changed (descriptions, titles, tags, examples or `x-` keys)",
            "docs RevokeSignInToken words changed (descriptions, titles, tags, examples or `x-` keys)",
        ],
    );
}
