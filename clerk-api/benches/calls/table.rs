//! Rounds of all contenders in turn, and their medians as a table.

use crate::contender::{Column, Contender};
use crate::support::median;

/// One row for each contender and number of calls at once.
pub(crate) struct Table<const N: usize> {
    columns: &'static [Column; N],
    rows: Vec<String>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(columns: &'static [Column; N]) -> Self {
        let rows = Vec::new();
        Self { columns, rows }
    }

    /// Measures so many rounds. The first contender is what the others are compared with.
    pub(crate) fn add(
        &mut self,
        at_once: usize,
        rounds: usize,
        contenders: &[(&str, Box<dyn Contender>)],
        round: impl Fn(&dyn Contender) -> [f64; N],
    ) {
        let mut measured = vec![vec![[0.0; N]; contenders.len()]; rounds + 1];
        for (number, figures) in measured.iter_mut().enumerate() {
            for turn in 0..contenders.len() {
                // Nobody is always first.
                let index = (number + turn) % contenders.len();
                figures[index] = round(&*contenders[index].1);
            }
        }
        // The first round opens the connections.
        measured.remove(0);
        for (index, (name, _)) in contenders.iter().enumerate() {
            let mut row = format!("| {at_once} | {name} |");
            for (column, (_, decimals)) in self.columns.iter().enumerate() {
                let ours = median(measured.iter().map(|round| round[index][column]));
                let ratios = measured
                    .iter()
                    .map(|round| round[index][column] / round[0][column]);
                row += &format!(" {ours:.decimals$} ({:.2}) |", median(ratios));
            }
            self.rows.push(row);
        }
    }

    pub(crate) fn print(&self) {
        let names = self.columns.map(|(name, _)| name).join(" | ");
        println!("| at once | contender | {names} |");
        println!("|---|---{}|", "|---".repeat(N));
        println!("{}", self.rows.join("\n"));
    }
}
