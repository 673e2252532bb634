//! All differences between the contract and an upstream document.

use std::cmp::Reverse;

use anyhow::{Result, bail};
use serde_json::Value;

use super::change::{Change, Edit, Side, quoted};
use super::operation::{parts, unnamed};
use super::security::Security;
use super::table::judge;
use super::walk::compare;
use crate::openapi::operations::{self, Operation};
use crate::openapi::slice::slice;
use crate::upstream::digest;
use crate::upstream::manifest::Recorded;

/// What upstream is compared with.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) contract: Value,
    /// What is recorded beside the contract.
    pub(crate) recorded: Recorded,
    /// The operations that are listed.
    pub(crate) listed: Vec<String>,
}

/// Every change, the worst first. A document that can't be used is an error.
pub(crate) fn differences(known: &Known, upstream: &Value) -> Result<Vec<Change>> {
    operations::check_paths(upstream)?;
    let contract = &known.contract;
    let before: Vec<Operation<'_>> = operations::operations(contract).collect();
    let after: Vec<Operation<'_>> = operations::operations(upstream).collect();
    let mut found = Vec::new();
    let mut selected = Vec::new();
    let mut missing = Vec::new();
    for id in &known.listed {
        let old = operations::find(&before, id)?;
        let new = operations::find(&after, id)?;
        match (old, new.or_else(|| renamed(old?, &before, &after))) {
            (Some(old), Some(new)) => selected.push(Operation {
                id: old.id,
                ..new.clone()
            }),
            (None, Some(new)) => {
                selected.push(new.clone());
                let message =
                    "the operation is listed in openapi/upstream.toml, but not in the contract yet";
                found.push(change(new, "listed operation", Edit::Added, message));
            }
            // It may be behind a path item's `$ref`, as it is for `sync`.
            (Some(old), None) if operations::path_item_reference(upstream).is_none() => {
                missing.push(old);
            }
            (_, None) => bail!("{}", operations::missing(upstream, id)),
        }
    }
    let is_other_api = selected.is_empty() && !after.is_empty();
    if is_other_api && server(contract) != server(upstream) {
        bail!(
            "none of the contract's operations ({}) is among the {} operations of this document: \
             is it a document of another API?",
            known.listed.join(", "),
            after.len()
        );
    }
    found.extend(missing.iter().map(|old| removed(old, is_other_api)));
    let is_listed = |old: &&Operation<'_>| known.listed.iter().any(|id| id == old.id);
    found.extend(before.iter().filter(|old| !is_listed(old)).map(|old| {
        let message =
            "the operation is in the contract, but no longer listed in openapi/upstream.toml";
        change(old, "listed operation", Edit::Removed, message)
    }));

    // Checks what is selected as `sync` does, and leaves the words behind.
    let cut = slice(upstream, &selected)?;
    for full in &selected {
        let old = operations::find(&before, full.id)?;
        let new = operations::operations(&cut).find(|new| new.is_at(full));
        // One that was just listed has no older version.
        if let (Some(old), Some(new)) = (old, new) {
            let security = Security::of(old, upstream);
            let (old_parts, new_parts) = (parts(old, &security), parts(&new, &security));
            found.extend(compare(old.id, &old_parts, &new_parts));
            found.extend(reworded(&known.recorded, full));
        }
    }
    let taken: Vec<Operation<'_>> = selected.iter().chain(&before).cloned().collect();
    let others = operations::unlisted(&after, &taken).into_iter();
    let others = others.filter(|new| !known.recorded.unlisted.contains(&new.endpoint()));
    found.extend(others.map(|new| {
        let endpoint = quoted(&new.endpoint());
        let message = format!("operation {endpoint} added under the paths of the contract");
        change(&new, "unlisted operation", Edit::Added, &message)
    }));
    found.sort_by_key(|change| Reverse(change.class));
    Ok(found)
}

/// The operation at the same path and method, if it has another name now and isn't another one of the contract.
fn renamed<'s, 'a>(
    old: &Operation<'_>,
    before: &[Operation<'_>],
    after: &'s [Operation<'a>],
) -> Option<&'s Operation<'a>> {
    let is_known = |new: &Operation<'_>| before.iter().any(|known| known.id == new.id);
    let place = |operation: &Operation<'_>| (operation.method, unnamed(operation.path));
    let mut candidates = after.iter().filter(|new| !is_known(new));
    candidates.find(|new| place(new) == place(old))
}

/// The server that a document names first.
fn server(document: &Value) -> Option<&str> {
    let url = document.pointer("/servers/0/url")?.as_str()?;
    Some(url.trim_end_matches('/'))
}

fn removed(old: &Operation<'_>, is_other_api: bool) -> Change {
    let (id, endpoint) = (quoted(old.id), quoted(&old.endpoint()));
    let why = match is_other_api {
        true => ", and no other operation of the contract: is this a document of another API?",
        false => "; the operation was removed",
    };
    let message = format!("no operationId {id}, nothing at {endpoint}{why}");
    change(old, "operation", Edit::Removed, &message)
}

/// Words that changed. A contract that was synced before digests were recorded has none.
fn reworded(recorded: &Recorded, operation: &Operation<'_>) -> Option<Change> {
    let (edit, message) = match recorded.words.get(operation.id) {
        Some(known) if *known == digest::words(operation) => return None,
        Some(_) => (
            Edit::Changed,
            "descriptions, titles, tags, examples or `x-` keys changed",
        ),
        None => (
            Edit::Added,
            "openapi/upstream.toml has no digest of the words, so a change of them can't be seen",
        ),
    };
    Some(change(operation, "words", edit, message))
}

/// A change of an operation as a whole.
fn change(operation: &Operation<'_>, keyword: &str, edit: Edit, message: &str) -> Change {
    let (class, effect) = judge(keyword, "", edit, Side::Operation, "");
    Change {
        class,
        operation: match operation.id {
            "" => operation.endpoint(),
            id => id.to_owned(),
        },
        pointer: operation.place.pointer.to_string(),
        message: message.to_owned(),
        effect,
    }
}
