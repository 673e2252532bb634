//! For a pull request or a job summary.

use super::comparison::{Report, one_line};
use super::text::headline;
use crate::drift::change::Class;

/// The report as Markdown. What comes from upstream stands in code, in messages too: there it can't be a link, a mention
/// or HTML.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    let operations: Vec<String> = report.operations.iter().map(|id| code(id)).collect();
    match report.verdict() {
        None => out.push_str(&format!(
            "## No drift\n\nUpstream says of {} what the contract says.\n",
            operations.join(", ")
        )),
        Some(class) => out.push_str(&format!(
            "## Drift: {}\n\n{} Semver of a regenerated crate: **{}**.\n",
            class.name(),
            headline(class),
            report.semver()
        )),
    }
    out.push('\n');
    for (name, line) in report.source_lines() {
        out.push_str(&format!("- {name}: {}\n", code(&line)));
    }
    if report.changes.is_empty() {
        return out;
    }
    for class in [Class::Breaking, Class::Compatible, Class::Docs] {
        let count = report.of_class(class).count();
        if count == 0 {
            continue;
        }
        out.push_str(&format!("\n### {} ({count})\n\n", class.name()));
        for change in report.of_class(class) {
            out.push_str(&format!(
                "- {}: {}\n",
                code(&change.operation),
                one_line(&change.message)
            ));
            out.push_str(&format!("  - client: {}\n", one_line(&change.effect)));
            out.push_str(&format!("  - at: {}\n", code(&change.pointer)));
        }
    }
    out.push_str("\n### What to do\n\n```sh\n");
    for command in report.commands() {
        out.push_str(&format!("{}\n", one_line(&command).replace("```", "'''")));
    }
    out.push_str("```\n");
    for advice in report.advice() {
        out.push_str(&format!("\n{advice}\n"));
    }
    out
}

/// A text from outside as code.
fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}
