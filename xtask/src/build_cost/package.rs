//! A contender as a package in a temporary directory, with all that it links fetched.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use toml_edit::{DocumentMut, Item};

use super::contender::Contender;

/// The name of the package and of its program.
pub(crate) const NAME: &str = "contender";

/// All but the dependencies. A workspace of its own, lest a directory above has one.
const MANIFEST: &str = "\
[package]
name = \"contender\"
version = \"0.0.0\"
edition = \"2024\"
publish = false

[dependencies]

[profile.release]
strip = true

[workspace]
";

const MAIN: &str = include_str!("programs/main.rs");

/// A package that is ready to be built.
#[derive(Debug)]
pub(crate) struct Package {
    directory: TempDir,
    /// What it links on this host, as `name version`; proc macros too, itself not.
    pub(crate) crates: BTreeSet<String>,
}

impl Package {
    /// Writes it, resolves it by the workspace's lock file, and fetches what it links.
    pub(crate) fn new(root: &Path, contender: &Contender, target: &str) -> Result<Self> {
        let directory = tempfile::tempdir().context("there is no room for temporary files")?;
        let files = [
            ("Cargo.toml", manifest(contender)?),
            ("src/main.rs", MAIN.to_owned()),
            ("src/create.rs", contender.program.to_owned()),
        ];
        fs::create_dir(directory.path().join("src")).context("there is no room for a package")?;
        for (name, text) in files {
            fs::write(directory.path().join(name), text)
                .with_context(|| format!("{name} can't be written"))?;
        }
        // Versions that it has are kept; what the contender doesn't link, cargo takes out.
        fs::copy(root.join("Cargo.lock"), directory.path().join("Cargo.lock"))
            .context("the workspace's lock file can't be copied")?;
        let package = Self {
            directory,
            crates: BTreeSet::new(),
        };
        if let Err(error) = package.cargo(&["fetch", "--target", target]) {
            // Without a network, what was fetched earlier may do.
            package
                .cargo(&["fetch", "--target", target, "--offline"])
                .map_err(|_| error.context("can't be resolved"))?;
        }
        let tree = [
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--locked",
            "--offline",
        ];
        let crates = crates(&package.cargo(&[&tree[..], &["--target", target]].concat())?);
        Ok(Self { crates, ..package })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(self.path())
            .output()
            .context("cargo can't be run")?;
        if !output.status.success() {
            bail!("{}", complaint(&String::from_utf8_lossy(&output.stderr)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn manifest(contender: &Contender) -> Result<String> {
    let mut manifest: DocumentMut = MANIFEST.parse().context("the manifest")?;
    for (name, entry) in &contender.dependencies {
        manifest["dependencies"][name] = Item::Value(entry.clone().into());
    }
    Ok(manifest.to_string())
}

/// The packages of `cargo tree --prefix none` but for the first, which is the root.
fn crates(tree: &str) -> BTreeSet<String> {
    let lines = tree.lines().filter(|line| !line.trim().is_empty());
    let packages = lines.skip(1).filter_map(|line| {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?, words.next()?);
        Some(format!("{name} {}", version.trim_start_matches('v')))
    });
    packages.collect()
}

/// The first error that cargo wrote, on one line.
pub(crate) fn complaint(text: &str) -> String {
    let is_error = |line: &&str| line.starts_with("error");
    let line = text.lines().find(is_error).or(text.lines().last());
    line.unwrap_or("cargo failed without a word").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_counts_once() {
        let tree = "\
contender v0.0.0 (/somewhere)
serde v1.0.228
serde_derive v1.0.228 (proc-macro)
serde v1.0.228 (*)
base64 v0.22.1
base64 v0.23.1

clerk-api v0.1.0+2026-05-12 (/somewhere/clerk-api)
";
        let expected = [
            "base64 0.22.1",
            "base64 0.23.1",
            "clerk-api 0.1.0+2026-05-12",
            "serde 1.0.228",
            "serde_derive 1.0.228",
        ];
        assert!(crates(tree).iter().eq(&expected), "{:?}", crates(tree));
    }

    #[test]
    fn the_first_error_is_told() {
        assert_eq!(
            complaint("   Updating\nerror: no such crate\nmore"),
            "error: no such crate"
        );
        assert_eq!(complaint("last words"), "last words");
    }

    #[test]
    fn a_manifest_has_the_dependencies() {
        let contender = Contender {
            name: "",
            is_base: false,
            is_judged: false,
            dependencies: vec![("a", [("version", "1")].into_iter().collect())],
            program: "",
        };
        let text = manifest(&contender).unwrap();
        assert!(
            text.contains("[dependencies]\na = { version = \"1\" }\n"),
            "{text}"
        );
        assert!(text.contains(&format!("name = \"{NAME}\"")), "{text}");
    }
}
