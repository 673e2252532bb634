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
use crate::openapi::slice::{UnknownKeywords, slice};
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

/// The changes from one document to another, with a contract that is cut from the first.
fn changes_between(before: &Value, after: &Value) -> Result<Vec<Change>> {
    let listed = listed(before);
    let selected = select(before, &listed)?;
    let contract = slice(before, &selected, UnknownKeywords::Kept)?;
    let all: Vec<Operation<'_>> = operations(before).collect();
    let words = selected.iter().map(|operation| {
        let digest = digest::words(before, operation);
        (operation.id.to_owned(), digest)
    });
    let recorded = Recorded {
        unlisted: unlisted(&all, &selected)
            .iter()
            .map(Operation::endpoint)
            .collect(),
        words: words.collect(),
    };
    let known = Known {
        contract: &contract,
        recorded: &recorded,
        listed: &listed,
    };
    differences(known, after)
}
