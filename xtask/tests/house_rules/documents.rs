//! Links in the documents lead somewhere in the repository, and their examples can be copied.

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::{files, none, read, root};

/// What is in the parentheses of `[…](…)`, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        let mut rest = line;
        while let Some((_, after)) = rest.split_once("](") {
            let Some((target, after)) = after.split_once(')') else {
                break;
            };
            found.push(target.to_owned());
            rest = after;
        }
    }
    found
}

/// The anchors of a document's headings, as code forges derive them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| {
        line.trim_start_matches('#')
            .strip_prefix(' ')
            .filter(|_| line.starts_with('#'))
    });
    headings
        .map(|heading| {
            let kept = heading.to_lowercase();
            let kept = kept
                .chars()
                .filter(|character| character.is_alphanumeric() || " -_".contains(*character));
            kept.map(|character| if character == ' ' { '-' } else { character })
                .collect()
        })
        .collect()
}

/// The path without `.` and `..`; `None` if it leaves the repository.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => clean.push(name),
            Component::ParentDir => {
                if !clean.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(clean)
}

#[test]
fn relative_links_lead_somewhere() {
    let mut problems = Vec::new();
    for document in files("md") {
        let text = read(&document);
        for link in links(&text) {
            // `crate::Error`: a link that rustdoc checks.
            if link.contains("://") || link.contains("::") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path {
                "" => Some(document.clone()),
                path => inside(&document.parent().unwrap().join(path)),
            };
            let problem = match target {
                None => Some("leaves the repository"),
                Some(target) if !root().join(&target).exists() => Some("leads nowhere"),
                Some(target)
                    if !anchor.is_empty()
                        && !anchors(&read(&target)).iter().any(|known| known == anchor) =>
                {
                    Some("names a heading that isn't there")
                }
                Some(_) => None,
            };
            if let Some(problem) = problem {
                problems.push(format!("{}: ({link}) {problem}", document.display()));
            }
        }
    }
    none(&problems);
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

#[test]
fn links_are_found() {
    let text = "# A b-c, d!\n[a](b) and [c](d#e)\n```sh\n[no](no)\n```\n[f](g)";
    assert_eq!(links(text), ["b", "d#e", "g"]);
    assert_eq!(anchors(text), ["a-b-c-d"]);
    assert_eq!(inside(Path::new("a/../b/./c")), Some(PathBuf::from("b/c")));
    assert_eq!(inside(Path::new("a/../../b")), None);
}
