//! For programs.

use anyhow::{Context, Result};
use serde_json::json;

use super::comparison::Report;

/// One JSON object on several lines.
pub(super) fn render(report: &Report) -> Result<String> {
    let recorded = report.recorded.as_ref().map(|recorded| {
        json!({
            "file": recorded.file,
            "commit": recorded.commit,
            "api_version": recorded.api_version,
            "sha256": recorded.sha256,
        })
    });
    let value = json!({
        "verdict": report.verdict_name(),
        "semver": report.semver(),
        "source": {
            "document": report.document.name,
            "api_version": report.document.api_version,
            "sha256": report.document.sha256,
            "contract": recorded,
        },
        "operations": report.operations,
        "changes": report.changes,
    });
    let text = serde_json::to_string_pretty(&value).context("the report as JSON")?;
    Ok(format!("{text}\n"))
}
