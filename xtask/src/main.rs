//! The maintainers' tool: from Clerk's upstream OpenAPI document to the contract, and from the contract to code.
//!
//! Exit codes are as `diff`'s: 0 all is well, 1 something is stale or has drifted, 2 trouble.

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
            eprintln!(
                "when that is fixed, run: cargo xtask {}",
                arguments.join(" ")
            );
            ExitCode::from(2)
        }
    }
}

/// The nearest directory upwards that has an `openapi/upstream.toml`, else the repository that this tool was built in.
fn repository_root() -> PathBuf {
    let start = std::env::current_dir().unwrap_or_default();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR"));
    start
        .ancestors()
        .find(|directory| directory.join(paths::UPSTREAM).is_file())
        .or_else(|| built_in.parent())
        .unwrap_or(built_in)
        .to_path_buf()
}
