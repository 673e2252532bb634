//! What was compared, what was found, and what to do about it: for people (text, Markdown) and for programs (JSON).

use anyhow::{Context, Result};
use serde_json::json;

use super::change::{Change, Class};
use crate::paths::CONTRACT;
use crate::upstream::manifest::Origin;

/// The widest line of the text report.
const WIDTH: usize = 100;

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// For programs: one JSON object.
    Json,
    /// For a pull request or a job summary.
    Markdown,
}

/// The upstream document that was compared with.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The path or URL as given.
    pub(crate) name: String,
    /// From its name, if that begins with a date.
    pub(crate) api_version: Option<String>,
    pub(crate) sha256: String,
}

/// What was compared, and what was found.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) document: Document,
    /// Where the contract came from, if that is recorded.
    pub(crate) origin: Option<Origin>,
    /// The operations that were compared.
    pub(crate) operations: Vec<String>,
    /// The worst first.
    pub(crate) changes: Vec<Change>,
}

impl Report {
    /// The report as text of this format.
    pub(crate) fn render(&self, format: Format) -> Result<String> {
        match format {
            Format::Text => Ok(self.text()),
            // In a code block, text from upstream can't be a link, a mention or HTML.
            Format::Markdown => {
                let verdict = self.verdict().map_or("none", Class::name);
                let text = self.text().replace("```", "'''");
                Ok(format!("## Drift: {verdict}\n\n```text\n{text}```\n"))
            }
            Format::Json => self.json(),
        }
    }

    /// The report for a person who has read nothing else.
    fn text(&self) -> String {
        let mut out = String::new();
        wrap(&mut out, "", "", self.headline());
        out.push('\n');
        for (name, line) in self.sources() {
            out.push_str(&format!("  {name}    {}\n", one_line(&line)));
        }
        out.push_str(&format!(
            "  operations  {}\n",
            one_line(&self.operations.join(", "))
        ));
        for (class, changes) in self.sections() {
            out.push_str(&format!("\n{class} ({})\n", changes.len()));
            for change in changes {
                let message = format!("{}: {}", one_line(&change.operation), change.message);
                out.push('\n');
                wrap(&mut out, "  * ", "    ", &message);
                wrap(&mut out, "    effect: ", "            ", &change.effect);
                out.push_str(&format!("    place:  {}\n", one_line(&change.pointer)));
            }
        }
        let advice = self.advice();
        if !advice.is_empty() {
            out.push_str("\nWhat to do\n\n");
            for advice in advice {
                wrap(&mut out, "  ", "  ", &advice);
            }
            out.push_str(&format!("\n  {}\n", one_line(&self.command())));
        }
        out
    }

    fn json(&self) -> Result<String> {
        let contract = self.origin.as_ref().map(|origin| {
            json!({
                "file": origin.file,
                "commit": origin.commit,
                "api_version": origin.api_version,
                "sha256": origin.sha256,
            })
        });
        let value = json!({
            "verdict": self.verdict().map_or("none", Class::name),
            "semver": self.semver(),
            "source": {
                "document": self.document.name,
                "api_version": self.document.api_version,
                "sha256": self.document.sha256,
                "contract": contract,
            },
            "operations": self.operations,
            "changes": self.changes,
        });
        let text = serde_json::to_string_pretty(&value).context("the report as JSON")?;
        Ok(format!("{text}\n"))
    }

    /// The worst class; nothing if there is no drift.
    pub(crate) fn verdict(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// Which part of the version number the regenerated crate must raise.
    fn semver(&self) -> &'static str {
        match self.verdict() {
            None | Some(Class::Docs) => "none",
            Some(Class::Compatible) => "minor",
            Some(Class::Breaking) => "major",
        }
    }

