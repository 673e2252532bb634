//! `cargo xtask spec`: prints the contract with the overlay applied.

use std::path::Path;

use anyhow::Result;

use crate::openapi::overlay;

/// Prints it.
pub(crate) fn run(root: &Path) -> Result<()> {
    print!("{}", yaml_serde::to_string(&overlay::merged(root)?)?);
    Ok(())
}
