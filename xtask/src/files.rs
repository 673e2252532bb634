//! Comparing and writing files. A file is written completely or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use similar::TextDiff;

/// The unified diff from what is in a file to what should be there; `None` if they are the same.
pub(crate) fn difference(path: &Path, wanted: &str) -> Result<Option<String>> {
    let current = match path.exists() {
        true => fs::read(path).with_context(|| format!("cannot read {}", path.display()))?,
        false => Vec::new(),
    };
    if current == wanted.as_bytes() {
        return Ok(None);
    }
    let name = path.display();
    let diff = TextDiff::from_lines(&*String::from_utf8_lossy(&current), wanted)
        .unified_diff()
        .header(&format!("{name} (on disk)"), &format!("{name} (wanted)"))
        .to_string();
    Ok(Some(diff))
}

/// Replaces a file atomically.
pub(crate) fn write(path: &Path, contents: &str) -> Result<()> {
    let replace = || -> Result<()> {
        let directory = path.parent().context("it is not the path of a file")?;
        let mut builder = tempfile::Builder::new();
        // By default, only the owner can read a temporary file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(contents.as_bytes())?;
        file.persist(path)?;
        Ok(())
    };
    replace().with_context(|| format!("cannot write {}", path.display()))
}
