//! Every feature of `clerk-api` is documented: where people choose it, and where they read the documentation.

use toml_edit::DocumentMut;

use super::{none, read};

#[test]
fn every_feature_is_documented() {
    let manifest: DocumentMut = read("clerk-api/Cargo.toml").parse().unwrap();
    let features = manifest["features"].as_table().unwrap();
    let features: Vec<&str> = features
        .iter()
        .map(|(name, _)| name)
        .filter(|name| *name != "default")
        .collect();
    assert!(!features.is_empty());
    let (readme, lib) = (read("README.md"), read("clerk-api/src/lib.rs"));
    let rows: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let items: Vec<&str> = lib
        .lines()
        .filter(|line| line.starts_with("//! - `"))
        .collect();
    let mut problems = Vec::new();
    for feature in &features {
        if !rows
            .iter()
            .any(|row| row.starts_with(&format!("| `{feature}` |")))
        {
            problems.push(format!(
                "README.md: the table of features has no row `{feature}`"
            ));
        }
        if !items
            .iter()
            .any(|item| item.starts_with(&format!("//! - `{feature}`")))
        {
            problems.push(format!(
                "clerk-api/src/lib.rs: \"# Features\" has no `{feature}`"
            ));
        }
    }
    none(&problems);
}
