//! What was measured, as Markdown and as JSON.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::timing::Build;
use crate::figures::{self, median};

/// Targets: at most so many crates more than plain reqwest, and so many times its build time.
const MOST_MORE_CRATES: usize = 6;
const MOST_TIMES: f64 = 1.10;

const MIB: f64 = 1024.0 * 1024.0;

/// What the figures hold for.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) target: String,
    /// Of Rust.
    pub(crate) release: String,
    pub(crate) processors: usize,
}

/// One contender.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) is_base: bool,
    pub(crate) is_judged: bool,
    pub(crate) crates: BTreeSet<String>,
    pub(crate) release: Vec<Build>,
    pub(crate) debug: Vec<Build>,
    /// Why there are no figures, or not all.
    pub(crate) failure: Option<String>,
}

/// A figure of a row.
struct Figure {
    name: &'static str,
    key: &'static str,
    unit: &'static str,
    digits: usize,
    of: fn(&Row) -> Option<f64>,
}

/// A column each.
const FIGURES: [Figure; 6] = [
    Figure {
        name: "crates linked",
        key: "crates",
        unit: "",
        digits: 0,
        of: |row| (!row.crates.is_empty()).then_some(row.crates.len() as f64),
    },
    Figure {
        name: "release build",
        key: "release_seconds",
        unit: " s",
        digits: 1,
        of: |row| median(row.release.iter().map(|build| build.seconds)),
    },
    Figure {
        name: "its processor time",
        key: "release_processor_seconds",
        unit: " s",
        digits: 1,
        of: |row| {
            median(
                row.release
                    .iter()
                    .filter_map(|build| build.processor_seconds),
            )
        },
    },
    Figure {
        name: "debug build",
        key: "debug_seconds",
        unit: " s",
        digits: 1,
        of: |row| median(row.debug.iter().map(|build| build.seconds)),
    },
    Figure {
        name: "its processor time",
        key: "debug_processor_seconds",
        unit: " s",
        digits: 1,
        of: |row| median(row.debug.iter().filter_map(|build| build.processor_seconds)),
    },
    Figure {
        name: "release program, stripped",
        key: "release_mib",
        unit: " MiB",
        digits: 2,
        of: |row| median(row.release.iter().map(|build| build.bytes as f64 / MIB)),
    },
];

/// Each figure, and in brackets its ratio to plain reqwest's; then the differences in crates, and the targets.
pub(crate) fn markdown(host: &Host, rounds: u32, rows: &[Row]) -> String {
    let base = rows.iter().find(|row| row.is_base);
    let heads: Vec<&str> = ["contender"]
        .into_iter()
        .chain(FIGURES.iter().map(|figure| figure.name))
        .collect();
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let figures = FIGURES.iter().map(|figure| cell(figure, row, base));
            [row.name.to_owned()].into_iter().chain(figures).collect()
        })
        .collect();
    let mut out = format!(
        "Rust {}, {}, {} processors; clean builds, medians of {rounds}; in brackets the ratio to plain reqwest. \
         The release profile is cargo's own with `strip = true`, the debug profile cargo's own.\n\n",
        host.release, host.target, host.processors
    );
    out.push_str(&figures::table(&heads, &lines));
    out.push('\n');
    // Writing to a string can't fail.
    for row in rows {
        if let Some(failure) = &row.failure {
            let _ = writeln!(out, "- {}: not measured: {failure}", row.name);
        }
        if let Some(base) =
            base.filter(|base| !row.is_base && !row.crates.is_empty() && !base.crates.is_empty())
        {
            let _ = writeln!(out, "- {}: {}", row.name, difference(row, base));
        }
    }
    let judged = rows.iter().filter(|row| row.is_judged);
    for (row, base) in judged.flat_map(|row| base.map(|base| (row, base))) {
        out.push_str(&format!("\nTargets for {}:\n\n", row.name));
        for target in targets(row, base) {
            let _ = writeln!(out, "- {target}");
        }
    }
    out
}

