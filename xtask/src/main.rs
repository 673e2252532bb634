//! The maintainers' tool: makes the contract from Clerk's OpenAPI document, and the code from the contract.
//!
//! Exit codes are the same as `diff`'s: 0 nothing differs, 1 something is stale or has drifted, 2 an error.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{ci, codegen, spec, sync};
use verdict::Verdict;

mod commands;
mod drift;
mod files;
mod generate;
mod openapi;
mod paths;
mod upstream;
mod verdict;

/// Maintains the contract and what is generated from it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// The command.
#[derive(Debug, Subcommand)]
enum Command {
    /// Cut the contract out of a full upstream document.
    Sync(sync::Arguments),
    /// Print the contract with the overlay applied.
    Spec,
    /// Generate clerk-api/src/generated/ from the contract and the overlay.
    Codegen(codegen::Arguments),
    /// Compare an upstream document with the contract, and say what it means for a client.
    Drift(commands::drift::Arguments),
    /// Run all that CI runs.
    Ci,
}

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let root = repository_root();
    let result = match &command_line.command {
        Command::Sync(arguments) => sync::run(&root, arguments).map(|()| Verdict::Agrees),
        Command::Spec => spec::run(&root).map(|()| Verdict::Agrees),
        Command::Codegen(arguments) => codegen::run(&root, arguments),
        Command::Drift(arguments) => commands::drift::run(&root, arguments),
        Command::Ci => ci::run(&root),
    };
    match result {
        Ok(Verdict::Agrees) => ExitCode::SUCCESS,
        Ok(Verdict::Differs { next }) => {
            eprintln!("run: {next}");
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            let arguments = arguments.join(" ");
            eprintln!("when that is fixed, run: cargo xtask {arguments}");
            ExitCode::from(2)
        }
    }
}

/// The nearest parent directory with an `openapi/upstream.toml`, or the repository that this tool was built in.
fn repository_root() -> PathBuf {
    let start = std::env::current_dir().unwrap_or_default();
    let mut directories = start.ancestors();
    let found = directories.find(|directory| directory.join(paths::UPSTREAM).is_file());
    let built_in = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    found.unwrap_or(built_in).to_path_buf()
}
