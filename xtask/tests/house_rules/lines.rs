//! No file of ours is too long to read. Tests may be longer: they are read piece by piece.

use super::{files, none, read};

const MOST: usize = 500;

#[test]
fn no_file_of_ours_is_longer_than_500_lines() {
    let mut problems = Vec::new();
    for path in files("rs") {
        let is_test = path
            .iter()
            .any(|part| part == "tests" || part == "tests.rs" || part == "suite");
        if is_test || path.starts_with("clerk-api/src/generated") {
            continue;
        }
        let lines = read(&path).lines().count();
        if lines > MOST {
            problems.push(format!(
                "{}: {lines} lines, {MOST} at most: take it apart",
                path.display()
            ));
        }
    }
    none(&problems);
}
