//! Links in the documents lead somewhere in the repository, and their examples can be copied.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{files, none, read, root};

/// What stands in the parentheses of `[…](…)`, outside of code blocks.
fn links(text: &str) -> Vec<&str> {
    let outside = text.split("```").step_by(2);
    let targets = outside.flat_map(|part| part.split("](").skip(1));
    targets
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .collect()
}

/// The parts of a document that a link can name, as the forges make them of the headings.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let heading = heading.trim_start_matches('#').trim_start().to_lowercase();
        let kept = heading
            .chars()
            .filter(|&kept| kept.is_alphanumeric() || " -_".contains(kept));
        kept.map(|kept| if kept == ' ' { '-' } else { kept })
            .collect()
    };
    headings.map(anchor).collect()
}

/// What is wrong with a link, if something is.
fn problem(document: &Path, link: &str) -> Option<&'static str> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => root().join(document),
        path => root().join(document).with_file_name(path),
    };
    let Ok(target) = fs::canonicalize(target) else {
        return Some("leads nowhere");
    };
    if !target.starts_with(fs::canonicalize(root()).unwrap()) {
        return Some("leaves the repository");
    }
    let is_there = anchor.is_empty() || anchors(&read(target)).iter().any(|known| known == anchor);
    (!is_there).then_some("names a heading that isn't there")
}

#[test]
fn relative_links_lead_somewhere() {
    let mut problems = Vec::new();
    for document in files("md") {
        for link in links(&read(&document)) {
            // `crate::Error`: a link that rustdoc checks.
            if !link.contains("://")
                && !link.contains("::")
                && let Some(problem) = problem(&document, link)
            {
                problems.push(format!("{}: ({link}) {problem}", document.display()));
            }
        }
    }
    none(&problems);
}

#[test]
fn links_are_found_and_judged() {
    let text = "# A b-c, d!\n[a](b) and [c](d#e)\n```sh\n[no](no)\n```\n[f](g)";
    assert_eq!(links(text), ["b", "d#e", "g"]);
    assert_eq!(anchors(text), ["a-b-c-d"]);
    for (link, expected) in [
        ("CONTRIBUTING.md#house-rules", None),
        (
            "CONTRIBUTING.md#gone",
            Some("names a heading that isn't there"),
        ),
        ("gone.md", Some("leads nowhere")),
        ("..", Some("leaves the repository")),
    ] {
        assert_eq!(problem(Path::new("README.md"), link), expected, "{link}");
    }
}

/// The Rust examples of a document, without the indentation that they have in a list.
fn examples(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let start = line.trim_start();
        if !start.starts_with("```rust") {
            continue;
        }
        let indent = &line[..line.len() - start.len()];
        let block = lines.by_ref().take_while(|line| line.trim() != "```");
        let block = block.map(|line| line.strip_prefix(indent).unwrap_or(line).to_owned() + "\n");
        found.push(block.collect());
    }
    found
}

/// Whether rustfmt leaves the code as it is. Its `--check` says yes to whatever comes by standard input.
fn is_formatted(code: &str) -> bool {
    // With `--check`, rustfmt finds no fault in what it reads from standard input.
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = rustfmt.stdin.take().unwrap();
    stdin.write_all(code.as_bytes()).unwrap();
    drop(stdin);
    rustfmt.wait_with_output().unwrap().stdout == code.as_bytes()
}

#[test]
fn examples_can_be_copied() {
    let mut problems = Vec::new();
    for document in ["README.md", "clerk-api/docs/guide.md"] {
        let examples = examples(&read(document));
        assert!(!examples.is_empty(), "{document}");
        for example in examples {
            if example
                .lines()
                .any(|line| line.trim_start().starts_with("# "))
            {
                problems.push(format!("{document}: a line is hidden in\n{example}"));
            }
            if !is_formatted(&example) {
                problems.push(format!("{document}: rustfmt would change\n{example}"));
            }
        }
    }
    none(&problems);
}

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 110, "{lines} lines");
}

#[test]
fn examples_are_found() {
    let text =
        "```rust,no_run\na\n```\n```sh\nb\n```\n1. c\n\n   ```rust\n   d {\n       e\n   ```\n";
    assert_eq!(examples(text), ["a\n", "d {\n    e\n"]);
    assert!(is_formatted("fn a() {}\n"));
    assert!(!is_formatted("fn a() {   }\n"));
}
