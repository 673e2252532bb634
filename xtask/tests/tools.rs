//! Runs the built program on temporary repositories.

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

use serde_json::{Map, Value};
use tempfile::TempDir;

/// A temporary repository with a contract, its overlay and the list of operations.
struct Scratch {
    directory: TempDir,
}

impl Scratch {
    /// A repository with the contract for tests.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let scratch = Self { directory };
        fs::create_dir(scratch.path("openapi")).unwrap();
        fs::create_dir_all(scratch.path("clerk-api/src/generated")).unwrap();
        for name in ["sign-in-tokens.yml", "overlay.yml", "upstream.toml"] {
            let contents = fs::read(fixture(&format!("contract/{name}"))).unwrap();
            scratch.write(&format!("openapi/{name}"), contents);
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

    /// Runs a command that must succeed. Returns what it prints to standard error.
    #[track_caller]
    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let message = standard_error(&output);
        assert_eq!(output.status.code(), Some(0), "{message}");
        message
    }

    /// Runs a command that must exit with code 2, print all parts, and end with the command to run next.
    #[track_caller]
    fn fail(&self, arguments: &[&str], parts: &[&str]) -> String {
        let output = self.run(arguments);
        let message = standard_error(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert_contains(&message, parts);
        let last = message.lines().last().unwrap_or_default();
        let command = format!("run: cargo xtask {}", arguments.join(" "));
        assert!(last.ends_with(&command), "{message}");
        message
    }
}

/// A row of a table: a document with which a command must fail.
#[derive(serde::Deserialize)]
struct Case {
    name: String,
    /// The values to set in the document, by JSON pointer.
    set: Map<String, Value>,
    /// Parts of the message.
    says: Vec<String>,
    says_not: Option<String>,
}

/// Checks the message for each document of a table. Variables such as `$BODY` are replaced in it.
fn check_table(
    table: &str,
    variables: &[(&str, &str)],
    document: &Value,
    message: impl Fn(&Value) -> String,
) {
    let replace = |table: String, (name, place): &(&str, &str)| table.replace(name, place);
    let table = variables.iter().fold(table.to_owned(), replace);
    for case in yaml_serde::from_str::<Vec<Case>>(&table).unwrap() {
        println!("{}", case.name);
        let message = message(&edited(document, &case.set));
        assert_contains(&message, &case.says);
        let says_not = case.says_not.as_ref();
        assert!(
            says_not.is_none_or(|part| !message.contains(part)),
            "{message}"
        );
    }
}

/// A document with these values set.
fn edited(document: &Value, edits: &Map<String, Value>) -> Value {
    let mut document = document.clone();
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key.replace("~1", "/")] = value.clone();
    }
    document
}

#[track_caller]
fn assert_contains(text: &str, parts: &[impl AsRef<str>]) {
    for part in parts.iter().map(AsRef::as_ref) {
        assert!(text.contains(part), "no {part:?} in: {text}");
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

/// The text with all white space as single spaces.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A file beside the repository, if it exists.
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
