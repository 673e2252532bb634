//! `cargo xtask drift` as a person or a workflow runs it.

#[path = "drift/history.rs"]
mod history;
#[path = "drift/output.rs"]
mod output;
#[path = "drift/real.rs"]
mod real;
#[path = "drift/trouble.rs"]
mod trouble;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use super::{Scratch, fixture, root, shared, standard_error};

/// The name of the document that a scratch repository's contract was cut from.
const NAME: &str = "2026-05-12.yml";

impl Scratch {
    /// A copy whose contract was cut from [`document`].
    fn synced() -> Self {
        let scratch = Self::new();
        scratch.write(NAME, document());
        scratch.succeed(&["sync", "--from", NAME]);
        scratch
    }

    fn drift(&self, against: &str, more: &[&str]) -> Output {
        self.run(&[&["drift", "--against", against], more].concat())
    }

    /// The text report. The exit code must be this one, and a failure must end with the command to run next.
    #[track_caller]
    fn report(&self, code: i32, against: &str, more: &[&str]) -> String {
        let output = self.drift(against, more);
        let report = String::from_utf8(output.stdout.clone()).unwrap();
        let errors = standard_error(&output);
        assert_eq!(output.status.code(), Some(code), "{report}\n{errors}");
        let is_right = match code {
            0 => errors.is_empty(),
            _ => errors.starts_with("run: cargo xtask sync --from "),
        };
        assert!(is_right, "{errors}");
        report
    }

    /// The JSON report.
    #[track_caller]
    fn json(&self, code: i32, against: &str, more: &[&str]) -> Value {
        let more = [&["--format", "json"], more].concat();
        serde_json::from_str(&self.report(code, against, &more)).unwrap()
    }

    /// Writes the document with replacements.
    #[track_caller]
    fn write_document(&self, name: &str, replacements: &[(&str, &str)]) {
        let mut text = document();
        for (from, to) in replacements {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        self.write(name, text);
    }

    /// Changes the list of operations.
    #[track_caller]
    fn edit_list(&self, from: &str, to: &str) {
        let list = self.text("openapi/upstream.toml");
        assert!(list.contains(from), "{list}");
        self.write("openapi/upstream.toml", list.replacen(from, to, 1));
    }

    /// Everything in it, to see that nothing is written.
    fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let directories = ["", "openapi"].iter();
        let entries = directories.flat_map(|name| fs::read_dir(self.path(name)).unwrap());
        let paths = entries.map(|entry| entry.unwrap().path());
        let files = paths.filter(|path| path.is_file());
        let files = files.map(|path| (path.clone(), fs::read(path).unwrap()));
        let mut files: Vec<_> = files.collect();
        files.sort();
        files
    }
}

/// A document that the contract could be cut from: the contract, with words of ours.
fn document() -> String {
    let contract = fs::read_to_string(fixture("contract/sign-in-tokens.yml")).unwrap();
    let id = "      operationId: CreateSignInToken\n";
    contract.replacen(id, &format!("{id}      description: Makes a token.\n"), 1)
}
