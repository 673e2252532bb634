//! What is wanted of a figure.

use serde_json::{Value, json};

use crate::options::Options;

/// A figure that has a target.
pub(crate) struct Target {
    what: String,
    measured: f64,
    wanted: f64,
    met: bool,
    relation: &'static str,
}

impl Target {
    pub(crate) fn at_least(what: impl Into<String>, measured: f64, wanted: f64) -> Self {
        Self {
            what: what.into(),
            measured,
            wanted,
            met: measured >= wanted,
            relation: "at least",
        }
    }

    pub(crate) fn at_most(what: impl Into<String>, measured: f64, wanted: f64) -> Self {
        Self {
            met: measured <= wanted,
            relation: "at most",
            ..Self::at_least(what, measured, wanted)
        }
    }

    fn print(&self) {
        let verdict = if self.met { "met" } else { "MISSED" };
        let Self {
            what,
            measured,
            wanted,
            relation,
            ..
        } = self;
        println!("- {what}: {measured:.3}, wanted {relation} {wanted:.2}: {verdict}");
    }

    fn json(&self) -> Value {
        json!({"what": self.what, "measured": self.measured, "wanted": self.wanted, "relation": self.relation, "met": self.met})
    }
}

/// Prints all verdicts, where they say something, and gives them as JSON.
pub(crate) fn report(targets: &[Target], options: &Options) -> Value {
    println!();
    if !options.quick {
        for target in targets {
            target.print();
        }
        println!();
    }
    targets.iter().map(Target::json).collect()
}
