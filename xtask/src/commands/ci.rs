//! All that CI runs, in its order. `.ci/run` and the workflow call nothing else.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::verdict::Verdict;

/// A step: what it runs and which variables it sets.
struct Step {
    command: Vec<String>,
    environment: &'static [(&'static str, &'static str)],
}

/// What only the workflows run.
const LEFT_OUT: &str =
    "drift of the pinned document, Rust 1.88, the oldest direct dependencies, advisories";

/// What needs a tool that not everybody has.
const DENY: &str = "cargo deny check licenses bans sources";

/// The features of `clerk-api` that are checked alone, beside a TLS. The tests have them all on at once.
const FEATURES: [&str; 6] = [
    "native-tls",
    "blocking",
    "bulk",
    "schemars",
    "testing",
    "tracing",
];

fn step(command: &str) -> Step {
    Step {
        command: command.split(' ').map(str::to_owned).collect(),
        environment: &[],
    }
}

fn steps() -> Vec<Step> {
    let mut steps = vec![
        step("cargo fmt --all --check"),
        step("cargo xtask codegen --check"),
        step("cargo clippy --locked --workspace --all-targets --all-features -- -D warnings"),
        step("cargo clippy --locked -p clerk-api --lib -- -D warnings"),
    ];
    let alone = "cargo clippy --locked -p clerk-api --lib --no-default-features --features";
    steps.extend(FEATURES.map(|feature| match feature {
        "native-tls" => step(&format!("{alone} native-tls -- -D warnings")),
        _ => step(&format!("{alone} rustls,{feature} -- -D warnings")),
    }));
    steps.extend([
        // The README's test command.
        step("cargo test --workspace --all-features"),
        Step {
            environment: &[("RUSTDOCFLAGS", "-D warnings")],
            ..step("cargo doc --locked --workspace --all-features --no-deps")
        },
        step("cargo run -p clerk-api --example quickstart"),
    ]);
    steps
}

fn has_deny() -> bool {
    let version = Command::new("cargo").args(["deny", "--version"]).output();
    version.is_ok_and(|output| output.status.success())
}

/// Runs the steps until one fails.
pub(crate) fn run(root: &Path) -> Result<Verdict> {
    let mut steps = steps();
    let has_deny = has_deny();
    if has_deny {
        steps.push(step(DENY));
    }
    for Step {
        command,
        environment,
    } in steps
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
    if !has_deny {
        println!("left out, as cargo-deny is not installed: {DENY}");
    }
    println!("left out, as they need the network or another toolchain: {LEFT_OUT}");
    Ok(Verdict::Agrees)
}
