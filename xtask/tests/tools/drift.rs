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
        let list = self.text("openapi/upstream.toml");
        assert!(list.contains(from), "{list}");
        self.write("openapi/upstream.toml", list.replacen(from, to, 1));
    }

    /// Everything in it, to see that nothing is written.
    fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let directories = ["", "openapi"].iter();
        let mut files: Vec<PathBuf> = directories
            .flat_map(|directory| fs::read_dir(self.path(directory)).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        let files = files.into_iter();
        files
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    }
}

/// A document that the contract could be cut from: the contract, with words of ours.
fn document() -> String {
    let contract = fs::read_to_string(fixture("contract/sign-in-tokens.yml")).unwrap();
    contract.replacen(
        "      operationId: CreateSignInToken\n",
        "      operationId: CreateSignInToken\n      description: Makes a token.\n",
        1,
    )
}

fn standard_output(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
