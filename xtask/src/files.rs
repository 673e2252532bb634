//! The one way in which this tool writes a file: whole or not at all, and only where its bytes change.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, bail};
use similar::TextDiff;

/// Whether to write, or to say what would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write the file where it differs.
    Write,
    /// Leave the file alone and say whether it differs.
    Check,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It has these contents already.
    Unchanged,
    /// It was written.
    Written,
    /// It differs and was left alone ([`Mode::Check`]).
    Stale {
        /// From what is there to what should be, as a unified diff.
        diff: String,
    },
}

/// Makes `path` have `contents`, or checks that it does.
///
/// The file is replaced in one step, so that nobody ever sees half of it, and keeps its permissions.
pub(crate) fn write_or_check(path: &Path, contents: &str, mode: Mode) -> anyhow::Result<Outcome> {
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
    match mode {
        Mode::Check => {
            let current = current.unwrap_or_default();
            Ok(Outcome::Stale {
                diff: unified_diff(path, &String::from_utf8_lossy(&current), contents),
            })
        }
        Mode::Write => {
            replace(path, contents).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(Outcome::Written)
        }
    }
}

/// The difference between two texts of a file, with the file's name on it.
fn unified_diff(path: &Path, current: &str, wanted: &str) -> String {
    let name = path.display().to_string();
    TextDiff::from_lines(current, wanted)
        .unified_diff()
        .context_radius(3)
        .header(&format!("{name} (on disk)"), &format!("{name} (wanted)"))
        .to_string()
}

/// Writes a file beside `path` and moves it there.
fn replace(path: &Path, contents: &str) -> anyhow::Result<()> {
    let Some(directory) = path.parent() else {
        bail!("it is not the path of a file");
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    // Without this, a temporary file is for its owner alone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(contents.as_bytes())?;
    if let Ok(metadata) = fs::metadata(path) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    let _: File = file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Mode, Outcome, write_or_check};

    #[test]
    fn writes_where_bytes_change_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file.yml");
        assert_eq!(
            write_or_check(&path, "a\n", Mode::Write).unwrap(),
            Outcome::Written
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\n");
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(
            write_or_check(&path, "a\n", Mode::Write).unwrap(),
            Outcome::Unchanged
        );
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
        assert_eq!(
            write_or_check(&path, "b\n", Mode::Write).unwrap(),
            Outcome::Written
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
        let names = fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(names, 1, "nothing else is left behind");
    }

    #[test]
    fn checks_without_writing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file.yml");
        let Outcome::Stale { diff } = write_or_check(&path, "a\n", Mode::Check).unwrap() else {
            panic!("a file that is not there is stale");
        };
        assert!(diff.contains("+a\n"), "{diff}");
        assert!(!path.exists());
        fs::write(&path, "a\nb\n").unwrap();
        assert_eq!(
            write_or_check(&path, "a\nb\n", Mode::Check).unwrap(),
            Outcome::Unchanged
        );
        let Outcome::Stale { diff } = write_or_check(&path, "a\nc\n", Mode::Check).unwrap() else {
            panic!("other contents are stale");
        };
        assert!(
            diff.contains("-b\n+c\n") && diff.contains("file.yml"),
            "{diff}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
    }

    #[test]
    fn leaves_no_trace_where_it_cannot_write() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("taken");
        fs::create_dir(&path).unwrap();
        let error = write_or_check(&path, "a\n", Mode::Write).unwrap_err();
        assert!(format!("{error:#}").contains("taken"), "{error:#}");
        let error =
            write_or_check(&directory.path().join("gone/file"), "a\n", Mode::Write).unwrap_err();
        assert!(format!("{error:#}").contains("cannot write"), "{error:#}");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn keeps_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write_or_check(&path, "a\n", Mode::Write).unwrap();
        // What any other program would have made of it, whatever the umask.
        let other = directory.path().join("other");
        fs::write(&other, "").unwrap();
        assert_eq!(mode(&path), mode(&other) & 0o644);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_or_check(&path, "b\n", Mode::Write).unwrap();
        assert_eq!(mode(&path), 0o640);
    }
}
