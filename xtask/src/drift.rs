//! `cargo xtask drift`: what an upstream document, as it is now, means for a client.
//!
//! The comparison is pure ([`differences`]). Nothing is ever written.

mod access;
mod bodies;
mod change;
mod compare;
mod differences;
mod operation;
mod operations;
mod parameters;
mod report;
mod responses;
mod rules;
mod side;
mod view;

use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};

use crate::openapi::load;
use crate::paths::{CONTRACT, UPSTREAM};
use crate::upstream::manifest::{self, Manifest};
use crate::upstream::{digest, source};
use crate::verdict::Verdict;
use report::Format;
use report::comparison::{Document, Report};

use change::Class;

/// What `cargo xtask drift` is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The full upstream document to compare with: a file, or an https URL.
    #[arg(long, value_name = "FILE|URL")]
    against: String,
    /// How to say it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The least that makes it exit with 1.
    #[arg(long, value_enum, default_value_t = FailOn::Compatible)]
    fail_on: FailOn,
}

/// From which class on a drift is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// What breaks released clients or their users.
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

/// Compares, and says what was found.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<Verdict> {
    let known = Manifest::read(&root.join(UPSTREAM))?;
    let path = root.join(CONTRACT);
    let bytes = std::fs::read(&path).with_context(|| {
        format!(
            "cannot read {}, the contract; `cargo xtask sync` makes it",
            path.display()
        )
    })?;
    let contract = load::openapi(&bytes, CONTRACT)?;
    let given = source::read(&arguments.against)?;
    let full = load::openapi(&given.bytes, &given.display)?;
    let compared = differences::Known {
        contract: &contract,
        beside: &known.recorded,
        listed: &known.operations,
    };
    let changes =
        differences::differences(compared, &full).with_context(|| given.display.clone())?;
    let verdict = changes.iter().map(|change| change.class).max();
    let report = Report {
        document: Document {
            api_version: manifest::api_version(None, given.name()).ok(),
            sha256: digest::sha256(&given.bytes),
            name: given.display,
        },
        recorded: known.source,
        operations: known.operations,
        changes,
    };
    print(&report::render(&report, arguments.format)?)?;
    Ok(if arguments.fail_on.fails(verdict) {
        Verdict::Differs {
            next: report.commands().join(" && "),
        }
    } else {
        Verdict::Agrees
    })
}

/// Writes the report; a reader that has seen enough (`| head`) is no trouble.
fn print(text: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write the report"),
    }
}

#[cfg(test)]
mod tests;
