//! `cargo xtask ci`: all that CI runs, in its order. `.ci/run` and the workflow's main job call nothing else.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::verdict::Verdict;

/// What only the workflows run.
const WORKFLOWS_ONLY: &str =
    "drift of the pinned document, Rust 1.88, the oldest direct dependencies, advisories";

/// Steps that need a tool that not everybody has: its name as a subcommand of cargo, and the step.
const OPTIONAL: [(&str, &str); 2] = [
    ("deny", "cargo deny check licenses bans sources"),
    (
        "semver-checks",
        "cargo semver-checks --package clerk-api --baseline-rev BASELINE",
    ),
];

/// The features of `clerk-api` that are checked alone, each with a TLS backend. The tests enable all of them.
const FEATURES: [&str; 6] = [
    "native-tls",
    "rustls,blocking",
    "rustls,bulk",
    "rustls,schemars",
    "rustls,testing",
    "rustls,tracing",
];

fn steps() -> Vec<String> {
    let mut steps = vec![
        "cargo fmt --all --check".to_owned(),
        "cargo xtask codegen --check".to_owned(),
        "cargo clippy --locked --workspace --all-targets --all-features -- -D warnings".to_owned(),
        "cargo clippy --locked -p clerk-api --lib -- -D warnings".to_owned(),
    ];
    let alone = "cargo clippy --locked -p clerk-api --lib --no-default-features --features";
    steps.extend(FEATURES.map(|features| format!("{alone} {features} -- -D warnings")));
    steps.extend([
        // The README's test command.
        "cargo test --workspace --all-features".to_owned(),
        "cargo doc --locked --workspace --all-features --no-deps".to_owned(),
        "cargo run -p clerk-api --example quickstart".to_owned(),
    ]);
    steps
}

/// The version that users have: the last tag, or `main` before the first.
fn baseline(root: &Path) -> String {
    let tag = Command::new("git")
        .args(["describe", "--tags", "--abbrev=0", "--match", "v*"])
        .current_dir(root)
        .output();
    let tag = tag.ok().filter(|output| output.status.success());
    let tag = tag.and_then(|output| String::from_utf8(output.stdout).ok());
    tag.map_or("main".to_owned(), |tag| tag.trim().to_owned())
}

/// Runs the steps until one fails.
pub(crate) fn run(root: &Path) -> Result<Verdict> {
    let mut steps = steps();
    for (tool, step) in OPTIONAL {
        let version = Command::new("cargo").args([tool, "--version"]).output();
        if version.is_ok_and(|output| output.status.success()) {
            steps.push(step.replace("BASELINE", &baseline(root)));
        } else {
            println!("skipped, as cargo-{tool} is not installed: {step}");
        }
    }
    for step in steps {
        println!("$ {step}");
        let begun = Instant::now();
        let mut words = step.split(' ');
        let status = Command::new(words.next().unwrap_or_default())
            .args(words)
            .env("RUSTDOCFLAGS", "-D warnings")
            // The quickstart must not call Clerk.
            .env_remove("CLERK_SECRET_KEY")
            .env_remove("CLERK_BEARER_AUTH")
            .current_dir(root)
            .status()
            .with_context(|| format!("cannot run {step}"))?;
        let seconds = begun.elapsed().as_secs_f64();
        if !status.success() {
            println!("  FAILED in {seconds:.1} s");
            eprintln!("failed: {step}");
            return Ok(Verdict::Differs {
                next: "cargo xtask ci".to_owned(),
            });
        }
        println!("  ok in {seconds:.1} s");
    }
    println!("not run here, as they need the network or another toolchain: {WORKFLOWS_ONLY}");
    Ok(Verdict::Agrees)
}
