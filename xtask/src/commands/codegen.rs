//! `cargo xtask codegen`: generates `clerk-api/src/generated/` from the contract and the overlay.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::files;
use crate::generate;
use crate::openapi::{lint, overlay};
use crate::paths::GENERATED;
use crate::verdict::Verdict;

/// The options of `cargo xtask codegen`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing. Print what would change, and exit with 1 if anything would.
    #[arg(long)]
    check: bool,
}

/// Generates all files, and writes them or compares them with the existing ones.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<Verdict> {
    let merged = overlay::merged(root)?;
    for problem in lint::undocumented(&merged) {
        eprintln!("warning: {problem}");
    }
    let mut verdict = Verdict::Agrees;
    for (path, text, diff) in stale(root, &merged)? {
        let name = path.display();
        if arguments.check {
            println!("{diff}");
            eprintln!("stale: {name}");
            verdict = Verdict::Differs {
                next: "cargo xtask codegen".to_owned(),
            };
        } else {
            files::write(&path, &text)?;
            println!("written: {name}");
        }
    }
    Ok(verdict)
}

/// The generated files that have to be written, each with its text and the diff. Any other file in that directory is an
/// error, since it may be handwritten.
fn stale(root: &Path, merged: &Value) -> Result<Vec<(PathBuf, String, String)>> {
    let files = generate::files(merged)?;
    let directory = root.join(GENERATED);
    let entries = fs::read_dir(&directory);
    for entry in entries.with_context(|| format!("cannot read {}", directory.display()))? {
        let path = entry?.path();
        if !files.iter().any(|(name, _)| path.ends_with(name)) {
            bail!(
                "{}: not a file that `cargo xtask codegen` writes; move it out of {GENERATED} or remove it",
                path.display()
            );
        }
    }
    let mut stale = Vec::new();
    for (name, text) in files {
        let path = directory.join(name);
        if let Some(diff) = files::difference(&path, &text)? {
            stale.push((path, text, diff));
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CI relies on this: the tests fail if the generated code is out of date.
    #[test]
    fn the_generated_code_is_up_to_date_and_documented() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let merged = overlay::merged(root).unwrap();
        let undocumented = lint::undocumented(&merged).into_iter();
        let undocumented: Vec<String> = undocumented.map(|problem| problem.to_string()).collect();
        assert!(undocumented.is_empty(), "{}", undocumented.join("\n"));
        if let Some((path, _, diff)) = stale(root, &merged).unwrap().first() {
            let path = path.display();
            panic!("{path} is stale:\n{diff}\nrun: cargo xtask codegen");
        }
    }
}
