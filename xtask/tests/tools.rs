//! The tools as a person runs them: the built program, on scratch copies.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic fails the test"
)]

#[path = "tools/codegen.rs"]
mod codegen;
#[path = "tools/contributing.rs"]
mod contributing;
#[path = "tools/drift.rs"]
mod drift;
#[path = "tools/sync.rs"]
mod sync;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A repository with nothing but a contract, its overlay and the list of operations.
struct Scratch {
    directory: TempDir,
}

impl Scratch {
    /// A copy of the contract for tests.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let scratch = Self { directory };
        fs::create_dir(scratch.path("openapi")).unwrap();
        fs::create_dir_all(scratch.path("clerk-api/src/generated")).unwrap();
        for name in ["sign-in-tokens.yml", "overlay.yml", "upstream.toml"] {
            scratch.write(
                &format!("openapi/{name}"),
                fs::read(fixture(&format!("contract/{name}"))).unwrap(),
            );
        }
        scratch
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
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

    /// A run that must succeed; gives what it prints on standard error.
    #[track_caller]
    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let message = standard_error(&output);
        assert_eq!(output.status.code(), Some(0), "{message}");
        message
    }

    /// A run that must end with exit code 2, all parts in its message, and the command to run in its last line.
    #[track_caller]
    fn fail(&self, arguments: &[&str], parts: &[&str]) -> String {
        let output = self.run(arguments);
        let message = standard_error(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        for part in parts {
            assert!(message.contains(part), "no {part:?} in: {message}");
        }
        let last = message.lines().last().unwrap_or_default();
        let command = format!("run: cargo xtask {}", arguments.join(" "));
        assert!(last.ends_with(&command), "{message}");
        message
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn fixture(name: &str) -> PathBuf {
    root().join("xtask/tests/fixtures").join(name)
}

fn read(path: &Path) -> Value {
    yaml_serde::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A file beside the repository that not everybody has; says so if it is not there.
fn shared(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(name);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn standard_error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
