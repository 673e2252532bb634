//! `cargo xtask drift` as a person or a workflow runs it: the built program, on scratch copies.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic fails the test"
)]

#[path = "drift/history.rs"]
mod history;
#[path = "drift/output.rs"]
mod output;
#[path = "drift/real.rs"]
mod real;
#[path = "drift/trouble.rs"]
mod trouble;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The name of the document that a scratch repository's contract was cut from.
const NAME: &str = "2026-05-12.yml";

/// A repository with nothing but `openapi/`.
struct Scratch {
    directory: TempDir,
}

impl Scratch {
    /// A copy of the contract for tests, before any sync.
    fn new() -> Self {
        Self::of(&fixture())
    }

    /// A copy of another folder's contract, overlay and list.
    fn of(contract: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let scratch = Self { directory };
        fs::create_dir(scratch.path("openapi")).unwrap();
        for name in ["sign-in-tokens.yml", "overlay.yml", "upstream.toml"] {
            let copy = scratch.path("openapi").join(name);
            fs::copy(contract.join(name), copy).unwrap();
        }
        scratch
    }

    /// A copy whose contract was cut from [`document`].
    fn synced() -> Self {
        let scratch = Self::new();
        scratch.write(NAME, document());
        let output = scratch.run(&["sync", "--from", NAME]);
        assert!(output.status.success(), "{}", standard_error(&output));
        scratch
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path(name), contents).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .current_dir(self.directory.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    fn drift(&self, against: &str, more: &[&str]) -> Output {
        self.run(&[&["drift", "--against", against], more].concat())
    }

    /// Writes the document with replacements, and compares with it.
    fn drift_after(&self, replacements: &[(&str, &str)], more: &[&str]) -> Output {
        let mut text = document();
        for (from, to) in replacements {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        self.write(NAME, text);
        self.drift(NAME, more)
    }

    /// Changes the list of operations.
    #[track_caller]
    fn edit_list(&self, from: &str, to: &str) {
        let path = self.path("openapi/upstream.toml");
        let list = fs::read_to_string(&path).unwrap();
        assert!(list.contains(from), "{list}");
        fs::write(path, list.replacen(from, to, 1)).unwrap();
    }

    /// Everything in it, to see that nothing is written.
    fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<PathBuf> = ["", "openapi"]
            .iter()
            .flat_map(|directory| fs::read_dir(self.path(directory)).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        files
            .into_iter()
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    }
}

/// A document that the contract could be cut from: the contract, with words of ours.
fn document() -> String {
    let contract = fs::read_to_string(fixture().join("sign-in-tokens.yml")).unwrap();
    contract.replacen(
        "      operationId: CreateSignInToken\n",
        "      operationId: CreateSignInToken\n      description: Makes a token.\n",
        1,
    )
}

/// The contract for tests.
fn fixture() -> PathBuf {
    root().join("xtask/tests/fixtures/contract")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn standard_output(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn standard_error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
