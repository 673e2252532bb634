//! `cargo xtask codegen`: contract + overlay → `clerk-api/src/generated/`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;

use crate::files::{self, Mode, Outcome};
use crate::generate;
use crate::openapi::problem::Problem;
use crate::openapi::{lint, overlay};
use crate::paths::GENERATED;
use crate::verdict::Verdict;

/// The options of `cargo xtask codegen`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; print what would change, and exit with 1 if something would.
    #[arg(long)]
    check: bool,
}

/// Generates all files, and writes them or compares them with what is there.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<Verdict> {
    let mode = if arguments.check {
        Mode::Check
    } else {
        Mode::Write
    };
    let merged = overlay::merged(root)?;
    warn(&lint::undocumented(&merged));
    let mut verdict = Verdict::Agrees;
    for (path, outcome) in write_or_check(root, &merged, mode)? {
        match outcome {
            Outcome::Unchanged => {}
            Outcome::Written => println!("written: {}", path.display()),
            Outcome::Stale { diff } => {
                println!("{diff}");
                eprintln!("stale: {}", path.display());
                verdict = Verdict::Differs {
                    next: "cargo xtask codegen".to_owned(),
                };
            }
        }
    }
    Ok(verdict)
}

/// Warns of what does not stop generation, at most ten times.
fn warn(problems: &[Problem]) {
    const SHOWN: usize = 10;
    for problem in problems.iter().take(SHOWN) {
        eprintln!("warning: {problem}");
    }
    if problems.len() > SHOWN {
        eprintln!("warning: and {} more", problems.len() - SHOWN);
    }
}

/// Every generated file, with what became of it.
fn write_or_check(root: &Path, merged: &Value, mode: Mode) -> Result<Vec<(PathBuf, Outcome)>> {
    let files = generate::files(merged)?;
    let directory = root.join(GENERATED);
    files
        .iter()
        .map(|(name, text)| {
            let path = directory.join(name);
            let outcome = files::write_or_check(&path, text, mode)?;
            Ok((path, outcome))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    #[test]
    fn all_that_is_generated_is_documented() {
        let problems = lint::undocumented(&overlay::merged(repository()).unwrap());
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(texts.is_empty(), "{}", texts.join("\n"));
    }

    /// What CI relies on: code that is out of date with the contract or the overlay fails the tests.
    #[test]
    fn the_generated_code_is_up_to_date() {
        let merged = overlay::merged(repository()).unwrap();
        for (path, outcome) in write_or_check(repository(), &merged, Mode::Check).unwrap() {
            if let Outcome::Stale { diff } = outcome {
                panic!(
                    "{} is stale:\n{diff}\nrun: cargo xtask codegen",
                    path.display()
                );
            }
        }
    }
}
