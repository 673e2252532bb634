//! Edits of a contract, each with what has to be said of it.

mod changes;
mod documents;
mod thorough;

use std::sync::LazyLock;

use anyhow::Result;
use serde_json::Value;

use super::change::Change;
use super::differences::{Known, differences};
use crate::openapi::load;
use crate::openapi::operations::{Operation, operations, select, unlisted};
use crate::openapi::slice::slice;
use crate::upstream::digest;
use crate::upstream::manifest::Recorded;

/// The contract for tests, not that of this repository: the edits go by what is in it.
const FIXTURE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/contract/sign-in-tokens.yml"
);

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| load::openapi(&std::fs::read(FIXTURE).unwrap(), "contract").unwrap());

/// All operations of the contract that a document has.
fn listed(document: &Value) -> Vec<String> {
    let in_contract = |id: &&str| operations(&CONTRACT).any(|operation| operation.id == *id);
    let ids = operations(document).map(|operation| operation.id);
    ids.filter(in_contract).map(str::to_owned).collect()
}

/// A contract that was cut from a document, and what is recorded beside it.
struct Synced {
    contract: Value,
    recorded: Recorded,
    listed: Vec<String>,
}

impl Synced {
    fn with(document: &Value) -> Result<Self> {
        let listed = listed(document);
        let selected = select(document, &listed)?;
        let all: Vec<Operation<'_>> = operations(document).collect();
        let words = selected.iter().map(|operation| {
            let digest = digest::words(document, operation);
            (operation.id.to_owned(), digest)
        });
        let unlisted = unlisted(&all, &selected);
        let recorded = Recorded {
            unlisted: unlisted.iter().map(Operation::endpoint).collect(),
            words: words.collect(),
        };
        Ok(Self {
            contract: slice(document, &selected)?,
            recorded,
            listed,
        })
    }

    fn changes(&self, after: &Value) -> Result<Vec<Change>> {
        let known = Known {
            contract: &self.contract,
            recorded: &self.recorded,
            listed: &self.listed,
        };
        differences(known, after)
    }
}

/// The changes from one document to another.
fn changes_between(before: &Value, after: &Value) -> Result<Vec<Change>> {
    Synced::with(before)?.changes(after)
}
