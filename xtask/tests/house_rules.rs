//! House rules as tests: what no tool checks, and a review forgets.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic fails the test"
)]

#[path = "house_rules/circles.rs"]
mod circles;
#[path = "house_rules/dependencies.rs"]
mod dependencies;
#[path = "house_rules/documents.rs"]
mod documents;
#[path = "house_rules/overlay.rs"]
mod overlay;

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The text of a file, by its path from the root.
fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files with this extension, by their paths from the root; not those of builds, nor hidden ones.
fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![root().to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            // What a symbolic link leads to is looked at in its own place.
            if name.starts_with('.') || name == "target" || path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path.strip_prefix(root()).unwrap().to_path_buf());
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no .{extension} anywhere");
    found
}

/// Fails with all problems at once.
#[track_caller]
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
