//! What has to agree before a release.

use toml_edit::DocumentMut;

use super::{read, root};

fn toml(path: &str) -> DocumentMut {
    read(path).parse().unwrap()
}

/// The version of `clerk-api`, wherever it stands.
fn version() -> String {
    let (package, workspace) = (toml("clerk-api/Cargo.toml"), toml("Cargo.toml"));
    let own = package["package"]["version"].as_str();
    let shared = workspace["workspace"]["package"]["version"].as_str();
    own.or(shared).unwrap().to_owned()
}

#[test]
fn the_version_names_the_api_version() {
    let upstream = toml("openapi/upstream.toml");
    let api_version = upstream["source"]["api_version"].as_str().unwrap();
    let version = version();
    let (_, metadata) = version.split_once('+').unwrap_or_default();
    assert_eq!(
        metadata, api_version,
        "Cargo.toml: version {version:?} ends with the API version, as `x.y.z+{api_version}`; the registry takes each x.y.z once"
    );
}

#[test]
fn the_changelog_has_a_place_for_what_is_next() {
    let changelog = read("CHANGELOG.md");
    assert!(
        changelog.contains("\n## [Unreleased]\n"),
        "CHANGELOG.md has no `## [Unreleased]`"
    );
}

#[test]
fn the_package_has_the_readme_and_the_licences() {
    for name in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        let packed = std::fs::read_to_string(root().join("clerk-api").join(name)).unwrap();
        assert_eq!(packed, read(name), "clerk-api/{name} is not {name}");
    }
}
