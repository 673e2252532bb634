//! The tables of edits: `changes.yml` and `same.yml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{CONTRACT, changes_between};
use crate::drift::change::Class;
use crate::openapi::pointer::Pointer;

/// A file of edits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    document: Vec<Edit>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    class: Option<String>,
    #[serde(default)]
    says: String,
    #[serde(default)]
    given: Vec<Edit>,
    edits: Vec<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    set: Option<String>,
    remove: Option<String>,
    #[serde(rename = "move")]
    rename: Option<String>,
    copy: Option<String>,
    #[serde(default)]
    to: Value,
}

static CHANGES: LazyLock<Table> =
    LazyLock::new(|| yaml_serde::from_str(include_str!("changes.yml")).unwrap());

static SAME: LazyLock<Table> =
    LazyLock::new(|| yaml_serde::from_str(include_str!("same.yml")).unwrap());

/// A document that the contract could be cut from.
pub(super) fn document() -> Value {
    edited(&CONTRACT, &CHANGES.document)
}

fn edited(document: &Value, edits: &[Edit]) -> Value {
    let mut document = document.clone();
    edits.iter().for_each(|edit| edit.apply(&mut document));
    document
}

impl Edit {
    fn apply(&self, document: &mut Value) {
        let target = || self.to.as_str().unwrap();
        if let Some(at) = &self.set {
            set(document, at, self.to.clone());
        }
        if let Some(at) = &self.copy {
            let value = pointer(at).value_in(document).cloned();
            set(document, target(), value.unwrap());
        }
        if let Some(at) = &self.rename {
            let value = remove(document, at);
            set(document, target(), value);
        }
        if let Some(at) = &self.remove {
            remove(document, at);
        }
    }
}

/// A path with its variables replaced, the longest names first.
fn pointer(path: &str) -> Pointer {
    let mut path = path.to_owned();
    for (name, value) in CHANGES.variables.iter().rev() {
        path = path.replace(name, value);
    }
    Pointer::parse_fragment(&path).unwrap_or_else(|| panic!("not a pointer: {path}"))
}

/// Puts a value into place. Mappings on the way are made; `-` is the end of a list.
fn set(document: &mut Value, path: &str, value: Value) {
    let mut place = document;
    for token in pointer(path).tokens() {
        place = match place {
            Value::Array(list) => {
                if token == "-" {
                    list.push(Value::Null);
                }
                let last = list.len() - 1;
                &mut list[token.parse::<usize>().unwrap_or(last)]
            }
            map => &mut map[token.as_str()],
        };
    }
    *place = value;
}

/// Takes a value away.
pub(super) fn remove(document: &mut Value, path: &str) -> Value {
    let mut parents = pointer(path).tokens();
    let key = parents.pop().unwrap();
    let parent = parents
        .iter()
        .fold(Pointer::root(), |at, key| at.child(key));
    let removed = match parent.value_in_mut(document) {
        Some(Value::Object(map)) => map.remove(&key),
        Some(Value::Array(list)) => Some(list.remove(key.parse().unwrap())),
        _ => None,
    };
    removed.unwrap_or_else(|| panic!("nothing at {path}"))
}

/// What is wrong with the report of a case.
fn problem(case: &Case) -> Option<String> {
    let before = edited(&document(), &case.given);
    let after = edited(&before, &case.edits);
    let changes = changes_between(&before, &after).unwrap();
    let mut texts = changes
        .iter()
        .map(|change| format!("{}. {}", change.message, change.effect));
    let is_reported = changes.is_empty() || texts.any(|text| text.contains(&case.says));
    let verdict = changes.iter().map(|change| change.class).max();
    if !is_reported || verdict.map(Class::name) != case.class.as_deref() {
        return Some(format!("{}: {changes:#?}", case.name));
    }
    if case.class.is_none() {
        let changes = changes_between(&after, &before).unwrap();
        return (!changes.is_empty()).then(|| format!("{}, backwards: {changes:#?}", case.name));
    }
    None
}

#[track_caller]
fn assert_right(table: &Table) {
    let problems: Vec<String> = table.cases.iter().filter_map(problem).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn every_change_has_its_class() {
    assert_right(&CHANGES);
}

#[test]
fn what_means_the_same_is_no_drift() {
    assert!(SAME.cases.iter().all(|case| case.class.is_none()));
    assert_right(&SAME);
}

#[test]
fn a_change_is_reported_with_its_place_for_each_operation() {
    let before = document();
    let mut after = before.clone();
    set(
        &mut after,
        "$TOKEN/properties/user_id/nullable",
        json!(true),
    );
    let changes = changes_between(&before, &after).unwrap();
    let found = changes
        .iter()
        .map(|change| (change.operation.as_str(), change.pointer.as_str()));
    let found: Vec<(&str, &str)> = found.collect();
    let place = "#/components/schemas/SignInToken/properties/user_id/nullable";
    assert_eq!(
        found,
        ["CreateSignInToken", "RevokeSignInToken"].map(|id| (id, place))
    );
}
