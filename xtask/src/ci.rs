//! All that CI runs, in its order. `.ci/run` and the workflow call nothing else.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::Verdict;

/// A step: what it runs and which variables it sets.
struct Step {
    command: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const fn step(command: &'static [&'static str]) -> Step {
    Step {
        command,
        environment: &[],
    }
}

const STEPS: &[Step] = &[
    step(&["cargo", "fmt", "--all", "--check"]),
    step(&["cargo", "xtask", "codegen", "--check"]),
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]),
    // Each TLS alone, and none of the other features.
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "-p",
        "clerk-api",
        "--lib",
        "--",
        "-D",
        "warnings",
    ]),
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "-p",
        "clerk-api",
        "--lib",
        "--no-default-features",
        "--features",
        "native-tls",
        "--",
        "-D",
        "warnings",
    ]),
    // Each feature alone.
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "-p",
        "clerk-api",
        "--lib",
        "--features",
        "blocking",
        "--",
        "-D",
        "warnings",
    ]),
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "-p",
        "clerk-api",
        "--lib",
        "--features",
        "bulk",
        "--",
        "-D",
        "warnings",
    ]),
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "-p",
        "clerk-api",
        "--lib",
        "--features",
        "schemars",
        "--",
        "-D",
        "warnings",
    ]),
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "-p",
        "clerk-api",
        "--lib",
        "--features",
        "testing",
        "--",
        "-D",
        "warnings",
    ]),
    step(&[
        "cargo",
        "clippy",
        "--locked",
        "-p",
        "clerk-api",
        "--lib",
        "--features",
        "tracing",
        "--",
        "-D",
        "warnings",
    ]),
    // The README's test command.
    step(&["cargo", "test", "--workspace", "--all-features"]),
    Step {
        command: &[
            "cargo",
            "doc",
            "--locked",
            "--workspace",
            "--all-features",
            "--no-deps",
        ],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    step(&["cargo", "run", "-p", "clerk-api", "--example", "quickstart"]),
];

/// Runs the steps until one fails.
pub(crate) fn run(root: &Path) -> Result<Verdict> {
    for Step {
        command,
        environment,
    } in STEPS
    {
        let text = command.join(" ");
        println!("$ {text}");
        let begun = Instant::now();
        let (program, arguments) = command.split_first().context("a step without a command")?;
        let status = Command::new(program)
            .args(arguments)
            .envs(environment.iter().copied())
            // The quickstart must not talk to anybody.
            .env_remove("CLERK_SECRET_KEY")
            .env_remove("CLERK_BEARER_AUTH")
            .current_dir(root)
            .status()
            .with_context(|| format!("{text}: can't be run"))?;
        println!(
            "  {} in {:.1} s",
            if status.success() { "ok" } else { "FAILED" },
            begun.elapsed().as_secs_f64()
        );
        if !status.success() {
            eprintln!("failed: {text}");
            return Ok(Verdict::Stale {
                next: "cargo xtask ci",
            });
        }
    }
    Ok(Verdict::Agrees)
}
