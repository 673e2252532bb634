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
    push: Option<String>,
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
        if let Some(from) = self.copy.as_ref().or(self.rename.as_ref()) {
            let value = pointer(from).value_in(document).cloned();
            let value = value.unwrap_or_else(|| panic!("nothing at {from}"));
            if self.rename.is_some() {
                remove(document, from);
            }
            set(document, self.to.as_str().unwrap(), value);
        }
        if let Some(at) = &self.set {
            set(document, at, self.to.clone());
        }
        if let Some(at) = &self.push {
            set(document, &format!("{at}/-"), self.to.clone());
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
    let at = pointer(path);
    let mut place = document;
    for token in at.tokens() {
        place = match place.as_array_mut() {
            Some(_) if token == "-" => {
                let list = place.as_array_mut().unwrap();
                list.push(Value::Null);
                list.last_mut().unwrap()
            }
            Some(_) => &mut place[token.parse::<usize>().unwrap()],
            None => &mut place[token.as_str()],
        };
    }
    *place = value;
}

fn remove(document: &mut Value, path: &str) {
    let at = pointer(path).to_string();
    let (parent, _) = at.trim_start_matches('#').rsplit_once('/').unwrap();
    let key = pointer(path).tokens().last().unwrap().clone();
    let removed = match document.pointer_mut(parent) {
        Some(Value::Object(map)) => map.remove(&key),
        Some(Value::Array(list)) => Some(list.remove(key.parse().unwrap())),
        _ => None,
    };
    assert!(removed.is_some(), "nothing at {path}");
}

/// What is wrong with what is said of a case.
fn wrong(case: &Case) -> Option<String> {
    let before = edited(&document(), &case.given);
    let after = edited(&before, &case.edits);
    let changes = changes_between(&before, &after).unwrap();
    let says = |text: &str| text.contains(&case.says);
    let is_said = changes
        .iter()
        .any(|change| says(&change.message) || says(&change.effect));
    let verdict = changes.iter().map(|change| change.class).max();
    if verdict.map(Class::name) != case.class.as_deref() || (case.class.is_some() && !is_said) {
        return Some(format!("{}: {changes:#?}", case.name));
    }
    if case.class.is_none() {
        let changes = changes_between(&after, &before).unwrap();
        if !changes.is_empty() {
            return Some(format!("{}, backwards: {changes:#?}", case.name));
        }
    }
    None
}

#[track_caller]
fn assert_right(table: &Table) {
    let wrong: Vec<String> = table.cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_change_has_its_class() {
    assert_right(&CHANGES);
}

#[test]
fn the_same_said_otherwise_is_no_drift() {
    assert!(SAME.cases.iter().all(|case| case.class.is_none()));
    assert_right(&SAME);
}

#[test]
fn a_change_is_reported_where_it_is() {
    let before = document();
    let mut after = before.clone();
    set(
        &mut after,
        "$TOKEN/properties/user_id/nullable",
        json!(true),
    );
    let changes = changes_between(&before, &after).unwrap().into_iter();
    let found: Vec<(String, String)> = changes
        .map(|change| (change.operation, change.pointer))
        .collect();
    let place = "#/components/schemas/SignInToken/properties/user_id/nullable";
    let expected =
        ["CreateSignInToken", "RevokeSignInToken"].map(|id| (id.to_owned(), place.to_owned()));
    assert_eq!(found, expected, "once for each operation");
}
