//! Contract + overlay: the document that the code is generated from. It exists only in memory and on `cargo xtask spec`.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::paths::{CONTRACT, OVERLAY};
use crate::{canonical, document, overlay};

/// The contract with the overlay applied.
pub(crate) fn merged(root: &Path) -> Result<Value> {
    let contract = document::parse_openapi(&read(root, CONTRACT)?, CONTRACT)?;
    overlay::apply(&contract, overlay(root)?, OVERLAY)
}

/// The overlay.
pub(crate) fn overlay(root: &Path) -> Result<Value> {
    document::parse(&read(root, OVERLAY)?, OVERLAY)
}

/// Prints it.
pub(crate) fn print(root: &Path) -> Result<()> {
    print!("{}", canonical::to_yaml(&merged(root)?));
    Ok(())
}

fn read(root: &Path, relative: &str) -> Result<Vec<u8>> {
    let path = root.join(relative);
    std::fs::read(&path).with_context(|| format!("{}: can't be read", path.display()))
}
