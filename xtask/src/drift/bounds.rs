//! Bounds of a schema: which of two is narrower.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::node::{EXACT, canonical};
use crate::openapi::place::Place;

/// Which side of a value a bound is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Lower,
    Upper,
}

/// Every bound: its keyword, and the one that makes it exclusive.
const BOUNDS: [(&str, Option<&str>, Side); 8] = [
    ("minimum", Some("exclusiveMinimum"), Side::Lower),
    ("maximum", Some("exclusiveMaximum"), Side::Upper),
    ("minLength", None, Side::Lower),
    ("maxLength", None, Side::Upper),
    ("minItems", None, Side::Lower),
    ("maxItems", None, Side::Upper),
    ("minProperties", None, Side::Lower),
    ("maxProperties", None, Side::Upper),
];

/// Keywords that narrow a value without being comparable: adding one narrows, removing one widens.
const OTHERS: [&str; 3] = ["multipleOf", "pattern", "uniqueItems"];

/// Whether a keyword is a bound or a part of one.
pub(super) fn is_bound(keyword: &str) -> bool {
    BOUNDS
        .iter()
        .any(|(bound, exclusive, _)| *bound == keyword || *exclusive == Some(keyword))
}

/// Whether a keyword narrows what a value may be.
pub(super) fn narrows(keyword: &str) -> bool {
    is_bound(keyword) || OTHERS.contains(&keyword)
}

/// The bounds that hold if all these schemas do: each keyword with the place and value of the narrowest.
pub(super) fn bounds<'a>(
    schemas: &[Place<'a>],
    is_integer: bool,
) -> Vec<(&'static str, Place<'a>, Value)> {
    let mut found = Vec::new();
    for (keyword, exclusive, side) in BOUNDS {
        let mut narrowest: Option<(Place<'a>, Value)> = None;
        for schema in schemas {
            let flag = exclusive.and_then(|keyword| schema.child(keyword));
            let is_excluded = flag.as_ref().is_some_and(|flag| flag.value == true);
            // A number in place of the flag is OpenAPI 3.1's way to say it.
            let number = flag.filter(|flag| !flag.value.is_boolean());
            for (place, is_excluded) in [(schema.child(keyword), is_excluded), (number, true)] {
                let Some(place) = place else { continue };
                let value = limit(place.value, side, is_excluded, is_integer);
                let is_narrower = narrowest.as_ref().is_none_or(|(_, known)| {
                    compare(keyword, known, &value) == Some(Ordering::Less)
                });
                if is_narrower {
                    narrowest = Some((place, value));
                }
            }
        }
        // Nothing is shorter than empty.
        let is_length = exclusive.is_none() && side == Side::Lower;
        let narrowest = narrowest.filter(|(_, value)| !is_length || *value != 0);
        found.extend(narrowest.map(|(place, value)| (keyword, place, value)));
    }
    found
}

/// A bound: a number, or `[number, "exclusive"]`. That of an integer is the outermost one that is allowed.
fn limit(number: &Value, side: Side, is_excluded: bool, is_integer: bool) -> Value {
    let float = number
        .as_f64()
        .filter(|float| is_integer && float.abs() < EXACT);
    match (float, side) {
        (Some(float), Side::Lower) if is_excluded => canonical(&json!(float.floor() + 1.0)),
        (Some(float), Side::Lower) => canonical(&json!(float.ceil())),
        (Some(float), Side::Upper) if is_excluded => canonical(&json!(float.ceil() - 1.0)),
        (Some(float), Side::Upper) => canonical(&json!(float.floor())),
        (None, _) if is_excluded => json!([canonical(number), "exclusive"]),
        (None, _) => canonical(number),
    }
}

/// The number of a bound, and whether it is itself excluded.
fn split(bound: &Value) -> (&Value, bool) {
    match bound.as_array().map(Vec::as_slice) {
        Some([number, _]) => (number, true),
        _ => (bound, false),
    }
}

/// `Less` if the new bound allows less, `Greater` if it allows more; `None` if that can't be told.
pub(super) fn compare(keyword: &str, old: &Value, new: &Value) -> Option<Ordering> {
    let (_, _, side) = BOUNDS.iter().find(|(bound, ..)| *bound == keyword)?;
    let ((old, old_is_excluded), (new, new_is_excluded)) = (split(old), split(new));
    let order = match side {
        Side::Lower => numbers(new, old)?,
        Side::Upper => numbers(old, new)?,
    };
    // A higher minimum allows less, and so does one that is excluded.
    Some(order.then(new_is_excluded.cmp(&old_is_excluded)).reverse())
}

/// Two numbers; integers without a loss.
fn numbers(one: &Value, other: &Value) -> Option<Ordering> {
    let whole = |value: &Value| {
        let signed = value.as_i64().map(i128::from);
        signed.or(value.as_u64().map(i128::from))
    };
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}
