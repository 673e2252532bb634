//! This repository's own `openapi/`. Nothing here depends on the operations that it has.

use std::fs;

use serde_json::Value;

use super::{Scratch, root, shared};

const CONTRACT: &str = "openapi/sign-in-tokens.yml";

/// A copy of `openapi/`, the contract in it, and the name of a document of its API version.
fn real() -> (Scratch, Value, String) {
    let scratch = Scratch::new();
    for name in [CONTRACT, "openapi/overlay.yml", "openapi/upstream.toml"] {
        scratch.write(name, fs::read(root().join(name)).unwrap());
    }
    let contract: Value = yaml_serde::from_str(&scratch.text(CONTRACT)).unwrap();
    let name = format!("{}.yml", contract["info"]["version"].as_str().unwrap());
    (scratch, contract, name)
}

#[test]
fn a_sync_leaves_the_contract_as_it_is() {
    let (scratch, contract, name) = real();
    scratch.write(&name, contract.to_string());
    let before = scratch.text(CONTRACT);
    scratch.succeed(&["sync", "--from", &name]);
    assert_eq!(scratch.text(CONTRACT), before);
    let report = scratch.json(0, &name, &["--fail-on", "docs"]);
    let operations = before.matches(" operationId: ").count();
    assert_eq!(report["operations"].as_array().unwrap().len(), operations);
    scratch.succeed(&["spec"]);
}

#[test]
fn the_pinned_document_agrees() {
    let (scratch, _, name) = real();
    if let Some(directory) = shared("upstream/bapi") {
        let document = directory.join(name);
        scratch.report(0, document.to_str().unwrap(), &["--fail-on", "docs"]);
    }
}
