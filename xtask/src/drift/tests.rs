//! Edits of a document, each with what must be reported.

mod changes;
mod thorough;

use std::sync::LazyLock;

use anyhow::Result;
use serde_json::Value;

use super::change::Change;
use super::differences::{Known, differences};
use crate::openapi::load;
use crate::openapi::operations::{operations, select};
use crate::openapi::slice::slice;
use crate::upstream::manifest::Recorded;

/// The contract for tests, not that of this repository: the edits depend on what is in it.
const FIXTURE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/contract/sign-in-tokens.yml"
);

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| load::openapi(&std::fs::read(FIXTURE).unwrap(), "contract").unwrap());

/// The contract cut from a document: all operations that both the document and the contract for tests have.
fn synced(document: &Value) -> Result<Known> {
    let is_known = |id: &&str| operations(&CONTRACT).any(|operation| operation.id == *id);
    let ids = operations(document).map(|operation| operation.id);
    let listed: Vec<String> = ids.filter(is_known).map(str::to_owned).collect();
    let selected = select(document, &listed)?;
    Ok(Known {
        contract: slice(document, &selected)?,
        recorded: Recorded::of(document, &selected),
        listed,
    })
}

/// The changes from one document to another.
fn changes_between(before: &Value, after: &Value) -> Result<Vec<Change>> {
    differences(&synced(before)?, after)
}
