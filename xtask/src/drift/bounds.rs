//! Bounds of a value: which of two is narrower.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::change::Edit;
use super::node::{EXACT, canonical};
use crate::openapi::place::Place;

/// Bounds that a higher number narrows.
const LOWER: [&str; 5] = [
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
];

/// Bounds that a lower number narrows.
const UPPER: [&str; 5] = [
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
];

/// Keywords that narrow a value, but can't be compared.
const OTHERS: [&str; 3] = ["multipleOf", "pattern", "uniqueItems"];

pub(super) fn is_bound(keyword: &str) -> bool {
    LOWER.contains(&keyword) || UPPER.contains(&keyword)
}

/// The narrowest bounds of schemas that all apply, each with its place. Exclusive bounds are made inclusive.
pub(super) fn bounds<'a>(
    schemas: &[Place<'a>],
    is_integer: bool,
) -> BTreeMap<String, (Place<'a>, Value)> {
    let mut found: BTreeMap<String, (Place<'a>, Value)> = BTreeMap::new();
    let flag = |keyword: &str| match keyword {
        "minimum" => "exclusiveMinimum",
        "maximum" => "exclusiveMaximum",
        _ => "",
    };
    for schema in schemas {
        for (mut keyword, place) in schema.children() {
            if !is_bound(&keyword) || place.value.is_boolean() {
                continue;
            }
            if schema.value.get(flag(&keyword)) == Some(&json!(true)) {
                keyword = flag(&keyword).to_owned();
            }
            let mut value = canonical(place.value);
            if let Some(number) = value.as_f64().filter(|number| number.abs() < EXACT) {
                if number == 0.0 && keyword.starts_with("min") && keyword != "minimum" {
                    // Nothing is shorter than empty.
                    continue;
                }
                (keyword, value) = inclusive(&keyword, number, is_integer);
            }
            let is_narrower = found.get(&keyword).is_none_or(|(_, known)| {
                edit(&keyword, Some(known), Some(&value)) == Edit::Narrowed
            });
            if is_narrower {
                found.insert(keyword, (place, value));
            }
        }
    }
    found
}

/// The outermost number that a bound allows.
fn inclusive(keyword: &str, number: f64, is_integer: bool) -> (String, Value) {
    let (keyword, number) = match keyword {
        "minimum" if is_integer => ("minimum", number.ceil()),
        "maximum" if is_integer => ("maximum", number.floor()),
        "exclusiveMinimum" if is_integer => ("minimum", number.floor() + 1.0),
        "exclusiveMaximum" if is_integer => ("maximum", number.ceil() - 1.0),
        "exclusiveMinimum" => ("minimum", number.next_up()),
        "exclusiveMaximum" => ("maximum", number.next_down()),
        other => (other, number),
    };
    (keyword.to_owned(), canonical(&json!(number)))
}

/// What happened to the value of a keyword. `None` is no value.
pub(super) fn edit(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> Edit {
    let narrows = is_bound(keyword) || OTHERS.contains(&keyword);
    let order = match (old, new) {
        (None, _) if narrows => return Edit::Narrowed,
        (None, _) => return Edit::Added,
        (_, None) if narrows => return Edit::Widened,
        (_, None) => return Edit::Removed,
        (Some(old), Some(new)) => {
            let numbers = old.as_f64().zip(new.as_f64());
            numbers.and_then(|(old, new)| old.partial_cmp(&new))
        }
    };
    match order {
        Some(Ordering::Less) if LOWER.contains(&keyword) => Edit::Narrowed,
        Some(Ordering::Greater) if UPPER.contains(&keyword) => Edit::Narrowed,
        Some(Ordering::Less) if UPPER.contains(&keyword) => Edit::Widened,
        Some(Ordering::Greater) if LOWER.contains(&keyword) => Edit::Widened,
        _ => Edit::Changed,
    }
}
