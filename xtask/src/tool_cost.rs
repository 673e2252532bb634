//! `cargo xtask tool-cost`: what `sync`, `codegen` and `drift` take, by how many operations the contract has.

mod candidates;
mod case;
mod overlay;
mod report;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::measure::{self, Measured};
use crate::sync::UPSTREAM;
use crate::upstream::{self, Upstream};
use crate::{document, figures, source, spec};
use case::{Case, Step};
use report::Row;

/// How many operations; and then all.
const COUNTS: [usize; 3] = [1, 10, 100];

/// What `cargo xtask tool-cost` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The full upstream document to take operations from: a file, or an https URL.
    #[arg(long, value_name = "FILE|URL")]
    against: String,
    /// How often each is measured; the median counts.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

/// Measures, and prints a table.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let given = source::read(&arguments.against)?;
    upstream::api_version_of_name(&given.name)?;
    let full = document::parse_openapi(&given.bytes, &given.display)?;
    let ours = spec::overlay(root)?;
    let listed = Upstream::read(&root.join(UPSTREAM))?.operations;
    let candidates = candidates::find(&full, &ours, &listed)?;
    let all = candidates.usable.len();
    eprintln!("{all} operations can be generated");
    let xtask = release_build(root)?;

    let mut counts: Vec<usize> = COUNTS.into_iter().filter(|count| *count < all).collect();
    counts.push(all);
    let mut rows: Vec<Row> = Vec::new();
    for count in counts {
        let chosen = candidates.usable.get(..count).unwrap_or_default();
        let case = Case::new(&full, &given, &ours, chosen)?;
        let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); Step::ALL.len()];
        for _ in 0..arguments.rounds {
            let workspace = case.workspace()?;
            for (step, runs) in Step::ALL.into_iter().zip(&mut measured) {
                let command = case.arguments(step, workspace.path());
                runs.push(checked(&xtask, step, &command)?);
            }
        }
        let steps = Step::ALL.into_iter().zip(&measured);
        rows.extend(steps.map(|(step, runs)| Row::new(count, case.contract_bytes, step, runs)));
        eprintln!("{count} operations: done");
    }
    print!("{}", report::markdown(&rows, &candidates));
    let path = figures::write_json(root, "tool-cost.json", &report::json(&rows, &candidates))?;
    eprintln!("written: {}", path.display());
    Ok(())
}

/// Measures one run, which must end as it should.
fn checked(xtask: &OsStr, step: Step, command: &[OsString]) -> Result<Measured> {
    let command: Vec<&OsStr> = command.iter().map(OsString::as_os_str).collect();
    let measured = measure::measured(xtask, &command)?;
    if measured.exit_code != Some(step.exit_code()) {
        bail!(
            "{}: exit code {:?}, not {}: {}",
            step.name(),
            measured.exit_code,
            step.exit_code(),
            measured.last_words
        );
    }
    Ok(measured)
}

/// Builds this tool as it is when speed counts, and says where the program lies.
fn release_build(root: &Path) -> Result<OsString> {
    let output = Command::new("cargo")
        .args(["build", "--locked", "--release", "--package", "xtask"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo can't be run")?;
    if !output.status.success() {
        bail!("the release build of xtask failed");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let program = messages.lines().find_map(executable);
    program.context("cargo doesn't say where the release build of xtask lies")
}

/// The program that a line of cargo's messages tells of.
fn executable(line: &str) -> Option<OsString> {
    let message: Value = serde_json::from_str(line).ok()?;
    let path = message.get("executable")?.as_str()?;
    Some(path.into())
}

#[cfg(test)]
mod tests {
    use super::executable;

    #[test]
    fn cargo_says_where_a_program_lies() {
        let line =
            r#"{"reason":"compiler-artifact","target":{"name":"xtask"},"executable":"a/xtask"}"#;
        assert_eq!(executable(line), Some("a/xtask".into()));
        let library = r#"{"reason":"compiler-artifact","executable":null}"#;
        assert_eq!(executable(library), None);
        assert_eq!(executable("no JSON"), None);
    }
}
