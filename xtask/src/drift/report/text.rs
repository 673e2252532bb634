//! For a terminal.

use super::{Report, one_line};

/// The widest line.
const WIDTH: usize = 100;

/// The report for a person who has read nothing else.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    match report.verdict() {
        None => wrap(&mut out, "No drift. ", "", report.headline()),
        Some(class) => wrap(
            &mut out,
            &format!("Drift: {}. ", class.name()),
            "",
            &format!("{} {}", report.headline(), report.version()),
        ),
    }
    out.push('\n');
    for (name, line) in report.sources() {
        out.push_str(&format!("  {name}    {}\n", one_line(&line)));
    }
    out.push_str(&format!(
        "  operations  {}\n",
        one_line(&report.operations.join(", "))
    ));
    for (class, changes) in report.sections() {
        out.push_str(&format!("\n{class} ({})\n", changes.len()));
        for change in changes {
            let message = format!("{}: {}", one_line(&change.operation), change.message);
            out.push('\n');
            wrap(&mut out, "  * ", "    ", &message);
            wrap(&mut out, "    effect: ", "            ", &change.effect);
            out.push_str(&format!("    place:  {}\n", one_line(&change.pointer)));
        }
    }
    let advice = report.advice();
    if !advice.is_empty() {
        out.push_str("\nWhat to do\n\n");
        for advice in advice {
            wrap(&mut out, "  ", "  ", &advice);
        }
        out.push_str(&format!("\n  {}\n", one_line(&report.command())));
    }
    out
}

/// Writes a text in lines, broken between words.
fn wrap(out: &mut String, first: &str, other: &str, text: &str) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
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
    out.push_str(&line);
    out.push('\n');
}
