//! `openapi/upstream.toml`: which operations the contract has, and which upstream document it was cut from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use toml_edit::{Array, DocumentMut, Item, Table, value};

use crate::words::Parts;

/// Where Clerk publishes its documents.
const REPOSITORY: &str = "https://github.com/clerk/openapi-specs";

/// What `upstream.toml` says; what was written by hand in it (comments too) is kept.
#[derive(Debug)]
pub(crate) struct Upstream {
    text: DocumentMut,
    /// The operationIds to cut out.
    pub(crate) operations: Vec<String>,
    /// The directory of the dated documents in the upstream repository.
    pub(crate) directory: String,
}

/// Where a contract came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The document's path in the upstream repository.
    pub(crate) file: String,
    /// The commit at which it was read, when that is known.
    pub(crate) commit: Option<String>,
    /// The API version that it describes.
    pub(crate) api_version: String,
    /// Of the document, byte for byte.
    pub(crate) sha256: String,
}

/// What the contract itself doesn't keep, so that a change of it is told once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Operations under the same paths that are not listed, as `GET /things`.
    pub(crate) unlisted: Vec<String>,
    /// Digests of the words on each operation.
    pub(crate) words: BTreeMap<String, Parts>,
}

impl Upstream {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| {
            format!(
                "cannot read {}, which lists the operations of the contract",
                path.display()
            )
        })?;
        Self::parse(&text).with_context(|| format!("{} is not usable", path.display()))
    }

    /// Reads the text of the file.
    fn parse(text: &str) -> anyhow::Result<Self> {
        let text: DocumentMut = text.parse()?;
        let mut operations: Vec<String> = Vec::new();
        let Some(listed) = text.get("operations").and_then(Item::as_array) else {
            bail!("it has no list `operations`; write: operations = [\"CreateSignInToken\"]");
        };
        for entry in listed {
            let Some(id) = entry.as_str().filter(|id| !id.is_empty()) else {
                bail!(
                    "`operations` must hold operationIds as strings, not {}",
                    entry.to_string().trim()
                );
            };
            if operations.iter().any(|known| known == id) {
                bail!("`operations` lists `{id}` twice; remove one");
            }
            operations.push(id.to_owned());
        }
        if operations.is_empty() {
            bail!("`operations` is empty; list the operationIds that the contract should have");
        }
        let Some(directory) = text.get("directory").and_then(Item::as_str) else {
            bail!("it has no string `directory`; write: directory = \"bapi\"");
        };
        let directory = directory.trim_matches('/').to_owned();
        if let Some(source) = text.get("source")
            && !source.is_table()
        {
            bail!("`source` must be a table: [source]");
        }
        Ok(Self {
            text,
            operations,
            directory,
        })
    }

    /// Where the present contract came from, as far as it is recorded.
    pub(crate) fn recorded(&self) -> Option<Source> {
        let source = self.text.get("source")?;
        let text = |key| source.get(key).and_then(Item::as_str).map(str::to_owned);
        Some(Source {
            file: text("file")?,
            commit: text("commit"),
            api_version: text("api_version")?,
            sha256: text("sha256")?,
        })
    }

    /// What is recorded beside the contract.
    pub(crate) fn beside(&self) -> Beside {
        let unlisted = self
            .text
            .get("source")
            .and_then(|source| source.get("unlisted"));
        let unlisted = unlisted.and_then(Item::as_array).into_iter().flatten();
        let words = self.text.get("words").and_then(Item::as_table_like);
        let words = words.into_iter().flat_map(|words| words.iter());
        Beside {
            unlisted: unlisted
                .filter_map(|entry| entry.as_str().map(str::to_owned))
                .collect(),
            words: words
                .map(|(operation, parts)| {
                    let parts = parts
                        .as_table_like()
                        .into_iter()
                        .flat_map(|parts| parts.iter());
                    let parts = parts.filter_map(|(part, digest)| {
                        Some((part.to_owned(), digest.as_str()?.to_owned()))
                    });
                    (operation.to_owned(), parts.collect())
                })
                .collect(),
        }
    }

    /// The text of the file with another source recorded.
    ///
    /// A commit that is not given is kept as long as the document is the same.
    pub(crate) fn with_source(&self, mut source: Source, beside: &Beside) -> String {
        if let (None, Some(recorded)) = (&source.commit, self.recorded())
            && recorded.file == source.file
            && recorded.sha256 == source.sha256
        {
            source.commit = recorded.commit;
        }
        let mut text = self.text.clone();
        let entry = text
            .entry("source")
            .or_insert_with(|| Item::Table(Table::new()));
        if let Some(table) = entry.as_table_mut() {
            if !table.contains_key("repository") {
                set(table, "repository", REPOSITORY);
            }
            set(table, "file", &source.file);
            match &source.commit {
                Some(commit) => set(table, "commit", commit),
                None => {
                    table.remove("commit");
                }
            }
            set(table, "api_version", &source.api_version);
            set(table, "sha256", &source.sha256);
            if beside.unlisted.is_empty() {
                table.remove("unlisted");
            } else {
                table.insert("unlisted", value(beside.unlisted.iter().collect::<Array>()));
            }
            // Where a key stands must not depend on when it came.
            let rank = |key: &toml_edit::Key| ORDER.iter().position(|known| *known == key.get());
            table.sort_values_by(|one, _, other, _| {
                let rank = |key| rank(key).unwrap_or(ORDER.len());
                rank(one).cmp(&rank(other))
            });
        }
        set_words(&mut text, &beside.words);
        text.to_string()
    }
}

