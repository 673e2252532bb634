//! One clean build, timed; and a look at whether what it made works.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::package::{self, Package, complaint};
use super::server::{Server, TOKEN_ID};
use crate::usage;

/// How it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Release,
    Debug,
}

impl Profile {
    /// Its name, which is that of its directory too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "debug",
        }
    }
}

/// What a build took, and what came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Build {
    pub(crate) seconds: f64,
    /// Of cargo and all that it started; nothing where the system doesn't tell.
    pub(crate) processor_seconds: Option<f64>,
    /// Of the program.
    pub(crate) bytes: u64,
}

/// Builds into an empty directory, and runs the program once.
pub(crate) fn build(package: &Package, profile: Profile, server: &Server) -> Result<Build> {
    let target = tempfile::tempdir().context("there is no room for a build")?;
    let mut command = Command::new("cargo");
    command
        .args(["build", "--locked", "--offline"])
        .current_dir(package.path())
        .env("CARGO_TARGET_DIR", target.path())
        // No cache of compiled crates: empty means none, whatever the configuration says.
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "");
    if profile == Profile::Release {
        command.arg("--release");
    }
    let before = usage::of_children();
    let begun = Instant::now();
    let output = command.output().context("cargo can't be run")?;
    let seconds = begun.elapsed().as_secs_f64();
    let after = usage::of_children();
    if !output.status.success() {
        bail!("{}", complaint(&String::from_utf8_lossy(&output.stderr)));
    }
    let directory = target.path().join(profile.name());
    let program = directory.join(format!("{}{}", package::NAME, std::env::consts::EXE_SUFFIX));
    let metadata = fs::metadata(&program).context("the build made no program")?;
    check(&program, server)?;
    let processor = |(before, after): (usage::Usage, usage::Usage)| -> Duration {
        after.processor.saturating_sub(before.processor)
    };
    Ok(Build {
        seconds,
        processor_seconds: before.zip(after).map(|both| processor(both).as_secs_f64()),
        bytes: metadata.len(),
    })
}

/// A program that creates no token is none to measure.
fn check(program: &Path, server: &Server) -> Result<()> {
    let output = Command::new(program)
        .arg(server.url())
        // A proxy would look for the server on its own machine.
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .output()
        .context("the program can't be run")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || said.trim() != TOKEN_ID {
        bail!(
            "the program creates no token: {}",
            complaint(&String::from_utf8_lossy(&output.stderr))
        );
    }
    Ok(())
}
