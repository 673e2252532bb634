//! What regeneration does to the public Rust items, by generating code twice in memory: the semver side of a drift.

mod items;

use serde::Serialize;
use serde_json::Value;

use items::{Entry, Items, items};

/// Which part of the version number must go up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Semver {
    None,
    Patch,
    Minor,
    Major,
}

impl Semver {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// A public item that regeneration changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ItemChange {
    pub(crate) semver: Semver,
    /// Its path and, where there is one, its type or signature.
    pub(crate) item: String,
    /// What takes its place; nothing where it is added or removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) becomes: Option<String>,
    pub(crate) change: Fate,
}

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    Added,
    Changed,
    Removed,
}

/// The public items of the code that is generated for a document.
#[derive(Clone, Debug)]
pub(crate) struct RustApi(Items);

impl RustApi {
    /// Generates the code, in memory, for contract and overlay merged.
    pub(crate) fn of(merged: &Value) -> anyhow::Result<Self> {
        Ok(Self(items(merged)?))
    }

    /// What becomes of each item, the worst change first.
    pub(crate) fn changes_to(&self, new: &Self) -> Vec<ItemChange> {
        changes(&self.0, &new.0)
    }
}

fn changes(old: &Items, new: &Items) -> Vec<ItemChange> {
    let lost = old.iter().filter_map(|(path, entry)| {
        let now = new.get(path);
        if now.is_some_and(|now| now.signature == entry.signature) {
            return None;
        }
        Some(ItemChange {
            semver: Semver::Major,
            item: shown(path, entry),
            becomes: now.map(|now| now.signature.clone()),
            change: now.map_or(Fate::Removed, |_| Fate::Changed),
        })
    });
    let come = new.iter().filter(|(path, _)| !old.contains_key(*path));
    let come = come.map(|(path, entry)| {
        let owner = path.rsplit_once("::").map_or("", |(owner, _)| owner);
        // What may be built or matched exhaustively can't get another member unnoticed.
        let breaks = entry.is_exhaustive && old.contains_key(owner);
        ItemChange {
            semver: if breaks { Semver::Major } else { Semver::Minor },
            item: shown(path, entry),
            becomes: None,
            change: Fate::Added,
        }
    });
    let mut changes: Vec<ItemChange> = lost.chain(come).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.semver));
    changes
}

fn shown(path: &str, entry: &Entry) -> String {
    match entry.signature.as_str() {
        "" => path.to_owned(),
        signature => format!("{path}: {signature}"),
    }
}

#[cfg(test)]
mod tests {
    use super::items::{Items, items_of};
    use super::{Fate, Semver, changes};

    fn parsed(text: &str) -> Items {
        items_of(&syn::parse_file(text).unwrap())
    }

    #[track_caller]
    fn assert_change(old: &str, new: &str, semver: Semver, fate: Fate, item: &str) {
        let changes = changes(&parsed(old), &parsed(new));
        let [change] = changes.as_slice() else {
            panic!("{changes:?}");
        };
        assert_eq!(
            (change.semver, change.change, change.item.as_str()),
            (semver, fate, item)
        );
    }

    #[test]
    fn tells_what_callers_notice() {
        let open = "#[non_exhaustive] pub struct A { pub a: Option<u8> }";
        let wider = "#[non_exhaustive] pub struct A { pub a: Option<u8>, pub b: u8 }";
        assert_change(open, wider, Semver::Minor, Fate::Added, "A::b: u8");
        assert_change(wider, open, Semver::Major, Fate::Removed, "A::b: u8");
        assert_change(
            open,
            &open.replace("Option<u8>", "u8"),
            Semver::Major,
            Fate::Changed,
            "A::a: Option<u8>",
        );
        let closed = "pub enum A { B }";
        assert_change(
            closed,
            "pub enum A { B, C }",
            Semver::Major,
            Fate::Added,
            "A::C",
        );
        assert_change(
            closed,
            "#[derive(Clone)] pub enum A { B }",
            Semver::Minor,
            Fate::Added,
            "A as Clone",
        );
        let function =
            "pub mod m { pub struct A; impl A { pub fn f(&self, a: u8) -> u8 { a } fn g() {} } }";
        let more = function.replace("a: u8", "a: u8, b: u8");
        assert_change(
            function,
            &more,
            Semver::Major,
            Fate::Changed,
            "m::A::f: fn(&self, u8) -> u8",
        );
        let implements = "pub struct A; impl From<u8> for A { fn from(_: u8) -> Self { A } }";
        assert_change(
            "pub struct A;",
            implements,
            Semver::Minor,
            Fate::Added,
            "A as From<u8>",
        );
        assert_change(
            "pub struct A; pub trait T { fn f(); }",
            "pub struct A; pub trait T { }",
            Semver::Major,
            Fate::Removed,
            "T::f: fn()",
        );
    }

    #[test]
    fn does_not_tell_what_they_can_not_see() {
        let one = "/// Words.\npub struct A { a: u8 } impl A { pub fn f(&self, a: u8) {} } mod hidden { pub struct B; }";
        let other = "pub struct A { b: u16 } impl A { pub fn f(&self, b: u8) {} } struct C;";
        assert_eq!(changes(&parsed(one), &parsed(other)), []);
    }
}