    /// The verdict, and what it means.
    fn headline(&self) -> &'static str {
        match self.verdict() {
            None => "No drift. Upstream says of these operations what the contract says.",
            Some(Class::Docs) => {
                "Drift: docs. Nothing changes for clients. The crate needs no new version."
            }
            Some(Class::Compatible) => {
                "Drift: compatible. Released clients keep working, and code that uses them keeps compiling. The regenerated crate needs a new minor version."
            }
            Some(Class::Breaking) => {
                "Drift: breaking. Released clients fail, or code that uses the regenerated crate has to change. The regenerated crate needs a new major version."
            }
        }
    }

    /// The classes that were found, the worst first, each with its changes.
    fn sections(&self) -> impl Iterator<Item = (&'static str, Vec<&Change>)> {
        let classes = [Class::Breaking, Class::Compatible, Class::Docs].into_iter();
        classes.filter_map(|class| {
            let changes = self.changes.iter();
            let changes: Vec<&Change> = changes.filter(|change| change.class == class).collect();
            (!changes.is_empty()).then_some((class.name(), changes))
        })
    }

    /// The command that takes the upstream document over.
    pub(crate) fn command(&self) -> String {
        let mut command = format!(
            "cargo xtask sync --from {}",
            shell_word(&self.document.name)
        );
        if self.document.api_version.is_none() {
            let version = self
                .origin
                .as_ref()
                .map(|origin| origin.api_version.as_str());
            command.push_str(&format!(" --api-version {}", version.unwrap_or("DATE")));
        }
        command + " && cargo xtask codegen && cargo test --workspace --all-features"
    }

    /// What to consider before and after the command.
    fn advice(&self) -> Vec<String> {
        let mut advice = Vec::new();
        if let Some(version) = self.older_version() {
            advice.push(format!(
                "The document is of API version {version}, older than the contract's: what it lacks may have come later. Run the command only to go back to it."
            ));
        }
        let release = match self.verdict() {
            None => return advice,
            Some(Class::Docs) => "The command below records it. It needs no release.",
            Some(Class::Compatible) => {
                "Run the command below, then release a new minor version (below 1.0: 0.1.0 → 0.1.1)."
            }
            Some(Class::Breaking) => {
                "Read each breaking change. If released clients fail, they do so as soon as Clerk's server changes: tell their users. Run the command below, fix what no longer compiles, then release a new major version (below 1.0: 0.1 → 0.2)."
            }
        };
        advice.push(release.to_owned());
        advice
    }

    /// The document's API version, if it is older than the contract's. Versions are dates, year first.
    fn older_version(&self) -> Option<&str> {
        let version = self.document.api_version.as_deref()?;
        let known = &self.origin.as_ref()?.api_version;
        (version < known.as_str()).then_some(version)
    }

    /// What was compared with what.
    fn sources(&self) -> [(&'static str, String); 2] {
        let document = &self.document;
        let version = match &document.api_version {
            Some(version) => format!("API version {version}"),
            None => "API version not in its name".to_owned(),
        };
        let upstream = format!(
            "{} ({version}, SHA-256 {})",
            document.name,
            short(&document.sha256)
        );
        let origin = match &self.origin {
            Some(origin) => {
                let commit = origin.commit.as_deref();
                let commit = commit.map(|commit| format!(" at commit {}", short(commit)));
                format!("from {}{}", origin.file, commit.unwrap_or_default())
            }
            None => "its origin is not recorded".to_owned(),
        };
        [
            ("upstream", upstream),
            ("contract", format!("{CONTRACT} ({origin})")),
        ]
    }
}

/// The first digits of a digest.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// One word for a shell, quoted if it isn't plain.
fn shell_word(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "/.-_:=%+@".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text from a document on one line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Writes a text in lines, broken between words.
fn wrap(out: &mut String, first: &str, other: &str, text: &str) {
    out.push_str(first);
    let mut width = first.chars().count();
    for (index, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count() + 1;
        if index > 0 && width + length > WIDTH {
            out.push_str(&format!("\n{other}{word}"));
            width = other.chars().count() + length;
        } else {
            out.push_str(if index > 0 { " " } else { "" });
            out.push_str(word);
            width += length;
        }
    }
    out.push('\n');
}
