//! The dependency rules: which of our packages may depend on which, and what `clerk-api` must never compile.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::DocumentMut;

use super::{none, read};

/// The crates of the lock file with all that they depend on: all features, all platforms, dependencies of tests too.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let lock: DocumentMut = read("Cargo.lock").parse().unwrap();
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for package in lock["package"].as_array_of_tables().unwrap() {
        let name = package["name"].as_str().unwrap().to_owned();
        let list = package.get("dependencies").and_then(|list| list.as_array());
        let names = list
            .into_iter()
            .flatten()
            .map(|text| text.as_str().unwrap());
        let names = names.map(|text| text.split(' ').next().unwrap().to_owned());
        found.entry(name).or_default().extend(names);
    }
    found
}

#[test]
fn our_packages_follow_the_dependency_rules() {
    let dependencies = dependencies();
    let mut problems = Vec::new();
    for (package, forbidden) in [
        (
            "clerk-api",
            &["clerk-api-tests", "progenitor", "progenitor-impl", "xtask"][..],
        ),
        ("clerk-api-tests", &["xtask"]),
        ("xtask", &["clerk-api", "clerk-api-tests"]),
    ] {
        let mut reached = BTreeSet::new();
        let mut next = vec![package];
        while let Some(name) = next.pop() {
            if reached.insert(name) {
                next.extend(dependencies[name].iter().map(String::as_str));
            }
        }
        assert!(reached.len() > 10, "{reached:?}");
        let reached = forbidden.iter().filter(|name| reached.contains(*name));
        problems.extend(reached.map(|name| {
            format!("{package} depends on {name}: see ARCHITECTURE.md, \"Dependency rules\"")
        }));
    }
    none(&problems);
}
