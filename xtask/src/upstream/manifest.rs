//! `openapi/upstream.toml`: which operations the contract has, and which upstream document it was cut from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// Where Clerk publishes its documents.
const REPOSITORY: &str = "https://github.com/clerk/openapi-specs";

/// What `upstream.toml` says. The part that is written by hand, comments too, is kept as it is.
#[derive(Debug)]
pub(crate) struct Manifest {
    text: DocumentMut,
    /// The operationIds to cut out.
    pub(crate) operations: Vec<String>,
    /// Where the present contract came from, if that is recorded.
    pub(crate) source: Option<Origin>,
    /// What the contract doesn't keep of that document.
    pub(crate) recorded: Recorded,
}

/// Where a contract came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The document's path in the upstream repository: its directory and name, as they were given.
    pub(crate) file: String,
    /// The commit at which it was read, if that is known.
    pub(crate) commit: Option<String>,
    /// The API version that it describes.
    pub(crate) api_version: String,
    /// Of the document, byte for byte.
    pub(crate) sha256: String,
}

/// What the contract itself doesn't keep, so that a change of it is reported once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// Operations under the same paths that are not listed, as `GET /things`.
    pub(crate) unlisted: Vec<String>,
    /// The digest of the words on each operation, by operationId.
    pub(crate) words: BTreeMap<String, String>,
}

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
        let text: DocumentMut = text.parse()?;
        let Some(listed) = text.get("operations").and_then(Item::as_array) else {
            bail!("it has no list `operations`; write: operations = [\"CreateSignInToken\"]");
        };
        let mut operations: Vec<String> = Vec::new();
        for entry in listed {
            match entry.as_str() {
                Some(id) if operations.iter().any(|known| known == id) => {
                    bail!("`operations` lists `{id}` twice; remove one")
                }
                Some(id) if !id.is_empty() => operations.push(id.to_owned()),
                _ => bail!(
                    "`operations` must hold operationIds as strings, not {}",
                    entry.to_string().trim()
                ),
            }
        }
        if operations.is_empty() {
            bail!("`operations` is empty; list the operationIds that the contract should have");
        }
        let source = text.get("source");
        let unlisted = source.and_then(|source| source.get("unlisted")?.as_array());
        let words = text.get("words").and_then(Item::as_table_like);
        let recorded = Recorded {
            unlisted: unlisted
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.as_str().map(str::to_owned))
                .collect(),
            words: words
                .into_iter()
                .flat_map(|words| words.iter())
                .filter_map(|(id, digest)| Some((id.to_owned(), digest.as_str()?.to_owned())))
                .collect(),
        };
        Ok(Self {
            operations,
            source: source.and_then(origin),
            recorded,
            text,
        })
    }

    /// The text of the file with another source recorded.
    ///
    /// A commit that is not given is kept as long as the document is the same.
    pub(crate) fn with_source(&self, mut origin: Origin, recorded: &Recorded) -> String {
        if let (None, Some(recorded)) = (&origin.commit, &self.source)
            && recorded.file == origin.file
            && recorded.sha256 == origin.sha256
        {
            origin.commit.clone_from(&recorded.commit);
        }
        let mut source = Table::new();
        source.decor_mut().set_prefix(SOURCE_COMMENT);
        source.insert("repository", value(REPOSITORY));
        source.insert("file", value(origin.file));
        if let Some(commit) = origin.commit {
            source.insert("commit", value(commit));
        }
        source.insert("api_version", value(origin.api_version));
        source.insert("sha256", value(origin.sha256));
        if !recorded.unlisted.is_empty() {
            let unlisted: Array = recorded.unlisted.iter().collect();
            source.insert("unlisted", value(unlisted));
        }
        let mut words = Table::new();
        words.decor_mut().set_prefix(WORDS_COMMENT);
        for (operation, digest) in &recorded.words {
            words.insert(operation, value(digest));
        }
        let mut text = self.text.clone();
        for (key, table) in [("source", source), ("words", words)] {
            text.remove(key);
            text.insert(key, Item::Table(table));
        }
        text.to_string()
    }
}

/// Stands above the source.
const SOURCE_COMMENT: &str = "
# The document that the contract was last cut from. Written by `cargo xtask sync`.
";

/// Stands above the digests.
const WORDS_COMMENT: &str = "
# SHA-256 of upstream's words on each operation (descriptions, titles, tags, examples, `x-` keys): the contract keeps none
# of them, and `cargo xtask drift` sees by these when they change. Written by `cargo xtask sync`.
";

fn origin(source: &Item) -> Option<Origin> {
    let text = |key| source.get(key).and_then(Item::as_str).map(str::to_owned);
    Some(Origin {
        file: text("file")?,
        commit: text("commit"),
        api_version: text("api_version")?,
        sha256: text("sha256")?,
    })
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
    if text.len() != 40 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        bail!("--commit must be a full commit id (40 hexadecimal digits), not {text:?}");
    }
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

    fn origin(commit: Option<&str>) -> Origin {
        Origin {
            file: "bapi/2026-05-12.yml".to_owned(),
            commit: commit.map(str::to_owned),
            api_version: "2026-05-12".to_owned(),
            sha256: "abc".to_owned(),
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
        let text = first.with_source(origin(Some("c")), &recorded);
        assert!(text.starts_with(TEXT), "{text}");
        let again = Manifest::parse(&text).unwrap();
        assert_eq!(again.operations, ["B", "A"]);
        assert_eq!(again.source, Some(origin(Some("c"))));
        assert_eq!(again.recorded, recorded);
        // The commit is kept for the same document only.
        assert_eq!(again.with_source(origin(None), &recorded), text);
        let other = Origin {
            sha256: "other".to_owned(),
            ..origin(None)
        };
        let text = again.with_source(other, &recorded);
        assert!(!text.contains("commit"), "{text}");
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, part) in [
            ("", "no list `operations`"),
            ("operations = []", "is empty"),
            ("operations = [1]", "not 1"),
            ("operations = [\"A\", \"A\"]", "lists `A` twice"),
            ("operations = ", "TOML parse error"),
        ] {
            let message = format!("{:#}", Manifest::parse(text).unwrap_err());
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn the_file_is_the_source_that_was_given() {
        for path in [
            "/v1/main/bapi/2026-05-12.yml",
            "../specs/bapi/2026-05-12.yml",
            "bapi\\2026-05-12.yml",
        ] {
            assert_eq!(upstream_file(path), "bapi/2026-05-12.yml");
        }
        assert_eq!(upstream_file("./2026-05-12.yml"), "2026-05-12.yml");
    }

    #[test]
    fn the_version_is_given_or_begins_the_name() {
        assert_eq!(api_version(None, "2026-05-12.yml").unwrap(), "2026-05-12");
        assert_eq!(api_version(Some("2025-01-01"), "x").unwrap(), "2025-01-01");
        assert!(api_version(Some("2025-01-01x"), "2026-05-12.yml").is_err());
        for name in ["bapi.yml", "2026-05-123.yml", "2026_05_12.yml"] {
            assert!(api_version(None, name).is_err(), "{name}");
        }
        assert_eq!(commit(&"aB".repeat(20)).unwrap(), "ab".repeat(20));
        assert!(commit("abc").is_err());
    }
}
