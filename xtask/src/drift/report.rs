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

/// What was compared, and what was found.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// The path or URL of the upstream document, as given.
    pub(crate) document: String,
    /// From its name, if that begins with a date.
    pub(crate) api_version: Option<String>,
    pub(crate) sha256: String,
    /// Where the contract came from, if that is recorded.
    pub(crate) origin: Option<Origin>,
    /// The operations that were compared.
    pub(crate) operations: Vec<String>,
    /// The worst first.
    pub(crate) changes: Vec<Change>,
}

/// What a verdict means: the part of the version number that the regenerated crate must raise, the headline, and what to
/// do.
fn meaning(verdict: Option<Class>) -> (&'static str, &'static str, Option<&'static str>) {
    match verdict {
        None => (
            "none",
            "No drift. For these operations, upstream and the contract agree.",
            None,
        ),
        Some(Class::Docs) => (
            "none",
            "Drift: docs. Nothing changes for clients. The crate needs no new version.",
            Some("The command below records it. It needs no release."),
        ),
        Some(Class::Compatible) => (
            "minor",
            "Drift: compatible. Released clients keep working, and code that uses them keeps \
             compiling. The regenerated crate needs a new minor version.",
            Some(
                "Run the command below, then release a new minor version (below 1.0: 0.1.0 → \
                 0.1.1).",
            ),
        ),
        Some(Class::Breaking) => (
            "major",
            "Drift: breaking. Released clients fail, or code that uses the regenerated crate has \
             to change. The regenerated crate needs a new major version.",
            Some(
                "Read the effect of each breaking change. If released clients fail, they fail as \
                 soon as Clerk's server changes: warn their users. Run the command below, fix \
                 what no longer compiles, then release a new major version (below 1.0: 0.1 → \
                 0.2).",
            ),
        ),
    }
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
        let (_, headline, advice) = meaning(self.verdict());
        let mut out = String::new();
        wrap(&mut out, "", "", headline);
        out.push_str(&format!(
            "\n  upstream    {}\n  contract    {}\n  operations  {}\n",
            one_line(&self.upstream()),
            one_line(&self.contract()),
            one_line(&self.operations.join(", "))
        ));
        for class in [Class::Breaking, Class::Compatible, Class::Docs] {
            let changes = self.changes.iter().filter(|change| change.class == class);
            let changes: Vec<&Change> = changes.collect();
            if !changes.is_empty() {
                out.push_str(&format!("\n{} ({})\n", class.name(), changes.len()));
            }
            for change in changes {
                let message = format!("{}: {}", one_line(&change.operation), change.message);
                out.push('\n');
                wrap(&mut out, "  * ", "    ", &message);
                wrap(&mut out, "    effect: ", "            ", &change.effect);
                out.push_str(&format!("    place:  {}\n", one_line(&change.pointer)));
            }
        }
        let older = self.older_version().map(|version| {
            format!(
                "The document is of API version {version}, older than the contract's: what it \
                 lacks may have come later. Run the command only to go back to it."
            )
        });
        let advice: Vec<&str> = older.as_deref().into_iter().chain(advice).collect();
        if !advice.is_empty() {
            out.push_str("\nWhat to do\n\n");
            for advice in advice {
                wrap(&mut out, "  ", "  ", advice);
            }
            out.push_str(&format!("\n  {}\n", one_line(&self.command())));
        }
        out
    }

    fn json(&self) -> Result<String> {
        let verdict = self.verdict();
        let value = json!({
            "verdict": verdict.map_or("none", Class::name),
            "semver": meaning(verdict).0,
            "source": {
                "document": self.document,
                "api_version": self.api_version,
                "sha256": self.sha256,
                "contract": self.origin,
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

    /// The command that adopts the upstream document.
    pub(crate) fn command(&self) -> String {
        let mut command = format!("cargo xtask sync --from {}", shell_word(&self.document));
        if self.api_version.is_none() {
            let origin = self.origin.as_ref();
            let version = origin.map_or("DATE", |origin| &origin.api_version);
            command.push_str(&format!(" --api-version {version}"));
        }
        command + " && cargo xtask codegen && cargo test --workspace --all-features"
    }

    /// The document's API version, if it is older than the contract's. Versions are dates, year first.
    fn older_version(&self) -> Option<&str> {
        let version = self.api_version.as_deref()?;
        (version < self.origin.as_ref()?.api_version.as_str()).then_some(version)
    }

    fn upstream(&self) -> String {
        let version = match &self.api_version {
            Some(version) => format!("API version {version}"),
            None => "API version not in its name".to_owned(),
        };
        let digest = short(&self.sha256);
        format!("{} ({version}, SHA-256 {digest})", self.document)
    }

    fn contract(&self) -> String {
        let Some(origin) = &self.origin else {
            return format!("{CONTRACT} (its origin is not recorded)");
        };
        let commit = match &origin.commit {
            Some(commit) => format!(" at commit {}", short(commit)),
            None => String::new(),
        };
        format!("{CONTRACT} (from {}{commit})", origin.file)
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
    let mut words = text.split_whitespace();
    let mut line = format!("{first}{}", words.next().unwrap_or_default());
    for word in words {
        // At the start of a line, `::` would be a command to GitHub's runner.
        let may_start = !word.starts_with("::");
        if may_start && line.chars().count() + word.chars().count() >= WIDTH {
            out.push_str(&format!("{line}\n"));
            line = format!("{other}{word}");
        } else {
            line.push_str(&format!(" {word}"));
        }
    }
    out.push_str(&format!("{line}\n"));
}
