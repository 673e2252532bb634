//! Rules on bounds. A request's may be loosened, a response's tightened: the generated types hold the old bounds.

use std::cmp::Ordering;

use serde_json::Value;

use super::pair::Pair;
use crate::drift::change::{Finding, quoted};
use crate::drift::side::Side;
use crate::drift::view::Schema;

/// Which way a bound cuts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Lower,
    Upper,
}

/// The least number.
pub(super) fn minimum(pair: Pair<'_>) -> Vec<Finding> {
    number(pair, Bound::Lower, "minimum", "exclusiveMinimum")
}

/// The greatest number.
pub(super) fn maximum(pair: Pair<'_>) -> Vec<Finding> {
    number(pair, Bound::Upper, "maximum", "exclusiveMaximum")
}

/// What a number must be a multiple of.
pub(super) fn multiple_of(pair: Pair<'_>) -> Vec<Finding> {
    one_of_a_kind(pair, "multipleOf")
}

/// The shortest text.
pub(super) fn minimum_length(pair: Pair<'_>) -> Vec<Finding> {
    count(pair, Bound::Lower, "minLength")
}

/// The longest text.
pub(super) fn maximum_length(pair: Pair<'_>) -> Vec<Finding> {
    count(pair, Bound::Upper, "maxLength")
}

/// What a text looks like: whether one pattern allows more than another can't be told.
pub(super) fn pattern(pair: Pair<'_>) -> Vec<Finding> {
    one_of_a_kind(pair, "pattern")
}

/// The shortest list.
pub(super) fn minimum_items(pair: Pair<'_>) -> Vec<Finding> {
    count(pair, Bound::Lower, "minItems")
}

/// The longest list.
pub(super) fn maximum_items(pair: Pair<'_>) -> Vec<Finding> {
    count(pair, Bound::Upper, "maxItems")
}

/// Whether a list's elements must differ.
pub(super) fn unique_items(pair: Pair<'_>) -> Vec<Finding> {
    let flag = |schema: &Schema<'_>| schema.flag("uniqueItems");
    match (flag(pair.old), flag(pair.new)) {
        (false, true) => vec![tightened(
            pair,
            "uniqueItems",
            "elements must differ from now on",
        )],
        (true, false) => vec![loosened(
            pair,
            "uniqueItems",
            "elements may repeat from now on",
        )],
        _ => Vec::new(),
    }
}

/// The fewest properties.
pub(super) fn minimum_properties(pair: Pair<'_>) -> Vec<Finding> {
    count(pair, Bound::Lower, "minProperties")
}

/// The most properties.
pub(super) fn maximum_properties(pair: Pair<'_>) -> Vec<Finding> {
    count(pair, Bound::Upper, "maxProperties")
}

/// A bound on a number; `exclusive` is the flag that leaves the bound itself out.
fn number(pair: Pair<'_>, bound: Bound, keyword: &str, exclusive: &str) -> Vec<Finding> {
    let said = |schema: &Schema<'_>| (schema.get(keyword).cloned(), schema.get(exclusive).cloned());
    if said(pair.old) == said(pair.new) {
        return Vec::new();
    }
    // In OpenAPI 3.1 the flag is a number; that can't be weighed here.
    let is_odd = |schema: &Schema<'_>| schema.get(exclusive).is_some_and(|flag| !flag.is_boolean());
    let is_exclusive =
        |schema: &Schema<'_>| schema.get(keyword).is_some() && schema.flag(exclusive);
    let order = match order(bound, pair.old.get(keyword), pair.new.get(keyword)) {
        _ if is_odd(pair.old) || is_odd(pair.new) => None,
        Some(Ordering::Equal) => Some(is_exclusive(pair.new).cmp(&is_exclusive(pair.old))),
        other => other,
    };
    if order == Some(Ordering::Equal) {
        return Vec::new();
    }
    let shown = |schema: &Schema<'_>| {
        let suffix = if is_exclusive(schema) {
            " (exclusive)"
        } else {
            ""
        };
        match schema.get(keyword) {
            Some(value) => format!("{}{suffix}", quoted(&value.to_string())),
            None => "none".to_owned(),
        }
    };
    vec![judged(
        pair,
        keyword,
        order,
        &shown(pair.old),
        &shown(pair.new),
    )]
}

