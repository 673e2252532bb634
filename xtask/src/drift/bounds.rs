//! Bounds of a schema: which of two is narrower.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::node::canonical;
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

/// The bounds that hold if all these schemas do: each keyword with the place of the narrowest.
pub(super) fn bounds<'a>(
    schemas: &[Place<'a>],
    is_integer: bool,
) -> Vec<(&'static str, Place<'a>, Value)> {
    let mut found = Vec::new();
    for (keyword, exclusive, side) in BOUNDS {
        let mut narrowest: Option<(Place<'a>, Value)> = None;
        for (place, value) in said(schemas, keyword, exclusive) {
            let value = if is_integer {
                inclusive(&value, side)
            } else {
                value
            };
            let is_narrower = match &narrowest {
                Some((_, known)) => compare(keyword, known, &value) == Some(Ordering::Less),
                None => true,
            };
            if is_narrower {
                narrowest = Some((place, value));
            }
        }
        let says_nothing =
            |value: &Value| keyword.starts_with("min") && exclusive.is_none() && *value == 0;
        found.extend(
            narrowest
                .filter(|(_, value)| !says_nothing(value))
                .map(|(place, value)| (keyword, place, value)),
        );
    }
    found
}

/// What the schemas say of a bound: a number, or `[number, "exclusive"]`.
fn said<'a>(
    schemas: &[Place<'a>],
    keyword: &str,
    exclusive: Option<&str>,
) -> Vec<(Place<'a>, Value)> {
    let mut found = Vec::new();
    for schema in schemas {
        let bound = schema.child(keyword);
        let other = exclusive.and_then(|keyword| schema.child(keyword));
        let is_exclusive = other.as_ref().is_some_and(|other| other.value == true);
        // A number is OpenAPI 3.1's way to say it.
        if let Some(other) = other.filter(|other| !other.value.is_boolean()) {
            let value = json!([canonical(other.value), "exclusive"]);
            found.push((other, value));
        }
        if let Some(bound) = bound {
            let value = canonical(bound.value);
            let value = if is_exclusive {
                json!([value, "exclusive"])
            } else {
                value
            };
            found.push((bound, value));
        }
    }
    found
}

/// The bound of an integer as the outermost integer that is allowed.
fn inclusive(bound: &Value, side: Side) -> Value {
    let (number, is_exclusive) = split(bound);
    let step = match side {
        Side::Lower => 1,
        Side::Upper => -1,
    };
    match number.as_i64() {
        Some(whole) if is_exclusive => whole.checked_add(step).map_or(bound.clone(), Value::from),
        Some(_) => bound.clone(),
        None => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) => canonical(&match side {
                Side::Lower => json!(float.ceil()),
                Side::Upper => json!(float.floor()),
            }),
            None => bound.clone(),
        },
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
