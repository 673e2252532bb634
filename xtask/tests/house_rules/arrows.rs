//! Which of our packages may depend on which, and what `clerk-api` must never compile. `deny.toml` says who may link
//! reqwest and progenitor.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::DocumentMut;

use super::read;

/// The crates of the lock file, each with those that it links: all features, all platforms, dependencies of tests too.
fn links() -> BTreeMap<String, BTreeSet<String>> {
    let lock: DocumentMut = read("Cargo.lock").parse().unwrap();
    let mut links = BTreeMap::<String, BTreeSet<String>>::new();
    for package in lock["package"].as_array_of_tables().unwrap() {
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
    let links = links();
    let ours = ["clerk-api", "clerk-api-tests", "xtask"];
    for (package, allowed) in ours.iter().zip([
        // For its own examples.
        &["clerk-api"][..],
        &["clerk-api"],
        &[],
    ]) {
        let own = links[*package].iter().map(String::as_str);
        let own: Vec<&str> = own.filter(|name| ours.contains(name)).collect();
        assert!(
            own.iter().all(|name| allowed.contains(name)),
            "{package} depends on {own:?}: see ARCHITECTURE.md, \"Dependency rules\""
        );
    }
}

#[test]
fn nothing_of_the_generator_is_below_clerk_api() {
    let links = links();
    let mut reached = BTreeSet::new();
    let mut next = vec!["clerk-api"];
    while let Some(name) = next.pop() {
        if reached.insert(name) {
            next.extend(links[name].iter().map(String::as_str));
        }
    }
    assert!(reached.contains("progenitor-client"), "{reached:?}");
    for name in ["progenitor", "progenitor-impl", "xtask"] {
        assert!(!reached.contains(name), "clerk-api reaches {name}");
    }
}
