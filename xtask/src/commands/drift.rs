//! `cargo xtask drift`: compares an upstream document with the contract. Nothing is written.

use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};

use crate::drift::change::Class;
use crate::drift::differences::{Known, differences};
use crate::drift::report::{Format, Report};
use crate::openapi::load;
use crate::paths::{CONTRACT, UPSTREAM};
use crate::upstream::manifest::{self, Manifest};
use crate::upstream::{digest, source};
use crate::verdict::Verdict;

/// What to compare with.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The full upstream document: a file, or an https URL.
    #[arg(long, value_name = "FILE|URL")]
    against: String,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The least class of change that makes it exit with 1.
    #[arg(long, value_enum, default_value_t = FailOn::Compatible)]
    fail_on: FailOn,
}

/// From which class on a drift is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// What breaks released clients or code that uses the regenerated crate.
    Breaking,
    /// Any change of structure.
    Compatible,
    /// Any change, of words too.
    Docs,
    /// Nothing.
    Never,
}

impl FailOn {
    fn fails(self, verdict: Option<Class>) -> bool {
        let least = match self {
            Self::Breaking => Class::Breaking,
            Self::Compatible => Class::Compatible,
            Self::Docs => Class::Docs,
            Self::Never => return false,
        };
        verdict >= Some(least)
    }
}

/// Compares, and prints the report.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<Verdict> {
    let manifest = Manifest::read(&root.join(UPSTREAM))?;
    let path = root.join(CONTRACT);
    let bytes = std::fs::read(&path).with_context(|| {
        format!(
            "cannot read {}, the contract; `cargo xtask sync` makes it",
            path.display()
        )
    })?;
    let known = Known {
        contract: load::openapi(&bytes, CONTRACT)?,
        recorded: manifest.recorded,
        listed: manifest.operations,
    };
    let given = source::read(&arguments.against)?;
    let upstream = load::openapi(&given.bytes, &given.display)?;
    let changes = differences(&known, &upstream).with_context(|| given.display.clone())?;
    let report = Report {
        api_version: manifest::api_version(None, given.name()).ok(),
        sha256: digest::sha256(&given.bytes),
        document: given.display,
        origin: manifest.source,
        operations: known.listed,
        changes,
    };
    print(&report.render(arguments.format)?)?;
    Ok(if arguments.fail_on.fails(report.verdict()) {
        Verdict::Differs {
            next: report.command(),
        }
    } else {
        Verdict::Agrees
    })
}

/// Writes the report; a reader that has seen enough (`| head`) is no trouble.
fn print(text: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    let written = output.write_all(text.as_bytes());
    match written.and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write the report"),
    }
}
