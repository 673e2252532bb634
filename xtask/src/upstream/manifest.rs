//! `openapi/upstream.toml`: the operations of the contract, and the upstream document that it was cut from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toml_edit::{DocumentMut, ser};

use super::digest;
use crate::openapi::operations::{Operation, operations, unlisted};

/// The contents of `upstream.toml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    /// The text of the file.
    #[serde(skip)]
    text: String,
    /// The operationIds to cut out.
    pub(crate) operations: Vec<String>,
    /// The source of the current contract, if it is recorded.
    pub(crate) source: Option<Origin>,
    /// What is recorded of that document but not in the contract.
    #[serde(flatten)]
    pub(crate) recorded: Recorded,
}

/// The source of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Origin {
    /// The document's directory and name in the upstream repository.
    pub(crate) file: String,
    /// The commit of the document, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commit: Option<String>,
    /// The API version that it describes.
    pub(crate) api_version: String,
    /// The digest of the document's bytes.
    pub(crate) sha256: String,
}

/// What is not in the contract, recorded so that a change is reported only once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Recorded {
    /// Operations under the same paths that are not listed, such as `GET /things`.
    #[serde(default)]
    pub(crate) unlisted: Vec<String>,
    /// The digest of each operation's documentation, by operationId.
    #[serde(default)]
    pub(crate) words: BTreeMap<String, String>,
}

impl Recorded {
    /// What to record of a document from which these operations are cut.
    pub(crate) fn of(document: &Value, selected: &[Operation<'_>]) -> Self {
        let all: Vec<Operation<'_>> = operations(document).collect();
        let unlisted = unlisted(&all, selected);
        let words = selected.iter();
        let words = words.map(|operation| (operation.id.to_owned(), digest::words(operation)));
        Self {
            unlisted: unlisted.iter().map(Operation::endpoint).collect(),
            words: words.collect(),
        }
    }
}

impl Manifest {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let text = fs::read_to_string(path).with_context(|| {
            format!("cannot read {name}, which lists the operations of the contract")
        })?;
        Self::parse(&text).with_context(|| format!("{name} is not usable"))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut manifest: Self = toml_edit::de::from_str(text)?;
        text.clone_into(&mut manifest.text);
        let operations = &manifest.operations;
        ensure!(
            !operations.is_empty(),
            "`operations` is empty; list the operationIds that the contract should have"
        );
        for (index, id) in operations.iter().enumerate() {
            ensure!(
                !operations[..index].contains(id),
                "`operations` lists `{id}` twice; remove one"
            );
        }
        Ok(manifest)
    }

    /// The text of the file with another source. The rest of the file stays the same.
    ///
    /// If no commit is given and the document is the same, the recorded commit is kept.
    pub(crate) fn with_source(&self, mut origin: Origin, recorded: &Recorded) -> Result<String> {
        if let (None, Some(known)) = (&origin.commit, &self.source)
            && known.file == origin.file
            && known.sha256 == origin.sha256
        {
            origin.commit.clone_from(&known.commit);
        }
        let mut file: DocumentMut = self.text.parse()?;
        let source: DocumentMut = ser::to_string_pretty(&origin)?.parse()?;
        let recorded: DocumentMut = ser::to_string_pretty(recorded)?.parse()?;
        file["unlisted"] = recorded["unlisted"].clone();
        file["source"] = source.as_item().clone();
        file["words"] = recorded["words"].clone();
        Ok(file.to_string())
    }
}

/// The directory and the name at the end of a path.
pub(crate) fn upstream_file(path: &str) -> String {
    let parts: Vec<&str> = path
        .split(['/', '\\'])
        .filter(|part| !["", ".", ".."].contains(part))
        .collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

/// Checks that this is the full id of a Git commit.
pub(crate) fn commit(text: &str) -> Result<String> {
    ensure!(
        text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "--commit must be a full commit id (40 hexadecimal digits), not {text:?}"
    );
    Ok(text.to_ascii_lowercase())
}

/// The API version: the given one (`--api-version`), or the date at the start of the document's name.
pub(crate) fn api_version(given: Option<&str>, name: &str) -> Result<String> {
    if let Some(given) = given {
        ensure!(
            leading_date(given) == Some(given),
            "--api-version must be a date such as 2026-05-12, not {given:?}"
        );
        return Ok(given.to_owned());
    }
    let date = leading_date(name).with_context(|| {
        format!(
            "the name {name:?} does not start with the API version, as 2026-05-12.yml does; pass --api-version DATE"
        )
    })?;
    Ok(date.to_owned())
}

/// The date at the start of a text, if no letter or digit follows it.
fn leading_date(text: &str) -> Option<&str> {
    let (date, rest) = text.split_at_checked(10)?;
    let is_date = date.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (is_date && !rest.starts_with(char::is_alphanumeric)).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_and_the_rest_of_the_file_stays() {
        let text = "# Ours.\noperations = [\n    \"B\", # kept\n    \"A\",\n]\n";
        let origin = |commit: Option<&str>, sha256: &str| Origin {
            file: "bapi/2026-05-12.yml".to_owned(),
            commit: commit.map(str::to_owned),
            api_version: "2026-05-12".to_owned(),
            sha256: sha256.to_owned(),
        };
        let recorded = Recorded {
            unlisted: vec!["GET /things".to_owned()],
            words: BTreeMap::from([("A".to_owned(), "def".to_owned())]),
        };
        let first = Manifest::parse(text).unwrap();
        assert_eq!(first.source, None);
        assert_eq!(first.recorded, Recorded::default());
        let source = origin(Some("c"), "abc");
        let written = first.with_source(source.clone(), &recorded).unwrap();
        assert!(written.starts_with(text), "{written}");
        let again = Manifest::parse(&written).unwrap();
        assert_eq!(again.operations, ["B", "A"]);
        assert_eq!(again.source, Some(source));
        assert_eq!(again.recorded, recorded);
        // The commit is kept for the same document only.
        let of = |sha256| again.with_source(origin(None, sha256), &recorded).unwrap();
        assert_eq!(of("abc"), written);
        assert!(!of("other").contains("commit = "));
    }

    #[test]
    fn file_and_version_come_from_the_source_that_is_given() {
        for (path, file) in [
            ("/v1/main/bapi/2026-05-12.yml", "bapi/2026-05-12.yml"),
            ("../specs/bapi/2026-05-12.yml", "bapi/2026-05-12.yml"),
            ("./2026-05-12.yml", "2026-05-12.yml"),
        ] {
            assert_eq!(upstream_file(path), file);
        }
        for (given, name, version) in [
            (None, "2026-05-12.yml", Some("2026-05-12")),
            (None, "2026-05-12-draft.yml", Some("2026-05-12")),
            (Some("2025-01-01"), "x", Some("2025-01-01")),
            (Some("2025-01-01x"), "2026-05-12.yml", None),
            (None, "bapi.yml", None),
            (None, "2026-05-123.yml", None),
            (None, "2026_05_12.yml", None),
        ] {
            assert_eq!(api_version(given, name).ok().as_deref(), version, "{name}");
        }
    }
}
