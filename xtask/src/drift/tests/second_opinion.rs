//! The crate `drift`: what it sees, ours sees. It sees less, and panics on some documents, which counts as no opinion.

use std::panic::{self, AssertUnwindSafe};

use drift::ChangeClass;
use serde_json::Value;

use super::mutations;
use super::{changes_of, upstream};

/// Whether the crate sees more than a change of words; nothing where it has no opinion.
fn opinion(before: &Value, after: &Value) -> Option<bool> {
    let compared = panic::catch_unwind(AssertUnwindSafe(|| drift::compare(before, after)));
    let changes = compared.ok()?.ok()?;
    Some(
        changes
            .iter()
            .flat_map(|change| &change.changes)
            .any(|change| change.class != ChangeClass::Trivial),
    )
}

#[test]
fn what_the_other_sees_is_told() {
    let before = upstream();
    assert_eq!(opinion(&before, &before), Some(false));
    let (mut seen, mut unseen, mut silent) = (0, 0, 0);
    for mutation in mutations::all() {
        let mut after = before.clone();
        (mutation.edit)(&mut after);
        match opinion(&before, &after) {
            // It looks at all operations, and at the names of components.
            Some(true) if mutation.class.is_none() => {}
            Some(true) => {
                seen += 1;
                assert!(!changes_of(&after).unwrap().is_empty(), "{}", mutation.name);
            }
            Some(false) => unseen += 1,
            None => silent += 1,
        }
    }
    println!(
        "the crate `drift` sees {seen}, misses or ignores {unseen}, and has no opinion on {silent}"
    );
    assert!(seen > 20, "it is hardly a second opinion: {seen}");
}
