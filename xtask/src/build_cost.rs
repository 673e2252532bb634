//! `cargo xtask build-cost`: what compiling `clerk-api` costs those who use it, beside plain reqwest.
//!
//! Each contender is a program in a temporary directory that creates one sign-in token; what it links is fetched before
//! anything is timed, by the versions of this workspace's lock file.

mod contender;
mod package;
mod report;
mod server;
mod timing;

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::figures;
use contender::Contender;
use package::Package;
use report::{Host, Row};
use server::Server;
use timing::{Build, Profile};

/// What `cargo xtask build-cost` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How often each is built; the median counts.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Build only the contenders of this name, beside plain reqwest; may be given more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

/// One contender, and its builds so far.
struct Entry {
    contender: Contender,
    /// Or why there is nothing to build.
    package: Result<Package>,
    release: Vec<Build>,
    debug: Vec<Build>,
    /// Why a build or the program failed.
    failure: Option<String>,
}

/// Measures, and prints a table.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let host = host(root)?;
    let server = Server::start()?;
    let mut entries: Vec<Entry> = chosen(contender::all(root)?, &arguments.only)?
        .into_iter()
        .map(|contender| Entry {
            package: Package::new(root, &contender, &host.target),
            contender,
            release: Vec::new(),
            debug: Vec::new(),
            failure: None,
        })
        .collect();
    for entry in &entries {
        if let Err(error) = &entry.package {
            eprintln!("{}: {error:#}", entry.contender.name);
        }
    }
    // In turns, so that whatever else the machine does hits all of them.
    for _ in 0..arguments.rounds {
        for profile in [Profile::Release, Profile::Debug] {
            for entry in &mut entries {
                entry.build(profile, &server);
            }
        }
    }
    let rows: Vec<Row> = entries.into_iter().map(Entry::row).collect();
    print!("{}", report::markdown(&host, arguments.rounds, &rows));
    let json = report::json(&host, arguments.rounds, &rows);
    let path = figures::write_json(root, "build-cost.json", &json)?;
    eprintln!("written: {}", path.display());
    Ok(())
}

/// Those of these names and the base; all where no name is given.
fn chosen(contenders: Vec<Contender>, names: &[String]) -> Result<Vec<Contender>> {
    for name in names {
        if !contenders.iter().any(|contender| contender.name == name) {
            let known: Vec<&str> = contenders.iter().map(|contender| contender.name).collect();
            bail!("there is no contender {name:?}, only {known:?}");
        }
    }
    let is_chosen = |contender: &Contender| {
        contender.is_base || names.is_empty() || names.iter().any(|name| name == contender.name)
    };
    Ok(contenders.into_iter().filter(is_chosen).collect())
}

impl Entry {
    /// Builds once more; after a failure never again.
    fn build(&mut self, profile: Profile, server: &Server) {
        let (Ok(package), None) = (&self.package, &self.failure) else {
            return;
        };
        match timing::build(package, profile, server) {
            Ok(build) => {
                let name = self.contender.name;
                eprintln!("{name}, {}: {:.1} s", profile.name(), build.seconds);
                match profile {
                    Profile::Release => self.release.push(build),
                    Profile::Debug => self.debug.push(build),
                }
            }
            Err(error) => {
                eprintln!("{}, {}: {error:#}", self.contender.name, profile.name());
                self.failure = Some(format!("{}: {error:#}", profile.name()));
            }
        }
    }

    fn row(self) -> Row {
        let (crates, failure) = match self.package {
            Ok(package) => (package.crates, self.failure),
            Err(error) => (Default::default(), Some(format!("{error:#}"))),
        };
        Row {
            name: self.contender.name,
            is_base: self.contender.is_base,
            is_judged: self.contender.is_judged,
            crates,
            release: self.release,
            debug: self.debug,
            failure,
        }
    }
}

/// What the figures hold for.
fn host(root: &Path) -> Result<Host> {
    let output = Command::new("rustc")
        .args(["--version", "--verbose"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("rustc can't be run")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    Ok(Host {
        target: field("host: ")
            .context("rustc doesn't say which host it is for")?
            .to_owned(),
        release: field("release: ")
            .unwrap_or("of unknown version")
            .to_owned(),
        processors: std::thread::available_parallelism().map_or(0, usize::from),
    })
}
