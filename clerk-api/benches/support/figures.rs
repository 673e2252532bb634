//! What is done with figures when they are there.

use std::io;
use std::path::Path;

use serde_json::Value;

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Writes them to `target/bench/` in the workspace.
pub(crate) fn write_json(file: &str, figures: &Value) -> io::Result<()> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&directory)?;
    std::fs::write(directory.join(file), format!("{figures:#}\n"))
}
