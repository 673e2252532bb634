//! No edit passes in silence: every value of the contract is changed, every key is taken away, and a keyword that
//! nobody knows is added everywhere.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::changes::document;
use super::{CONTRACT, Synced};
use crate::drift::change::{Change, Class};

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

static SYNCED: LazyLock<Synced> = LazyLock::new(|| Synced::with(&DOCUMENT).unwrap());

/// Every place in a value, as a pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| places(value, &format!("{at}/{}", escape(key)), found)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(index, value)| places(value, &format!("{at}/{index}"), found)),
        _ => {}
    }
}

/// The places of the contract that mean something to a client.
fn contract_places() -> Vec<String> {
    let mut found = Vec::new();
    places(&CONTRACT, "", &mut found);
    // The API version is told by the file's name; a response's words are empty here and are words there.
    let means_nothing = |place: &String| {
        place.is_empty()
            || place == "/openapi"
            || place.starts_with("/info")
            || (place.ends_with("/description") && place.starts_with("/components/responses"))
    };
    found.retain(|place| !means_nothing(place));
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// What the comparison makes of an edit: refused documents are told too.
fn is_told(edited: &Value) -> bool {
    SYNCED.changes(edited).map_or(true, |changes| {
        let is_word = |change: &Change| change.message.starts_with("descriptions, titles");
        changes.iter().any(|change| !is_word(change))
    })
}

#[test]
fn every_value_that_changes_is_told() {
    for place in contract_places() {
        let mut edited = DOCUMENT.clone();
        let value = edited.pointer_mut(&place).unwrap();
        *value = match value {
            Value::Bool(flag) => json!(!*flag),
            Value::Number(number) => json!(number.as_i64().unwrap() + 1),
            Value::String(text) => json!(format!("{text}x")),
            _ => continue,
        };
        assert!(is_told(&edited), "{place} was changed");
    }
}

#[test]
fn everything_that_is_taken_away_is_told() {
    for place in contract_places() {
        let (parent, key) = place.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        let mut edited = DOCUMENT.clone();
        match edited.pointer_mut(parent).unwrap() {
            Value::Object(map) => {
                map.remove(&key);
            }
            Value::Array(list) => {
                list.remove(key.parse().unwrap());
            }
            _ => continue,
        }
        assert!(is_told(&edited), "{place} was taken away");
    }
}

#[test]
fn a_keyword_that_nobody_knows_is_unclear() {
    let names = [
        "/properties",
        "/responses",
        "/content",
        "/schemas",
        "/securitySchemes",
        "/paths",
        "/components",
    ];
    for place in contract_places() {
        let mut edited = DOCUMENT.clone();
        let is_names = names.iter().any(|name| place.ends_with(name));
        let Some(object) = edited.pointer_mut(&place).and_then(Value::as_object_mut) else {
            continue;
        };
        // What stands beside a reference means nothing; a name is no keyword, and neither is a path's key.
        if is_names
            || object.contains_key("$ref")
            || object.contains_key("post")
            || place.starts_with("/security")
        {
            continue;
        }
        object.insert("unheardOf".to_owned(), json!({ "deep": 1 }));
        let changes = SYNCED.changes(&edited).unwrap();
        assert_eq!(
            changes.iter().map(|change| change.class).max(),
            Some(Class::Breaking),
            "{place}: {changes:#?}"
        );
    }
}

#[test]
fn no_edit_panics() {
    for place in contract_places() {
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!([[]]),
            json!("x"),
            json!(-1.5),
            json!({ "$ref": "#/paths" }),
        ] {
            let mut edited = DOCUMENT.clone();
            *edited.pointer_mut(&place).unwrap() = value;
            let _ = SYNCED.changes(&edited);
        }
    }
}
