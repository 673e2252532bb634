//! What a rule looks at.

use crate::drift::side::Side;
use crate::drift::view::Schema;

/// A schema before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) side: Side,
    pub(crate) old: &'a Schema<'a>,
    pub(crate) new: &'a Schema<'a>,
}

/// The keywords that the walk itself compares.
pub(super) const WALKED: [&str; 5] = ["items", "allOf", "anyOf", "oneOf", "not"];

/// The keywords that the rules compare.
pub(super) const JUDGED: [&str; 27] = [
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
pub(super) const RETYPED: &str =
    "regeneration gives the field another Rust type, so its users have to change";
