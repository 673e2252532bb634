//! For a pull request or a job summary.

use super::{Report, one_line, text};
use crate::drift::{Class, Fate};

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
            text::headline(class),
            report.semver().name()
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
    rust_api(&mut out, report);
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

fn rust_api(out: &mut String, report: &Report) {
    match &report.rust_api {
        None => {}
        Some(Ok(items)) if items.is_empty() => {
            out.push_str("\nPublic Rust items after regeneration: the same.\n");
        }
        Some(Ok(items)) => {
            out.push_str("\n### Public Rust items after regeneration\n\n");
            for item in items {
                let change = match (&item.change, &item.becomes) {
                    (Fate::Added, _) => "added".to_owned(),
                    (Fate::Removed, _) => "removed".to_owned(),
                    (Fate::Changed, becomes) => {
                        format!("becomes {}", code(becomes.as_deref().unwrap_or_default()))
                    }
                };
                out.push_str(&format!(
                    "- {}: {} {change}\n",
                    item.semver.name(),
                    code(&item.item)
                ));
            }
        }
        Some(Err(reason)) => {
            out.push_str("\n### Public Rust items after regeneration\n\nCan't be told, since no code can be generated yet:\n\n");
            for line in reason.lines() {
                out.push_str(&format!("    {}\n", one_line(line)));
            }
        }
    }
}

/// A text from outside as code.
fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}
