//! The one way in which this tool writes a file: whole or not at all, and only if its bytes change.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use similar::TextDiff;

/// Whether to write, or to say what would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It has these contents already.
    Unchanged,
    Written,
    /// It differs and was left alone ([`Mode::Check`]).
    Stale {
        /// From what is there to what should be, as a unified diff.
        diff: String,
    },
}

/// Makes `path` have `contents`, or checks that it does. The file is replaced in one step.
pub(crate) fn write_or_check(path: &Path, contents: &str, mode: Mode) -> Result<Outcome> {
    let current = match fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", path.display()));
        }
    };
    if current.as_deref() == Some(contents.as_bytes()) {
        return Ok(Outcome::Unchanged);
    }
    if mode == Mode::Write {
        replace(path, contents).with_context(|| format!("cannot write {}", path.display()))?;
        return Ok(Outcome::Written);
    }
    let name = path.display();
    let current = current.unwrap_or_default();
    let diff = TextDiff::from_lines(&*String::from_utf8_lossy(&current), contents)
        .unified_diff()
        .header(&format!("{name} (on disk)"), &format!("{name} (wanted)"))
        .to_string();
    Ok(Outcome::Stale { diff })
}

/// Writes a file beside `path` and moves it there.
fn replace(path: &Path, contents: &str) -> Result<()> {
    let directory = path.parent().context("it is not the path of a file")?;
    let mut builder = tempfile::Builder::new();
    // Without this, a temporary file is for its owner alone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(contents.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_or_tells_the_difference() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file.yml");
        let stale = write_or_check(&path, "a\n", Mode::Check).unwrap();
        assert!(matches!(stale, Outcome::Stale { diff } if diff.contains("+a\n")));
        assert!(!path.exists());
        let write = |contents| write_or_check(&path, contents, Mode::Write).unwrap();
        assert_eq!(write("a\n"), Outcome::Written);
        assert_eq!(write("a\n"), Outcome::Unchanged);
        assert_eq!(write("b\n"), Outcome::Written);
        let stale = write_or_check(&path, "c\n", Mode::Check).unwrap();
        assert!(matches!(stale, Outcome::Stale { diff } if diff.contains("-b\n+c\n")));
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        let error = write_or_check(&directory.path().join("gone/file"), "a", Mode::Write);
        assert!(error.unwrap_err().to_string().contains("cannot write"));
    }
}
