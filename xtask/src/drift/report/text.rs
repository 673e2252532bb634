//! For a terminal.

use super::comparison::{Report, one_line};
use crate::drift::change::Class;

/// The widest line.
const WIDTH: usize = 110;

/// The report for a person who has read nothing else.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    let operations = report.operations.join(", ");
    match report.verdict() {
        None => out.push_str(&format!(
            "No drift: upstream says of {operations} what the contract says.\n"
        )),
        Some(class) => out.push_str(&format!(
            "Drift: {}. {} Semver of a regenerated crate: {}.\n",
            class.name(),
            headline(class),
            report.semver()
        )),
    }
    out.push('\n');
    for (name, line) in report.source_lines() {
        out.push_str(&format!("  {name}  {}\n", one_line(&line)));
    }
    if report.changes.is_empty() {
        return out;
    }
    for class in [Class::Breaking, Class::Compatible, Class::Docs] {
        let count = report.of_class(class).count();
        if count == 0 {
            continue;
        }
        out.push_str(&format!("\n{} ({count})\n", class.name()));
        for change in report.of_class(class) {
            out.push('\n');
            wrap(
                &mut out,
                "  * ",
                "    ",
                &format!("{}: {}", one_line(&change.operation), change.message),
            );
            wrap(&mut out, "    client: ", "            ", &change.effect);
            out.push_str(&format!("    at: {}\n", one_line(&change.pointer)));
        }
    }
    out.push_str("\nWhat to do\n\n");
    for command in report.commands() {
        out.push_str(&format!("  {}\n", one_line(&command)));
    }
    for advice in report.advice() {
        out.push('\n');
        wrap(&mut out, "  ", "  ", &advice);
    }
    out
}

/// What a class means, in a sentence.
pub(super) fn headline(class: Class) -> &'static str {
    match class {
        Class::Docs => "Words changed, nothing else.",
        Class::Compatible => "Released clients keep working.",
        Class::Breaking => {
            "Released clients, or those who use a regenerated crate, have to change something."
        }
    }
}

/// Writes a text in lines, broken between words.
fn wrap(out: &mut String, first: &str, other: &str, text: &str) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = other.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}
