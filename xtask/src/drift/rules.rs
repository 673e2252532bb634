//! What can change in a schema: one rule a function, each with its two sides.
//!
//! A rule looks at one schema before and after, not into the schemas below it: [`super::compare`] walks.

mod bounds;
mod members;
pub(crate) mod pair;
mod values;

use super::change::Finding;
use pair::Pair;

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

#[cfg(test)]
mod tests;
