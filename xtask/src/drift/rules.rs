//! What can change in a schema: one rule a function, each with its two sides.
//!
//! A rule looks at one schema before and after, not into the schemas below it: [`super::compare`] walks.

mod bounds;
mod members;
mod values;

use super::change::Finding;
use super::side::Side;
use super::view::Schema;

/// A schema before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) side: Side,
    pub(crate) old: &'a Schema<'a>,
    pub(crate) new: &'a Schema<'a>,
}

/// A rule.
pub(crate) type Rule = fn(Pair<'_>) -> Vec<Finding>;

/// Every rule.
pub(crate) const RULES: &[Rule] = &[
    values::type_of_value,
    values::format,
    values::nullable,
    values::enumeration,
    values::default_value,
    values::deprecated,
    values::access,
    bounds::minimum,
    bounds::maximum,
    bounds::multiple_of,
    bounds::minimum_length,
    bounds::maximum_length,
    bounds::pattern,
    bounds::minimum_items,
    bounds::maximum_items,
    bounds::unique_items,
    bounds::minimum_properties,
    bounds::maximum_properties,
    members::added,
    members::removed,
    members::newly_required,
    members::no_longer_required,
    members::other_members,
    members::discriminator,
    members::unknown_keywords,
];

/// The keywords that the walk itself compares.
pub(crate) const WALKED: [&str; 5] = ["items", "allOf", "anyOf", "oneOf", "not"];

/// The keywords that the rules compare.
const JUDGED: [&str; 27] = [
    "type",
    "format",
    "nullable",
    "enum",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "properties",
    "required",
    "additionalProperties",
    "discriminator",
    // Words, of which `crate::words` tells; the contract has none.
    "title",
    "description",
];

/// Said where what released clients do on the wire doesn't matter, but types do.
const RETYPED: &str = "regeneration gives the field another Rust type, so its users have to change";

#[cfg(test)]
mod tests;
