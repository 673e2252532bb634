//! The ways to create a sign-in token that are compared: what each depends on, and its program.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml_edit::{Array, DocumentMut, InlineTable, Value};

/// A way to create a token.
#[derive(Clone, Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Whether the others are measured by it.
    pub(crate) is_base: bool,
    /// Whether the targets are for it.
    pub(crate) is_judged: bool,
    /// Its dependencies, each as it stands in a manifest.
    pub(crate) dependencies: Vec<(&'static str, InlineTable)>,
    /// Its function `create`.
    pub(crate) program: &'static str,
}

const CLERK_API: &str = include_str!("programs/clerk_api.rs");
const CLERK_API_RING: &str = include_str!("programs/clerk_api_ring.rs");
const CLERK_RS: &str = include_str!("programs/clerk_rs.rs");
const PLAIN_REQWEST: &str = include_str!("programs/plain_reqwest.rs");

/// All of them. What they link of their own is as this workspace has it.
pub(crate) fn all(root: &Path) -> Result<Vec<Contender>> {
    let path = root.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let manifest: DocumentMut = text
        .parse()
        .with_context(|| format!("{} can't be read", path.display()))?;
    let shared = |name: &'static str, features: &[&str]| -> Result<(&'static str, InlineTable)> {
        Ok((
            name,
            with_features(of_workspace(&manifest, name)?, features),
        ))
    };
    let runtime = shared("tokio", &["rt"])?;
    let clerk_api = |features: &[&str]| {
        let mut entry = InlineTable::new();
        entry.insert("path", root.join("clerk-api").display().to_string().into());
        entry.insert("default-features", false.into());
        ("clerk-api", with_features(entry, features))
    };
    let published = |name: &'static str, version: &str| {
        let mut entry = InlineTable::new();
        entry.insert("version", version.into());
        (name, entry)
    };
    let mut rustls = published("rustls", "0.23");
    rustls.1.insert("default-features", false.into());
    rustls.1 = with_features(rustls.1, &["ring", "std", "tls12"]);

    let ours = |name, features: &[&str]| Contender {
        name,
        is_base: false,
        is_judged: false,
        dependencies: vec![clerk_api(features), runtime.clone()],
        program: CLERK_API,
    };
    Ok(vec![
        Contender {
            is_base: true,
            dependencies: vec![
                shared("reqwest", &["rustls"])?,
                shared("serde", &[])?,
                shared("serde_json", &[])?,
                runtime.clone(),
            ],
            program: PLAIN_REQWEST,
            ..ours("plain reqwest", &[])
        },
        Contender {
            is_judged: true,
            ..ours("clerk-api", &["default"])
        },
        Contender {
            dependencies: vec![published("clerk-rs", "=0.5.0"), runtime.clone()],
            program: CLERK_RS,
            ..ours("clerk-rs 0.5.0", &[])
        },
        ours("clerk-api, native-tls", &["native-tls"]),
        Contender {
            dependencies: vec![
                clerk_api(&[]),
                shared("reqwest", &["rustls-no-provider"])?,
                rustls,
                runtime.clone(),
            ],
            program: CLERK_API_RING,
            ..ours("clerk-api, rustls with ring", &[])
        },
        ours("clerk-api, no TLS", &[]),
    ])
}

/// What the workspace says of a dependency.
fn of_workspace(manifest: &DocumentMut, name: &str) -> Result<InlineTable> {
    let dependencies = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    let entry = dependencies.and_then(|dependencies| dependencies.get(name)?.as_value());
    match entry {
        Some(Value::InlineTable(entry)) => Ok(entry.clone()),
        Some(version) => Ok([("version", version.clone())].into_iter().collect()),
        None => anyhow::bail!("the workspace has no dependency `{name}`"),
    }
}

fn with_features(mut entry: InlineTable, features: &[&str]) -> InlineTable {
    let mut all = match entry.get("features").and_then(Value::as_array) {
        Some(known) => known.clone(),
        None => Array::new(),
    };
    all.extend(features.iter().copied());
    if !all.is_empty() {
        entry.insert("features", all.into());
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contenders_depend_on_what_the_workspace_has() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let contenders = all(root).unwrap();
        assert_eq!(
            contenders
                .iter()
                .filter(|contender| contender.is_base)
                .count(),
            1
        );
        let base = contenders
            .iter()
            .find(|contender| contender.is_base)
            .unwrap();
        let (_, reqwest) = base
            .dependencies
            .iter()
            .find(|(name, _)| *name == "reqwest")
            .unwrap();
        let features = reqwest["features"].as_array().unwrap();
        let features: Vec<&str> = features.iter().filter_map(Value::as_str).collect();
        assert!(
            features.contains(&"json") && features.ends_with(&["rustls"]),
            "{features:?}"
        );
        assert!(
            base.dependencies
                .iter()
                .all(|(name, _)| *name != "clerk-api")
        );
    }

    #[test]
    fn a_version_alone_becomes_a_table() {
        let manifest = "[workspace.dependencies]\na = \"1\"\n".parse().unwrap();
        let entry = with_features(of_workspace(&manifest, "a").unwrap(), &["b"]);
        assert_eq!(entry.to_string(), "{ version = \"1\", features = [\"b\"] }");
        assert!(of_workspace(&manifest, "c").is_err());
    }
}
