//! What was measured, as Markdown and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::candidates::Candidates;
use super::case::Step;
use crate::figures::{self, median};
use crate::measure::Measured;

const KIB: f64 = 1024.0;

/// One tool on so many operations: medians.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    operations: usize,
    contract_kib: f64,
    step: Step,
    seconds: f64,
    processor_seconds: Option<f64>,
    peak_mib: Option<f64>,
}

/// From the row before, with fewer operations, to this one.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Growth {
    /// What each further operation took.
    milliseconds: f64,
    /// Time grows as operations to the power of this: 1 is linear, 2 is quadratic.
    exponent: f64,
}

impl Row {
    pub(crate) fn new(
        operations: usize,
        contract_bytes: usize,
        step: Step,
        runs: &[Measured],
    ) -> Self {
        let processor = runs.iter().filter_map(|run| run.processor_seconds);
        let peak = runs.iter().filter_map(|run| run.peak_bytes);
        Self {
            operations,
            contract_kib: contract_bytes as f64 / KIB,
            step,
            seconds: median(runs.iter().map(|run| run.seconds)).unwrap_or_default(),
            processor_seconds: median(processor),
            peak_mib: median(peak.map(|bytes| bytes as f64 / KIB / KIB)),
        }
    }

    /// By processor time where that is known: others on the machine disturb it less.
    fn time(&self) -> f64 {
        self.processor_seconds.unwrap_or(self.seconds)
    }

    fn growth(&self, rows: &[Self]) -> Option<Growth> {
        let fewer = rows
            .iter()
            .filter(|row| row.step == self.step && row.operations < self.operations)
            .max_by_key(|row| row.operations)?;
        let (now, before) = (self.operations as f64, fewer.operations as f64);
        Some(Growth {
            milliseconds: (self.time() - fewer.time()) * 1e3 / (now - before),
            exponent: (self.time() / fewer.time()).ln() / (now / before).ln(),
        })
    }
}

/// The table, and the operations that are left out.
pub(crate) fn markdown(rows: &[Row], candidates: &Candidates) -> String {
    let figure = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("{value:.digits$}"),
        None => "unknown".to_owned(),
    };
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let growth = row.growth(rows);
            vec![
                row.operations.to_string(),
                format!("{:.0}", row.contract_kib),
                row.step.name().to_owned(),
                format!("{:.3}", row.seconds),
                figure(row.processor_seconds, 3),
                figure(row.peak_mib, 1),
                growth.map_or(String::new(), |growth| {
                    format!("{:.2}", growth.milliseconds)
                }),
                growth.map_or(String::new(), |growth| format!("{:.2}", growth.exponent)),
            ]
        })
        .collect();
    let heads = [
        "operations",
        "contract KiB",
        "verb",
        "seconds",
        "processor seconds",
        "peak MiB",
        "ms a further operation",
        "growth exponent",
    ];
    let mut out = figures::table(&heads, &lines);
    let left_out: usize = candidates.left_out.values().map(Vec::len).sum();
    // Writing to a string can't fail.
    let _ = writeln!(
        out,
        "\nCode can be generated from {} of {} operations.",
        candidates.usable.len(),
        candidates.usable.len() + left_out
    );
    for (reason, operations) in &candidates.left_out {
        let _ = writeln!(out, "- {}: {reason}", operations.join(", "));
    }
    out
}

/// The same for programs.
pub(crate) fn json(rows: &[Row], candidates: &Candidates) -> Value {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let growth = row.growth(rows);
            json!({
                "operations": row.operations,
                "contract_kib": row.contract_kib,
                "verb": row.step.name(),
                "seconds": row.seconds,
                "processor_seconds": row.processor_seconds,
                "peak_mib": row.peak_mib,
                "milliseconds_a_further_operation": growth.map(|growth| growth.milliseconds),
                "growth_exponent": growth.map(|growth| growth.exponent),
            })
        })
        .collect();
    json!({ "rows": rows, "generated": candidates.usable.len(), "left_out": candidates.left_out })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(operations: usize, seconds: f64) -> Row {
        let run = Measured {
            seconds,
            processor_seconds: None,
            peak_bytes: Some(3 * 512 * 1024),
            exit_code: Some(0),
            last_words: String::new(),
        };
        Row::new(operations, 2048, Step::Sync, &[run])
    }

    #[test]
    fn growth_is_from_the_next_smaller() {
        let rows = [row(1, 0.1), row(10, 1.0), row(100, 100.0)];
        assert_eq!(rows[0].growth(&rows), None);
        let linear = rows[1].growth(&rows).unwrap();
        assert!((linear.exponent - 1.0).abs() < 1e-9 && (linear.milliseconds - 100.0).abs() < 1e-9);
        assert!((rows[2].growth(&rows).unwrap().exponent - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_table_has_what_was_measured_and_what_was_left_out() {
        let candidates = Candidates {
            usable: vec!["A".to_owned()],
            left_out: [("why".to_owned(), vec!["B".to_owned(), "C".to_owned()])].into(),
        };
        let text = markdown(&[row(1, 0.25)], &candidates);
        assert!(
            text.contains("\n| 1 | 2 | sync | 0.250 | unknown | 1.5 |  |  |\n"),
            "{text}"
        );
        assert!(
            text.ends_with("from 1 of 3 operations.\n- B, C: why\n"),
            "{text}"
        );
    }
}
