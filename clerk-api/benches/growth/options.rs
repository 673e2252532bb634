//! What the command line asks for.

use std::path::PathBuf;

/// What to measure, and how.
pub(crate) struct Options {
    /// Tiny sizes: `cargo test --benches` wants to know only whether it runs.
    pub(crate) quick: bool,
    /// One measurement, in place of all.
    pub(crate) only: Option<String>,
    /// Where the plot goes.
    pub(crate) plot: Option<PathBuf>,
}

impl Options {
    pub(crate) fn of(arguments: &[String]) -> Self {
        let value = |name: &str| {
            let mut rest = arguments.iter().skip_while(|argument| *argument != name);
            rest.nth(1).cloned()
        };
        Self {
            // Cargo says so to benches that it is to measure.
            quick: !arguments.iter().any(|argument| argument == "--bench"),
            only: value("--only"),
            plot: value("--plot").map(PathBuf::from),
        }
    }
}
