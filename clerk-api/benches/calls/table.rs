//! Rounds of all contenders in turn, and their medians as a table.

use crate::contender::{Column, Contender};
use crate::support::median;

/// Measures, for each number of calls at once, so many rounds, and prints them. The first contender is what the others are
/// compared with.
pub(crate) fn print<const N: usize, const C: usize>(
    columns: [Column; N],
    levels: &[(usize, usize)],
    contenders: impl Fn() -> [(&'static str, Box<dyn Contender>); C],
    round: impl Fn(&dyn Contender, usize) -> [f64; N],
) {
    let names = columns.map(|(name, _)| name).join(" | ");
    println!("| at once | contender | {names} |");
    println!("|---|---{}|", "|---".repeat(N));
    for &(at_once, rounds) in levels {
        let contenders = contenders();
        let mut measured = vec![[[0.0; N]; C]; rounds + 1];
        for (number, figures) in measured.iter_mut().enumerate() {
            for turn in 0..C {
                // Nobody is always first.
                let index = (number + turn) % C;
                figures[index] = round(&*contenders[index].1, at_once);
            }
        }
        // The first round opens the connections.
        let measured = &measured[1..];
        for (index, (name, _)) in contenders.iter().enumerate() {
            print!("| {at_once} | {name} |");
            for (column, (_, decimals)) in columns.iter().enumerate() {
                let ours = measured.iter().map(|round| round[index][column]);
                let ratios = measured
                    .iter()
                    .map(|round| round[index][column] / round[0][column]);
                let (ours, ratio) = (median(ours), median(ratios));
                print!(" {ours:.decimals$} ({ratio:.2}) |");
            }
            println!();
        }
    }
}
