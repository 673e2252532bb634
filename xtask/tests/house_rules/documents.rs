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
    let headings = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let is_kept = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
    let anchors = headings.map(|heading| {
        let heading = heading.replace(' ', "-");
        heading.chars().filter(|&letter| is_kept(letter)).collect()
    });
    anchors.collect()
}

/// Whether a link leads to a file or heading in the repository.
fn leads_somewhere(document: &Path, link: &str) -> bool {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => root().join(document),
        path => root().join(document).with_file_name(path),
    };
    let root = fs::canonicalize(root()).unwrap();
    let target = fs::canonicalize(target).ok();
    target.is_some_and(|target| {
        let is_inside = target.starts_with(root);
        is_inside && (anchor.is_empty() || anchors(&read(target)).contains(&anchor.to_owned()))
    })
}

#[test]
fn relative_links_lead_somewhere() {
    let mut problems = Vec::new();
    for document in files("md") {
        let text = read(&document);
        // `https://…`, and `crate::Error`: a link that rustdoc checks.
        let is_elsewhere = |link: &str| link.contains("://") || link.contains("::");
        let links = links(&text).into_iter();
        let links = links.filter(|link| !is_elsewhere(link) && !leads_somewhere(&document, link));
        problems.extend(links.map(|link| {
            format!(
                "{}: ({link}) is no file or heading of this repository",
                document.display()
            )
        }));
    }
    none(&problems);
}

#[test]
fn links_and_headings_are_found() {
    let text = "# A b-c, d!\n[a](b) and [c](d#e)\n```sh\n[no](no)\n```\n[f](g)";
    assert_eq!(links(text), ["b", "d#e", "g"]);
    assert_eq!(anchors(text), ["a-b-c-d"]);
    let leads_somewhere = |link| leads_somewhere(Path::new("README.md"), link);
    assert!(leads_somewhere("CONTRIBUTING.md#house-rules"));
    for wrong in ["CONTRIBUTING.md#gone", "gone.md", ".."] {
        assert!(!leads_somewhere(wrong), "{wrong}");
    }
}

/// The Rust examples of a document, without the indentation that they have in a list.
fn examples(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some((indent, _)) = line.split_once("```rust") {
            let block = lines.by_ref().take_while(|line| line.trim() != "```");
            let block = block.map(|line| line.strip_prefix(indent).unwrap_or(line));
            found.push(block.map(|line| format!("{line}\n")).collect());
        }
    }
    found
}

/// Whether rustfmt leaves the code as it is. Its `--check` accepts anything on standard input.
fn is_formatted(code: &str) -> bool {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
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
            if !is_formatted(&example) {
                problems.push(format!(
                    "{document}: hidden lines, or rustfmt would change\n{example}"
                ));
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
    assert!(!is_formatted("# use std::fs;\nfn a() {}\n"));
}