/// The keys of the table `source`, as they are written.
const ORDER: [&str; 6] = [
    "repository",
    "file",
    "commit",
    "api_version",
    "sha256",
    "unlisted",
];

/// Stands above the digests.
const WORDS_COMMENT: &str = "
# SHA-256 of upstream's words on each operation (descriptions, titles, tags, examples, `x-` keys): the contract keeps
# none of them, `cargo xtask drift` tells by these when they change. Written by `cargo xtask sync`.
";

/// Replaces the table `words`.
fn set_words(text: &mut DocumentMut, words: &BTreeMap<String, Parts>) {
    text.remove("words");
    if words.is_empty() {
        return;
    }
    let mut table = Table::new();
    table.set_implicit(true);
    for (index, (operation, parts)) in words.iter().enumerate() {
        let mut entries = Table::new();
        for (part, digest) in parts {
            entries.insert(part, value(digest));
        }
        if index == 0 {
            entries.decor_mut().set_prefix(WORDS_COMMENT);
        }
        table.insert(operation, Item::Table(entries));
    }
    text.insert("words", Item::Table(table));
}

/// Sets a string and keeps the comment beside it.
fn set(table: &mut Table, key: &str, text: &str) {
    let mut new = value(text);
    if let (Some(old), Some(new)) = (table.get(key).and_then(Item::as_value), new.as_value_mut()) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(key, new);
}

/// Checks that this is the full id of a Git commit.
pub(crate) fn commit(text: &str) -> anyhow::Result<String> {
    if text.len() != 40 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        bail!("--commit must be a full commit id (40 hexadecimal digits), not {text:?}");
    }
    Ok(text.to_ascii_lowercase())
}

/// Checks that this is a date such as `2026-05-12`, which is what API versions are.
pub(crate) fn api_version(text: &str) -> anyhow::Result<String> {
    match leading_date(text) {
        Some(date) if date == text => Ok(date.to_owned()),
        _ => bail!("--api-version must be a date such as 2026-05-12, not {text:?}"),
    }
}

/// The API version that a document's name begins with.
pub(crate) fn api_version_of_name(name: &str) -> anyhow::Result<String> {
    match leading_date(name) {
        Some(date) => Ok(date.to_owned()),
        None => bail!(
            "the name {name:?} does not begin with the API version's date (as 2026-05-12.yml does): pass --api-version DATE"
        ),
    }
}

/// The path that a document of this name has in the upstream repository.
pub(crate) fn upstream_file(directory: &str, api_version: &str, name: &str) -> String {
    let extension = Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("yml");
    let file = format!("{api_version}.{extension}");
    if directory.is_empty() {
        file
    } else {
        format!("{directory}/{file}")
    }
}

/// The date at the start of a name, if nothing but a separator follows it.
fn leading_date(text: &str) -> Option<&str> {
    let date = text.get(..10)?;
    let digits = |range: std::ops::Range<usize>| -> Option<u32> {
        let part = date.get(range)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(())?;
        part.parse().ok()
    };
    digits(0..4)?;
    let separated = date.get(4..5)? == "-" && date.get(7..8)? == "-";
    let ends = !text[10..].starts_with(|next: char| next.is_ascii_alphanumeric());
    let valid = (1..=12).contains(&digits(5..7)?) && (1..=31).contains(&digits(8..10)?);
    (separated && ends && valid).then_some(date)
}

#[cfg(test)]
mod tests;