fn cell(figure: &Figure, row: &Row, base: Option<&Row>) -> String {
    let Some(value) = (figure.of)(row) else {
        return "none".to_owned();
    };
    let text = format!("{value:.*}{}", figure.digits, figure.unit);
    match base.and_then(figure.of) {
        Some(base) => format!("{text} ({:.2})", value / base),
        None => text,
    }
}

/// The crates that only one of two links.
fn difference(row: &Row, base: &Row) -> String {
    let list = |one: &Row, other: &Row| -> String {
        let only: Vec<&str> = one
            .crates
            .difference(&other.crates)
            .map(String::as_str)
            .collect();
        match only.as_slice() {
            [] => "nothing".to_owned(),
            some => format!("{} ({})", some.join(", "), some.len()),
        }
    };
    let more = list(row, base);
    let less = list(base, row);
    format!("links beyond {}: {more}; less: {less}", base.name)
}

/// Each target, with what was measured and whether that meets it.
fn targets(row: &Row, base: &Row) -> Vec<String> {
    let verdict = |is_met: bool| if is_met { "met" } else { "missed" };
    let mut told = Vec::new();
    if !row.crates.is_empty() && !base.crates.is_empty() {
        let more = row.crates.len().saturating_sub(base.crates.len());
        told.push(format!(
            "crates linked: {more} more, itself included; at most {MOST_MORE_CRATES} more: {}",
            verdict(more <= MOST_MORE_CRATES)
        ));
    }
    for figure in FIGURES.iter().filter(|figure| figure.unit == " s") {
        if let (Some(ours), Some(theirs)) = ((figure.of)(row), (figure.of)(base)) {
            let times = ours / theirs;
            told.push(format!(
                "{}: {times:.2} times; at most {MOST_TIMES:.2}: {}",
                figure.key.replace('_', " "),
                verdict(times <= MOST_TIMES)
            ));
        }
    }
    told
}

/// The same for programs.
pub(crate) fn json(host: &Host, rounds: u32, rows: &[Row]) -> Value {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut entry =
                json!({ "contender": row.name, "failure": row.failure, "links": row.crates });
            for figure in &FIGURES {
                entry[figure.key] = json!((figure.of)(row));
            }
            entry
        })
        .collect();
    json!({
        "rust": host.release,
        "target": host.target,
        "processors": host.processors,
        "rounds": rounds,
        "rows": rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, crates: &[&str], seconds: f64) -> Row {
        let build = Build {
            seconds,
            processor_seconds: None,
            bytes: 3 * 1024 * 1024,
        };
        Row {
            name,
            is_base: name == "base",
            is_judged: name == "ours",
            crates: crates.iter().map(|&name| name.to_owned()).collect(),
            release: vec![build],
            debug: Vec::new(),
            failure: None,
        }
    }

    fn host() -> Host {
        Host {
            target: "t".to_owned(),
            release: "1".to_owned(),
            processors: 2,
        }
    }

    #[test]
    fn figures_stand_beside_their_ratio() {
        let rows = [
            row("base", &["a 1", "b 1"], 10.0),
            row("ours", &["a 1", "c 1", "d 2"], 12.0),
        ];
        let text = markdown(&host(), 1, &rows);
        let line = "| ours | 3 (1.50) | 12.0 s (1.20) | none | none | none | 3.00 MiB (1.00) |\n";
        assert!(text.contains(line), "{text}");
        assert!(
            text.contains("- ours: links beyond base: c 1, d 2 (2); less: b 1 (1)\n"),
            "{text}"
        );
        assert!(
            text.contains("- crates linked: 1 more, itself included; at most 6 more: met\n"),
            "{text}"
        );
        assert!(
            text.ends_with("- release seconds: 1.20 times; at most 1.10: missed\n"),
            "{text}"
        );
    }

    #[test]
    fn what_could_not_be_measured_says_why() {
        let failed = Row {
            release: Vec::new(),
            failure: Some("can't be resolved".to_owned()),
            ..row("other", &[], 0.0)
        };
        let text = markdown(&host(), 1, &[row("base", &["a 1"], 1.0), failed]);
        assert!(text.contains("| other | none | none |"), "{text}");
        assert!(
            text.contains("- other: not measured: can't be resolved\n"),
            "{text}"
        );
    }
}
