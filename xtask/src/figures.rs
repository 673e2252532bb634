//! What is done with figures, whatever was measured.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// The middle one, or the mean of the two in the middle; nothing where there is none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = values.len() / 2;
    let above = *values.get(upper)?;
    if values.len() % 2 == 1 {
        return Some(above);
    }
    Some((values.get(upper.checked_sub(1)?)? + above) / 2.0)
}

/// A table in Markdown.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n", heads.join(" | "));
    out.push_str(&format!("|{}\n", "---|".repeat(heads.len())));
    for row in rows {
        // Writing to a string can't fail.
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out
}

/// Writes figures beside those of the benches, `target/bench/`, and says where.
pub(crate) fn write_json(root: &Path, file: &str, figures: &Value) -> Result<PathBuf> {
    let directory = root.join("target/bench");
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let path = directory.join(file);
    fs::write(&path, format!("{figures:#}\n"))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0]), Some(3.0));
        assert_eq!(median([3.0, 1.0]), Some(2.0));
        assert_eq!(median([9.0, 1.0, 2.0]), Some(2.0));
    }

    #[test]
    fn a_table_has_a_line_for_each_row() {
        let rows = [vec!["1".to_owned(), "2".to_owned()]];
        assert_eq!(
            table(&["a", "b"], &rows),
            "| a | b |\n|---|---|\n| 1 | 2 |\n"
        );
    }
}