/// A bound on a count; a lower one of 0 says nothing.
fn count(pair: Pair<'_>, bound: Bound, keyword: &str) -> Vec<Finding> {
    let value = |schema: &Schema<'_>| {
        let value = schema.get(keyword).cloned();
        value.filter(|value| bound == Bound::Upper || value.as_u64() != Some(0))
    };
    let (old, new) = (value(pair.old), value(pair.new));
    let order = order(bound, old.as_ref(), new.as_ref());
    if order == Some(Ordering::Equal) {
        return Vec::new();
    }
    let shown = |value: &Option<Value>| match value {
        Some(value) => quoted(&value.to_string()),
        None => "none".to_owned(),
    };
    vec![judged(pair, keyword, order, &shown(&old), &shown(&new))]
}

/// A keyword that can be there or not, and whose values can't be weighed.
fn one_of_a_kind(pair: Pair<'_>, keyword: &str) -> Vec<Finding> {
    let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
    let shown = |value: &Value| quoted(value.as_str().unwrap_or(&value.to_string()));
    match (old, new) {
        (old, new) if old == new => Vec::new(),
        (None, Some(new)) => {
            let message = format!("`{keyword}` is {} from now on", shown(new));
            vec![tightened(pair, keyword, &message)]
        }
        (Some(old), None) => {
            let message = format!("`{keyword}` is no longer {}", shown(old));
            vec![loosened(pair, keyword, &message).gone()]
        }
        (Some(old), Some(new)) => {
            let message = format!("`{keyword}` changed from {} to {}", shown(old), shown(new));
            vec![Finding::unclear(message).at([keyword])]
        }
        (None, None) => Vec::new(),
    }
}

fn judged(pair: Pair<'_>, keyword: &str, order: Option<Ordering>, old: &str, new: &str) -> Finding {
    let message = format!("`{keyword}` changed from {old} to {new}");
    match order {
        Some(Ordering::Greater) => tightened(pair, keyword, &message),
        Some(Ordering::Less) => loosened(pair, keyword, &message),
        _ => Finding::unclear(message).at([keyword]),
    }
}

/// Fewer values are allowed.
fn tightened(pair: Pair<'_>, keyword: &str, message: &str) -> Finding {
    let finding = match pair.side {
        Side::Request => Finding::breaking(
            format!("narrowed: {message}"),
            "released clients fail where they send a value that is no longer allowed; the generated Rust type may change",
        ),
        _ => Finding::compatible(
            format!("narrowed: {message}"),
            "nothing for released clients: what still comes, they take; the generated Rust type may change",
        ),
    };
    finding.at([keyword])
}

/// More values are allowed.
fn loosened(pair: Pair<'_>, keyword: &str, message: &str) -> Finding {
    let finding = match pair.side {
        Side::Request => Finding::compatible(
            format!("loosened: {message}"),
            "nothing for released clients: what they send stays allowed; the generated Rust type may change",
        ),
        side => Finding::breaking(
            format!("loosened: {message}"),
            format!(
                "where the generated type holds the old bound, {}",
                side.fails()
            ),
        ),
    };
    finding.at([keyword])
}

/// `Greater` where the new bound allows less, `Less` where it allows more; `None` where that can't be told.
fn order(bound: Bound, old: Option<&Value>, new: Option<&Value>) -> Option<Ordering> {
    match (old, new) {
        (None, None) => Some(Ordering::Equal),
        (None, Some(new)) => new.is_number().then_some(Ordering::Greater),
        (Some(old), None) => old.is_number().then_some(Ordering::Less),
        (Some(old), Some(new)) => {
            if old == new {
                return Some(Ordering::Equal);
            }
            let order = compare(new, old)?;
            Some(if bound == Bound::Lower {
                order
            } else {
                order.reverse()
            })
        }
    }
}

/// Two numbers; whole ones without a loss.
fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    let whole = |value: &Value| {
        let signed = value.as_i64().map(i128::from);
        signed.or(value.as_u64().map(i128::from))
    };
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}
