//! One command, measured from a process of its own: the system tells peak memory only of all children of a process
//! together, and counts that of the process that starts one as the child's.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::usage;

/// What `cargo xtask measure` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The program and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// A command that has run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// From its start to its end.
    pub(crate) seconds: f64,
    /// Nothing where the system doesn't tell.
    pub(crate) processor_seconds: Option<f64>,
    /// Nothing where the system doesn't tell.
    pub(crate) peak_bytes: Option<u64>,
    /// Nothing where a signal ended it.
    pub(crate) exit_code: Option<i32>,
    /// The last line that it wrote to standard error.
    pub(crate) last_words: String,
}

/// Runs the command, and prints what it took as JSON.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let (program, rest) = arguments
        .command
        .split_first()
        .context("there is no command to measure")?;
    let begun = Instant::now();
    let output = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("{} can't be run", program.display()))?;
    let seconds = begun.elapsed().as_secs_f64();
    let usage = usage::of_children();
    let complaints = String::from_utf8_lossy(&output.stderr);
    let measured = Measured {
        seconds,
        processor_seconds: usage.map(|usage| usage.processor.as_secs_f64()),
        peak_bytes: usage.map(|usage| usage.peak_bytes),
        exit_code: output.status.code(),
        last_words: complaints.lines().last().unwrap_or_default().to_owned(),
    };
    let text = serde_json::to_string(&measured).context("what was measured as JSON")?;
    println!("{text}");
    Ok(())
}

/// Has `xtask`, this program or another build of it, measure itself with these arguments.
pub(crate) fn measured(xtask: &OsStr, arguments: &[&OsStr]) -> Result<Measured> {
    let output = Command::new(xtask)
        .args([OsStr::new("measure"), OsStr::new("--"), xtask])
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} can't be run", xtask.display()))?;
    if !output.status.success() {
        bail!("{} could not measure: {}", xtask.display(), output.status);
    }
    serde_json::from_slice(&output.stdout).context("what was measured can't be read")
}
