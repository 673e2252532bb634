//! This repository's own `openapi/`. Nothing here goes by the operations that it has.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use toml_edit::DocumentMut;

use super::{Scratch, root, shared, standard_error, standard_output};

/// A copy of `openapi/`, the contract in it, and the operations that are listed.
fn real() -> (Scratch, Value, BTreeSet<String>) {
    let scratch = Scratch::new();
    for name in ["sign-in-tokens.yml", "overlay.yml", "upstream.toml"] {
        let name = format!("openapi/{name}");
        scratch.write(&name, std::fs::read(root().join(&name)).unwrap());
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
fn the_contract_is_what_a_sync_makes_of_it() {
    let (scratch, contract, listed) = real();
    let name = name(&contract);
    scratch.write(&name, contract.to_string());
    let output = scratch.run(&["sync", "--from", &name]);
    let said = standard_output(&output);
    assert!(output.status.success(), "{}", standard_error(&output));
    assert!(
        said.contains("openapi/sign-in-tokens.yml: unchanged"),
        "{said}"
    );

    let output = scratch.drift(&name, &["--fail-on", "docs"]);
    let said = standard_output(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for operation in listed {
        assert!(said.contains(&operation), "no {operation} in: {said}");
    }

    let output = scratch.run(&["spec"]);
    assert!(output.status.success(), "{}", standard_error(&output));
}

#[test]
fn a_document_without_them_breaks_every_operation() {
    let (scratch, mut contract, listed) = real();
    let name = name(&contract);
    contract["paths"] = json!({});
    scratch.write(&name, contract.to_string());
    let output = scratch.drift(&name, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", standard_error(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes = report["changes"].as_array().unwrap().iter();
    let broken = changes.filter(|change| change["class"] == "breaking");
    let broken: BTreeSet<String> = broken
        .map(|change| change["operation"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(broken, listed);
}

#[test]
fn the_pinned_document_agrees() {
    let (scratch, contract, _) = real();
    let Some(directory) = shared("upstream/bapi") else {
        return;
    };
    let document = directory.join(name(&contract)).with_extension("yml");
    let output = scratch.drift(document.to_str().unwrap(), &["--fail-on", "docs"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        standard_output(&output)
    );
}
