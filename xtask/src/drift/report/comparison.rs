//! What was compared, what was found, and what to do about it.

use crate::drift::change::{Change, Class};
use crate::upstream::manifest::Origin;

/// The upstream document that was compared with.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The path or URL as given.
    pub(crate) name: String,
    /// From its name, where that begins with a date.
    pub(crate) api_version: Option<String>,
    pub(crate) sha256: String,
}

/// What was compared, and what was found.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) document: Document,
    /// Where the contract came from, as far as that is known.
    pub(crate) recorded: Option<Origin>,
    /// The operations that were compared.
    pub(crate) operations: Vec<String>,
    /// The worst first.
    pub(crate) changes: Vec<Change>,
}

impl Report {
    /// The worst class; nothing where there is no drift.
    pub(crate) fn verdict(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// The verdict's name.
    pub(super) fn verdict_name(&self) -> &'static str {
        self.verdict().map_or("none", Class::name)
    }

    /// Which part of the version number a regenerated crate must raise, by the verdict alone.
    pub(super) fn semver(&self) -> &'static str {
        match self.verdict() {
            None | Some(Class::Docs) => "none",
            Some(Class::Compatible) => "minor",
            Some(Class::Breaking) => "major",
        }
    }

    /// The changes of one class.
    pub(super) fn of_class(&self, class: Class) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.class == class)
    }

    /// The commands that take the upstream document over.
    pub(crate) fn commands(&self) -> [String; 3] {
        let mut sync = format!(
            "cargo xtask sync --from {}",
            shell_word(&self.document.name)
        );
        if self.document.api_version.is_none() {
            let version = self
                .recorded
                .as_ref()
                .map_or("DATE", |recorded| recorded.api_version.as_str());
            sync.push_str(&format!(" --api-version {version}"));
        }
        [
            sync,
            "cargo xtask codegen".to_owned(),
            "cargo test --workspace --all-features".to_owned(),
        ]
    }

    /// What to do beside the commands: what they can't do themselves.
    pub(super) fn advice(&self) -> Vec<String> {
        let mut advice = Vec::new();
        if let Some(version) = self.older_version() {
            advice.push(format!(
                "The document is of API version {version}, older than the contract's: what it lacks has come since. Run the commands \
                 only to go back to it."
            ));
        }
        let Some(verdict) = self.verdict() else {
            return advice;
        };
        let release = match verdict {
            Class::Docs => "Nothing has to be released for this.",
            Class::Compatible => {
                "Then release a new minor version (below 1.0: 0.1.0 → 0.1.1). `cargo semver-checks` tells if the public API needs more."
            }
            Class::Breaking => {
                "Then let a person weigh each change, and release a new major version (below 1.0: 0.1 → 0.2)."
            }
        };
        advice.push(release.to_owned());
        advice
    }

    /// The document's API version, where it is older than the contract's. Versions are dates, year first.
    fn older_version(&self) -> Option<&str> {
        let version = self.document.api_version.as_deref()?;
        let recorded = &self.recorded.as_ref()?.api_version;
        (version < recorded.as_str()).then_some(version)
    }

    /// What was compared with what.
    pub(super) fn source_lines(&self) -> [(&'static str, String); 2] {
        let version = |version: Option<&str>| match version {
            Some(version) => format!("API version {version}"),
            None => "API version not in its name".to_owned(),
        };
        let document = &self.document;
        let api_version = version(document.api_version.as_deref());
        let upstream = format!(
            "{} ({api_version}, SHA-256 {})",
            document.name,
            short(&document.sha256)
        );
        let contract = match &self.recorded {
            Some(recorded) => {
                let commit = match &recorded.commit {
                    Some(commit) => format!(" at commit {}", short(commit)),
                    None => String::new(),
                };
                format!(
                    "openapi/sign-in-tokens.yml (from {}{commit})",
                    recorded.file
                )
            }
            None => "openapi/sign-in-tokens.yml (where it came from is not recorded)".to_owned(),
        };
        [("upstream", upstream), ("contract", contract)]
    }
}

/// The first digits of a digest.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// One word for a shell: what is not plain is quoted.
fn shell_word(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "/.-_:=%+@".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text from outside on one line.
pub(super) fn one_line(text: &str) -> String {
    let printable = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    text.chars().map(printable).collect()
}
