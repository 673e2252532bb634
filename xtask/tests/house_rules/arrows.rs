//! Who may depend on whom. From the manifests and the lock file: neither needs a network, and the lock file has every
//! feature and every platform.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use toml_edit::DocumentMut;

use super::{none, read, root};

/// The only arrows between our packages.
const ARROWS: [(&str, &str); 2] = [
    // For its own examples.
    ("clerk-api", "clerk-api"),
    ("clerk-api-tests", "clerk-api"),
];

/// Crates that only some may link directly, as deny.toml has it.
const LINKED_BY: [(&str, &[&str]); 3] = [
    (
        "reqwest",
        &["clerk-api", "clerk-api-tests", "progenitor-client", "xtask"],
    ),
    ("progenitor", &["xtask"]),
    ("progenitor-impl", &["progenitor"]),
];

/// What `clerk-api` must not reach, not even by its own tests.
const NEVER_BELOW: [&str; 3] = ["progenitor", "progenitor-impl", "xtask"];

/// The workspace's packages with their direct dependencies, of all kinds.
fn manifests() -> Vec<(String, Vec<String>)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let dependencies = dependencies.map(|dependency| text(&dependency["name"]));
            (text(&package["name"]), dependencies.collect())
        })
        .collect()
}

/// The lock file: each crate's name with the names of those it links. Versions are left out.
fn lock() -> BTreeMap<String, BTreeSet<String>> {
    let document: DocumentMut = read("Cargo.lock").parse().unwrap();
    let mut links = BTreeMap::<String, BTreeSet<String>>::new();
    for package in document["package"].as_array_of_tables().unwrap() {
        let name = package["name"].as_str().unwrap().to_owned();
        let dependencies = package.get("dependencies").and_then(|list| list.as_array());
        let names = dependencies.into_iter().flatten().map(|dependency| {
            let text = dependency.as_str().unwrap();
            text.split(' ').next().unwrap().to_owned()
        });
        links.entry(name).or_default().extend(names);
    }
    links
}

#[test]
fn our_packages_depend_on_each_other_only_as_the_arrow_law_has_it() {
    let packages = manifests();
    let ours: Vec<&String> = packages.iter().map(|(name, _)| name).collect();
    assert!(ours.len() >= 3, "{ours:?}");
    let mut problems = Vec::new();
    for (package, dependencies) in &packages {
        for dependency in dependencies.iter().filter(|name| ours.contains(name)) {
            if !ARROWS.contains(&(package.as_str(), dependency.as_str())) {
                problems.push(format!("{package} must not depend on {dependency}: see ARCHITECTURE.md, \"The arrow law\""));
            }
        }
    }
    none(&problems);
}

#[test]
fn nothing_of_the_generator_is_below_clerk_api() {
    let links = lock();
    let mut reached = BTreeSet::new();
    let mut next = vec!["clerk-api".to_owned()];
    while let Some(name) = next.pop() {
        next.extend(
            links[&name]
                .iter()
                .filter(|name| !reached.contains(*name))
                .cloned(),
        );
        reached.insert(name);
    }
    assert!(
        reached.contains("progenitor-client"),
        "the walk found nothing"
    );
    for name in NEVER_BELOW {
        assert!(!reached.contains(name), "clerk-api reaches {name}");
    }
}

#[test]
fn only_those_that_may_link_reqwest_and_progenitor() {
    let mut problems = Vec::new();
    for (name, may) in LINKED_BY {
        for (package, links) in lock() {
            if links.contains(name) && !may.contains(&package.as_str()) {
                problems.push(format!("{package} must not link {name}: see deny.toml"));
            }
        }
    }
    none(&problems);
}

#[test]
fn deny_toml_says_the_same() {
    let document: DocumentMut = read("deny.toml").parse().unwrap();
    let mut said = BTreeMap::new();
    for entry in document["bans"]["deny"].as_array().unwrap() {
        let entry = entry.as_inline_table().unwrap();
        let wrappers = entry["wrappers"].as_array().unwrap().iter();
        let wrappers: Vec<String> = wrappers
            .map(|wrapper| wrapper.as_str().unwrap().to_owned())
            .collect();
        said.insert(entry["crate"].as_str().unwrap().to_owned(), wrappers);
    }
    let ours: BTreeMap<String, Vec<String>> = LINKED_BY
        .iter()
        .map(|(name, may)| {
            let may = may.iter().map(|name| (*name).to_owned());
            ((*name).to_owned(), may.collect())
        })
        .collect();
    assert_eq!(said, ours);
}
