//! For a pull request or a job summary.

use super::{Report, one_line};

/// The report as Markdown. Text from upstream stands in code, in messages too: there it can't be a link, a mention or
/// HTML.
pub(super) fn render(report: &Report) -> String {
    let mut out = match report.verdict() {
        None => format!("## No drift\n\n{}\n\n", report.headline()),
        Some(class) => format!(
            "## Drift: {}\n\n{} {}\n\n",
            class.name(),
            report.headline(),
            report.version()
        ),
    };
    for (name, line) in report.sources() {
        out.push_str(&format!("- {name}: {}\n", code(&line)));
    }
    let operations: Vec<String> = report.operations.iter().map(|id| code(id)).collect();
    out.push_str(&format!("- operations: {}\n", operations.join(", ")));
    for (class, changes) in report.sections() {
        out.push_str(&format!("\n### {class} ({})\n\n", changes.len()));
        for change in changes {
            let operation = code(&change.operation);
            out.push_str(&format!("- {operation}: {}\n", one_line(&change.message)));
            out.push_str(&format!("  - effect: {}\n", one_line(&change.effect)));
            out.push_str(&format!("  - place: {}\n", code(&change.pointer)));
        }
    }
    let advice = report.advice();
    if !advice.is_empty() {
        out.push_str(&format!("\n### What to do\n\n{}\n", advice.join("\n\n")));
        let command = one_line(&report.command()).replace("```", "'''");
        out.push_str(&format!("\n```sh\n{command}\n```\n"));
    }
    out
}

/// A text from a document as code.
fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}
