//! All differences between the contract and what an upstream document says of its operations now.

use std::collections::BTreeSet;

use anyhow::bail;
use serde_json::Value;

use super::change::{Change, Class, quoted};
use super::operation::Operation;
use super::operations;
use crate::openapi::operations::{
    Operation as Selected, check_paths, find, missing, operations as all_operations,
    unlisted as others,
};
use crate::openapi::slice::{UnknownKeywords, slice};
use crate::upstream::digest;
use crate::upstream::manifest::Recorded as Beside;

/// What upstream is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    /// The contract.
    pub(crate) contract: &'a Value,
    /// What is recorded beside it.
    pub(crate) beside: &'a Beside,
    /// The operations that are listed.
    pub(crate) listed: &'a [String],
}

/// Tells every change, the worst first. A document that can't be used is an error.
pub(crate) fn differences(known: Known<'_>, upstream: &Value) -> anyhow::Result<Vec<Change>> {
    check_paths(upstream)?;
    let before: Vec<Selected<'_>> = all_operations(known.contract).collect();
    let after: Vec<Selected<'_>> = all_operations(upstream).collect();
    let mut changes = Vec::new();
    let mut pairs: Vec<(Selected<'_>, Selected<'_>)> = Vec::new();
    let mut joined: Vec<Selected<'_>> = Vec::new();
    for id in known.listed {
        match (find(&before, id)?, find(&after, id)?) {
            (Some(old), Some(new)) => pairs.push((old, new)),
            (None, Some(new)) => {
                joined.push(new);
                changes.push(not_synced(&new));
            }
            (Some(old), None) => match renamed(&old, &before, &after) {
                Some(new) => pairs.push((old, new)),
                None => changes.push(gone(&old)),
            },
            (None, None) => bail!("{}", missing(upstream, id)),
        }
    }
    changes.extend(
        before
            .iter()
            .filter(|old| !known.listed.iter().any(|id| id == old.id))
            .map(no_longer_listed),
    );

    // Checks what is selected as `sync` does, and leaves the words behind.
    let selected: Vec<Selected<'_>> = pairs
        .iter()
        .map(|(old, new)| Selected { id: old.id, ..*new })
        .chain(joined.iter().copied())
        .collect();
    let cut = slice(upstream, &selected, UnknownKeywords::Kept)?;
    for (old, new) in &pairs {
        if let (Some(before), Some(after)) =
            (Operation::at(known.contract, old), Operation::at(&cut, new))
        {
            changes.extend(operations::compare(old.id, &before, &after));
        }
        changes.extend(reworded(known.beside, upstream, old, new));
    }
    let taken: Vec<Selected<'_>> = selected.iter().chain(&before).copied().collect();
    let newcomers = others(&after, &taken)
        .into_iter()
        .filter(|operation| !known.beside.unlisted.contains(&operation.endpoint()));
    changes.extend(newcomers.map(|operation| unlisted(&operation)));
    changes.sort_by_key(|change| std::cmp::Reverse(change.class));
    Ok(changes)
}

/// The operation at the same path and method, if it is called otherwise now and isn't another one of the contract.
fn renamed<'a>(
    old: &Selected<'_>,
    before: &[Selected<'_>],
    after: &[Selected<'a>],
) -> Option<Selected<'a>> {
    let known: BTreeSet<&str> = before.iter().map(|operation| operation.id).collect();
    let mut candidates = after.iter().filter(|new| !known.contains(new.id));
    candidates
        .find(|new| new.endpoint() == old.endpoint())
        .copied()
}

fn gone(old: &Selected<'_>) -> Change {
    Change {
        class: Class::Breaking,
        operation: old.id.to_owned(),
        pointer: old.pointer().to_string(),
        message: format!(
            "the operation is gone: no operationId {}, and nothing at {}",
            quoted(old.id),
            quoted(&old.endpoint())
        ),
        effect: "released clients fail: the server has this operation no longer; take it off the list in \
                 openapi/upstream.toml, and its methods go away"
            .to_owned(),
    }
}

fn not_synced(new: &Selected<'_>) -> Change {
    Change {
        class: Class::Compatible,
        operation: new.id.to_owned(),
        pointer: new.pointer().to_string(),
        message: "the operation is listed in openapi/upstream.toml and not in the contract yet"
            .to_owned(),
        effect: "nothing for released clients; regeneration adds a method".to_owned(),
    }
}

fn no_longer_listed(old: &Selected<'_>) -> Change {
    Change {
        class: Class::Breaking,
        operation: old.id.to_owned(),
        pointer: old.pointer().to_string(),
        message:
            "the operation is in the contract and not listed in openapi/upstream.toml any more"
                .to_owned(),
        effect: "nothing for released clients; the next sync and regeneration drop its method"
            .to_owned(),
    }
}

fn unlisted(new: &Selected<'_>) -> Change {
    let endpoint = new.endpoint();
    Change {
        class: Class::Compatible,
        operation: if new.id.is_empty() {
            endpoint.clone()
        } else {
            new.id.to_owned()
        },
        pointer: new.pointer().to_string(),
        message: format!(
            "new operation {} under the paths of the contract",
            quoted(&endpoint)
        ),
        effect:
            "nothing for released clients; to have it generated, list it in openapi/upstream.toml"
                .to_owned(),
    }
}

/// Words that changed, by part of the operation.
fn reworded(
    beside: &Beside,
    upstream: &Value,
    old: &Selected<'_>,
    new: &Selected<'_>,
) -> Option<Change> {
    let now = digest::words(upstream, new);
    let Some(recorded) = beside.words.get(old.id) else {
        return Some(Change {
            class: Class::Docs,
            operation: old.id.to_owned(),
            pointer: new.pointer().to_string(),
            message: "whether the words changed can't be told: openapi/upstream.toml has no digest of them".to_owned(),
            effect: "nothing; the next sync records one".to_owned(),
        });
    };
    if *recorded == now {
        return None;
    }
    Some(Change {
        class: Class::Docs,
        operation: old.id.to_owned(),
        pointer: new.pointer().to_string(),
        message: "words changed (descriptions, titles, tags, examples or `x-` keys)".to_owned(),
        effect: "nothing for clients; see whether the texts in openapi/overlay.yml still hold"
            .to_owned(),
    })
}
