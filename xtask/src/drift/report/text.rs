//! For a terminal.

use super::{Report, one_line};

/// The widest line.
const WIDTH: usize = 100;

/// The report for a person who has read nothing else.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    wrap(&mut out, "", "", report.headline());
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
