//! What the benches have in common. Each bench is a crate of its own and takes this in as a module. (A `mod.rs`, since
//! Cargo would take `benches/support.rs` for a bench.)

pub(crate) mod contenders;
pub(crate) mod server;

/// What `cargo bench` passes, and `cargo test --benches`, which would measure an unoptimized build, doesn't.
pub(crate) const BENCH: &str = "--bench";

/// The middle one.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
