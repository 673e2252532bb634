//! This repository's own `openapi/`. Nothing here depends on the operations that it has.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use toml_edit::DocumentMut;

use super::{Scratch, root, shared};

/// A copy of `openapi/`, the contract in it, and the operations that are listed.
fn real() -> (Scratch, Value, BTreeSet<String>) {
    let scratch = Scratch::new();
    for name in ["sign-in-tokens.yml", "overlay.yml", "upstream.toml"] {
        let name = format!("openapi/{name}");
        scratch.write(&name, fs::read(root().join(&name)).unwrap());
    }
    let contract = yaml_serde::from_str(&scratch.text("openapi/sign-in-tokens.yml")).unwrap();
    let record: DocumentMut = scratch.text("openapi/upstream.toml").parse().unwrap();
    let listed = record["operations"].as_array().unwrap().iter();
    let listed = listed.map(|id| id.as_str().unwrap().to_owned()).collect();
    (scratch, contract, listed)
}

/// The name of a document of the contract's API version.
fn name(contract: &Value) -> String {
    format!("{}.json", contract["info"]["version"].as_str().unwrap())
}

#[test]
fn a_sync_leaves_the_contract_as_it_is() {
    let (scratch, contract, listed) = real();
    let name = name(&contract);
    scratch.write(&name, contract.to_string());
    let before = scratch.text("openapi/sign-in-tokens.yml");
    scratch.succeed(&["sync", "--from", &name]);
    assert_eq!(scratch.text("openapi/sign-in-tokens.yml"), before);
    let report = scratch.report(0, &name, &["--fail-on", "docs"]);
    for operation in listed {
        assert!(report.contains(&operation), "no {operation} in: {report}");
    }
    scratch.succeed(&["spec"]);
}

#[test]
fn a_document_without_them_breaks_every_operation() {
    let (scratch, mut contract, listed) = real();
    let name = name(&contract);
    contract["paths"] = json!({});
    scratch.write(&name, contract.to_string());
    let report = scratch.json(1, &name, &[]);
    let changes = report["changes"].as_array().unwrap().iter();
    let broken = changes.filter(|change| change["class"] == "breaking");
    let broken = broken.map(|change| change["operation"].as_str().unwrap().to_owned());
    assert_eq!(broken.collect::<BTreeSet<String>>(), listed);
}

#[test]
fn the_pinned_document_agrees() {
    let (scratch, contract, _) = real();
    if let Some(directory) = shared("upstream/bapi") {
        let document = directory.join(name(&contract)).with_extension("yml");
        scratch.report(0, document.to_str().unwrap(), &["--fail-on", "docs"]);
    }
}
