//! `openapi/upstream.toml`: which operations the contract has, and which upstream document it was cut from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

/// What `upstream.toml` says.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    /// The part that is written by hand, which is kept as it is.
    #[serde(skip)]
    by_hand: String,
    /// The operationIds to cut out.
    pub(crate) operations: Vec<String>,
    /// Where the present contract came from, if that is recorded.
    pub(crate) source: Option<Origin>,
    /// What the contract doesn't keep of that document.
    #[serde(flatten)]
    pub(crate) recorded: Recorded,
}

/// Where a contract came from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Origin {
    /// The document's path in the upstream repository: its directory and name, as they were given.
    pub(crate) file: String,
    /// The commit at which it was read, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commit: Option<String>,
    /// The API version that it describes.
    pub(crate) api_version: String,
    /// Of the document, byte for byte.
    pub(crate) sha256: String,
}

/// What the contract itself doesn't keep, so that a change of it is reported once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Recorded {
    /// Operations under the same paths that are not listed, as `GET /things`.
    #[serde(default)]
    pub(crate) unlisted: Vec<String>,
    /// The digest of the words on each operation, by operationId.
    #[serde(default)]
    pub(crate) words: BTreeMap<String, String>,
}

/// Stands above what a sync writes.
const MARK: &str = "# Written by `cargo xtask sync` from here on, the next run overwrites it.";

/// Explains what follows the mark.
const EXPLANATION: &str = "\
# unlisted: operations under the same paths that the contract doesn't have.
# source: the document that the contract was last cut from, in https://github.com/clerk/openapi-specs.
# words: SHA-256 of upstream's words on each operation (descriptions, titles, tags, examples, `x-` keys). The contract keeps
# none of them, and `cargo xtask drift` sees by these when they change.";

impl Manifest {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| {
            format!(
                "cannot read {}, which lists the operations of the contract",
                path.display()
            )
        })?;
        Self::parse(&text).with_context(|| format!("{} is not usable", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut manifest: Self = toml_edit::de::from_str(text)?;
        let (by_hand, _) = text.split_once(MARK).unwrap_or((text, ""));
        manifest.by_hand = by_hand.trim_end().to_owned();
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

    /// The text of the file with another source recorded.
    ///
    /// A commit that is not given is kept as long as the document is the same.
    pub(crate) fn with_source(&self, mut origin: Origin, recorded: &Recorded) -> Result<String> {
        if let (None, Some(known)) = (&origin.commit, &self.source)
            && known.file == origin.file
            && known.sha256 == origin.sha256
        {
            origin.commit.clone_from(&known.commit);
        }
        #[derive(Serialize)]
        struct Written<'a> {
            unlisted: &'a [String],
            source: Origin,
            words: &'a BTreeMap<String, String>,
        }
        let written = toml_edit::ser::to_string_pretty(&Written {
            unlisted: &recorded.unlisted,
            source: origin,
            words: &recorded.words,
        })?;
        let by_hand = &self.by_hand;
        Ok(format!("{by_hand}\n\n{MARK}\n{EXPLANATION}\n{written}"))
    }
}

/// The path that a document has in the upstream repository, as far as it was given: its directory and its name.
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

/// The API version: the one given (`--api-version`), or the date that the document's name begins with.
pub(crate) fn api_version(given: Option<&str>, name: &str) -> Result<String> {
    match (given, leading_date(given.unwrap_or(name))) {
        (Some(given), date) if date != Some(given) => {
            bail!("--api-version must be a date such as 2026-05-12, not {given:?}")
        }
        (_, Some(date)) => Ok(date.to_owned()),
        (_, None) => bail!(
            "the name {name:?} does not begin with the API version's date (as 2026-05-12.yml does): pass --api-version DATE"
        ),
    }
}

/// The date at the start of a name, if nothing but a separator follows it.
fn leading_date(text: &str) -> Option<&str> {
    let date = text.get(..10)?;
    let is_date = date.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let ends = !text[10..].starts_with(|next: char| next.is_ascii_alphanumeric());
    (is_date && ends).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Ours.\noperations = [\n    \"B\", # kept\n    \"A\",\n]\n";

    fn origin(commit: Option<&str>, sha256: &str) -> Origin {
        Origin {
            file: "bapi/2026-05-12.yml".to_owned(),
            commit: commit.map(str::to_owned),
            api_version: "2026-05-12".to_owned(),
            sha256: sha256.to_owned(),
        }
    }

    #[test]
    fn what_is_written_reads_back_and_the_hand_written_part_stays() {
        let recorded = Recorded {
            unlisted: vec!["GET /things".to_owned()],
            words: BTreeMap::from([("A".to_owned(), "def".to_owned())]),
        };
        let first = Manifest::parse(TEXT).unwrap();
        assert_eq!(
            (first.source.clone(), first.recorded.clone()),
            (None, Recorded::default())
        );
        let text = first
            .with_source(origin(Some("c"), "abc"), &recorded)
            .unwrap();
        assert!(text.starts_with(TEXT), "{text}");
        let again = Manifest::parse(&text).unwrap();
        assert_eq!(again.operations, ["B", "A"]);
        assert_eq!(again.source, Some(origin(Some("c"), "abc")));
        assert_eq!(again.recorded, recorded);
        // The commit is kept for the same document only.
        assert_eq!(
            again.with_source(origin(None, "abc"), &recorded).unwrap(),
            text
        );
        let text = again.with_source(origin(None, "other"), &recorded).unwrap();
        assert!(!text.contains("commit = "), "{text}");
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, part) in [
            ("", "missing field `operations`"),
            ("operations = []", "is empty"),
            ("operations = [1]", "expected a string"),
            ("operations = [\"A\", \"A\"]", "lists `A` twice"),
            ("operations = ", "TOML parse error"),
        ] {
            let message = format!("{:#}", Manifest::parse(text).unwrap_err());
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn file_and_version_come_from_the_source_that_is_given() {
        for path in [
            "/v1/main/bapi/2026-05-12.yml",
            "../specs/bapi/2026-05-12.yml",
        ] {
            assert_eq!(upstream_file(path), "bapi/2026-05-12.yml");
        }
        assert_eq!(upstream_file("./2026-05-12.yml"), "2026-05-12.yml");
        assert_eq!(api_version(None, "2026-05-12.yml").unwrap(), "2026-05-12");
        assert_eq!(api_version(Some("2025-01-01"), "x").unwrap(), "2025-01-01");
        assert!(api_version(Some("2025-01-01x"), "2026-05-12.yml").is_err());
        for name in ["bapi.yml", "2026-05-123.yml", "2026_05_12.yml"] {
            assert!(api_version(None, name).is_err(), "{name}");
        }
    }
}
