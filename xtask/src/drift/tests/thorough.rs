//! No edit goes unnoticed: every value of the contract is changed, every key is removed, and an unknown keyword is added
//! everywhere.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::changes::{document, remove};
use super::{CONTRACT, synced};
use crate::drift::change::{Change, Class};
use crate::drift::differences::{Known, differences};
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

static SYNCED: LazyLock<Known> = LazyLock::new(|| synced(&DOCUMENT).unwrap());

/// The places of the contract that mean something to a client.
fn places() -> Vec<Pointer> {
    fn walk(place: &Place<'_>, found: &mut Vec<Pointer>) {
        let at = place.pointer.to_string();
        // The API version is in the file's name, and a response's words are not in the contract.
        let is_empty_word = place.value == "" && at.ends_with("/description");
        if at != "#/openapi" && !at.starts_with("#/info") && !is_empty_word {
            found.push(place.pointer.clone());
            for (_, child) in place.children() {
                walk(&child, found);
            }
        }
    }
    let mut found = Vec::new();
    for (_, child) in Place::root(&CONTRACT).children() {
        walk(&child, &mut found);
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// The document with another value at a place.
fn edited(at: &Pointer, edit: impl FnOnce(&mut Value)) -> Value {
    let mut document = DOCUMENT.clone();
    edit(at.value_in_mut(&mut document).unwrap());
    document
}

/// Whether a change of structure is reported, or the document is an error.
fn is_noticed(edited: &Value) -> bool {
    differences(&SYNCED, edited).map_or(true, |changes| {
        let is_word = |change: &Change| change.message.starts_with("descriptions, titles");
        changes.iter().any(|change| !is_word(change))
    })
}

#[test]
fn every_changed_value_is_noticed() {
    for at in places() {
        let changed = match at.value_in(&DOCUMENT).unwrap() {
            Value::Bool(flag) => json!(!*flag),
            Value::Number(number) => json!(number.as_i64().unwrap() + 1),
            Value::String(text) => json!(format!("{text}x")),
            _ => continue,
        };
        assert!(is_noticed(&edited(&at, |value| *value = changed)), "{at}");
    }
}

#[test]
fn every_removed_key_is_noticed() {
    for at in places() {
        let mut without = DOCUMENT.clone();
        remove(&mut without, at.to_string().trim_start_matches('#'));
        assert!(is_noticed(&without), "{at}");
    }
}

/// The keywords whose parts have names.
const NAMES: &str = "components content paths properties responses schemas securitySchemes";

#[test]
fn an_unknown_keyword_is_breaking() {
    for at in places() {
        let tokens = at.tokens();
        let is_names = NAMES
            .split(' ')
            .any(|name| tokens.ends_with(&[name.to_owned()]));
        // What stands beside a reference means nothing; neither a name nor a path's key is a keyword.
        let Some(map) = at.value_in(&DOCUMENT).unwrap().as_object() else {
            continue;
        };
        let is_security = tokens[0] == "security";
        if is_names || is_security || map.contains_key("$ref") || map.contains_key("post") {
            continue;
        }
        let edited = edited(&at, |value| value["unheardOf"] = json!({"deep": 1}));
        let changes = differences(&SYNCED, &edited).unwrap();
        let worst = changes.iter().map(|change| change.class).max();
        assert_eq!(worst, Some(Class::Breaking), "{at}: {changes:#?}");
    }
}

#[test]
fn no_edit_panics() {
    let odd = json!([null, [[]], -1.5, {"$ref": "#/paths"}]);
    for at in places() {
        for odd in odd.as_array().unwrap() {
            let _ = differences(&SYNCED, &edited(&at, |value| *value = odd.clone()));
        }
    }
}
