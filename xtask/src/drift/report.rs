//! A drift, said to people (text, Markdown) and to programs (JSON).

pub(super) mod comparison;
mod json;
mod markdown;
mod text;

use anyhow::Result;

use comparison::Report;

/// How to say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// For programs: one JSON object.
    Json,
    /// For a pull request or a job summary.
    Markdown,
}

/// The report as text of this format.
pub(crate) fn render(report: &Report, format: Format) -> Result<String> {
    match format {
        Format::Text => Ok(text::render(report)),
        Format::Json => json::render(report),
        Format::Markdown => Ok(markdown::render(report)),
    }
}
