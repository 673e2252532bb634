//! Each rule on its two sides.

use serde_json::{Value, json};

use super::RULES;
use super::pair::{JUDGED, Pair, WALKED};
use crate::drift::change::Class::{self, Breaking, Compatible};
use crate::drift::change::Finding;
use crate::drift::side::Side;
use crate::drift::view::{Place, Schema};
use crate::openapi::pointer::Pointer;
#[path = "../../shape.rs"]
#[allow(dead_code)]
mod shape;
use shape::{Field, Shape};

fn findings(side: Side, old: &Value, new: &Value) -> Vec<Finding> {
    let schema = |document| {
        Schema::of(&Place {
            document,
            at: Pointer::root(),
            value: document,
        })
    };
    let (old, new) = (schema(old), schema(new));
    let pair = Pair {
        side,
        old: &old,
        new: &new,
    };
    RULES.iter().flat_map(|rule| rule(pair)).collect()
}

/// There must be one finding on each side, of these classes; and none where nothing changes.
#[track_caller]
fn assert_judged(old: Value, new: Value, request: Class, response: Class) {
    for (side, expected) in [
        (Side::Request, request),
        (Side::Response, response),
        (Side::ErrorResponse, response),
    ] {
        let found = findings(side, &old, &new);
        let classes: Vec<Class> = found.iter().map(|finding| finding.class).collect();
        assert_eq!(classes, [expected], "{side:?}: {old} → {new}: {found:#?}");
        assert_eq!(findings(side, &old, &old), [], "{old}");
        assert_eq!(findings(side, &new, &new), [], "{new}");
    }
}

/// The same backwards, with other classes.
#[track_caller]
fn assert_both_ways(narrow: Value, wide: Value, widened: (Class, Class), narrowed: (Class, Class)) {
    assert_judged(narrow.clone(), wide.clone(), widened.0, widened.1);
    assert_judged(wide, narrow, narrowed.0, narrowed.1);
}

const WIDENED: (Class, Class) = (Compatible, Breaking);
const NARROWED: (Class, Class) = (Breaking, Compatible);

#[test]
fn what_a_value_is() {
    let never = (Breaking, Breaking);
    assert_both_ways(
        json!({ "type": "integer" }),
        json!({ "type": "number" }),
        never,
        never,
    );
    assert_both_ways(json!({ "type": "integer" }), json!({}), never, never);
    assert_both_ways(
        json!({ "format": "int32" }),
        json!({ "format": "int64" }),
        never,
        never,
    );
    assert_both_ways(json!({}), json!({ "nullable": true }), WIDENED, NARROWED);
    assert_both_ways(
        json!({ "nullable": false }),
        json!({ "nullable": true }),
        WIDENED,
        NARROWED,
    );
    let always = (Compatible, Compatible);
    assert_both_ways(
        json!({ "enum": ["a"] }),
        json!({ "enum": ["a", "b"] }),
        always,
        never,
    );
    assert_both_ways(json!({ "enum": ["a"] }), json!({}), never, never);
    assert_both_ways(
        json!({ "default": 1 }),
        json!({ "default": 2 }),
        always,
        always,
    );
    assert_both_ways(json!({}), json!({ "default": null }), always, always);
    assert_both_ways(json!({}), json!({ "deprecated": true }), always, always);
    assert_both_ways(
        json!({}),
        json!({ "readOnly": true }),
        (Breaking, Compatible),
        always,
    );
    assert_both_ways(
        json!({}),
        json!({ "writeOnly": true }),
        (Compatible, Breaking),
        always,
    );
}

#[test]
fn bounds() {
    for (narrow, wide) in [
        (json!({ "minimum": 2 }), json!({ "minimum": 1 })),
        (json!({ "minimum": 0 }), json!({})),
        (
            json!({ "minimum": 1, "exclusiveMinimum": true }),
            json!({ "minimum": 1 }),
        ),
        (json!({ "minimum": 1.5 }), json!({ "minimum": 1 })),
        (json!({ "maximum": 1 }), json!({ "maximum": 2 })),
        (
            json!({ "maximum": u64::MAX - 1 }),
            json!({ "maximum": u64::MAX }),
        ),
        (
            json!({ "maximum": 2, "exclusiveMaximum": true }),
            json!({ "maximum": 2 }),
        ),
        (json!({ "multipleOf": 2 }), json!({})),
        (json!({ "minLength": 1 }), json!({ "minLength": 0 })),
        (json!({ "maxLength": 1 }), json!({})),
        (json!({ "pattern": "^a" }), json!({})),
        (json!({ "minItems": 2 }), json!({ "minItems": 1 })),
        (json!({ "maxItems": 0 }), json!({})),
        (
            json!({ "uniqueItems": true }),
            json!({ "uniqueItems": false }),
        ),
        (json!({ "minProperties": 1 }), json!({})),
        (json!({ "maxProperties": 1 }), json!({ "maxProperties": 2 })),
    ] {
        assert_both_ways(narrow, wide, WIDENED, NARROWED);
    }
}

#[test]
fn members() {
    let one = json!({ "properties": { "a": {} } });
    let two = json!({ "properties": { "a": {}, "b": {} } });
    assert_both_ways(
        one.clone(),
        two.clone(),
        (Compatible, Compatible),
        (Breaking, Breaking),
    );
    let required = json!({ "properties": { "a": {}, "b": {} }, "required": ["b"] });
    assert_both_ways(required.clone(), two, WIDENED, NARROWED);
    assert_judged(one, required, Breaking, Compatible);
    assert_both_ways(json!({ "required": ["z"] }), json!({}), WIDENED, NARROWED);

    let fixed = |more: Value| json!({ "properties": { "a": {} }, "additionalProperties": more });
    assert_both_ways(
        fixed(json!(false)),
        fixed(json!(true)),
        (Compatible, Compatible),
        NARROWED,
    );
    let silent = json!({ "properties": { "a": {} } });
    assert_both_ways(
        silent,
        fixed(json!(true)),
        (Compatible, Compatible),
        (Compatible, Compatible),
    );
    let map = |more: Value| json!({ "additionalProperties": more });
    assert_judged(map(json!(true)), map(json!(false)), Breaking, Breaking);
    assert_judged(
        map(json!(true)),
        map(json!({ "type": "string" })),
        Breaking,
        Breaking,
    );
    assert_eq!(
        findings(Side::Request, &map(json!(true)), &map(json!({}))),
        []
    );
}

#[test]
fn what_is_unclear_is_breaking_and_says_so() {
    for (old, new) in [
        (json!({ "pattern": "^a" }), json!({ "pattern": "^b" })),
        (json!({ "multipleOf": 2 }), json!({ "multipleOf": 4 })),
        (json!({ "minimum": 1 }), json!({ "minimum": "2" })),
        (
            json!({ "exclusiveMinimum": 1 }),
            json!({ "exclusiveMinimum": 2 }),
        ),
        (json!({ "enum": ["a"] }), json!({ "enum": "a" })),
        (
            json!({ "discriminator": { "propertyName": "a" } }),
            json!({ "discriminator": { "propertyName": "b" } }),
        ),
        (json!({}), json!({ "const": 1 })),
        (json!({ "xml": { "name": "a" } }), json!({})),
    ] {
        assert_judged(old.clone(), new.clone(), Breaking, Breaking);
        let found = findings(Side::Request, &old, &new);
        assert!(
            found
                .iter()
                .all(|finding| finding.message.contains("(unclear)")),
            "{found:#?}"
        );
    }
}

#[test]
fn every_keyword_of_a_schema_is_somebodys() {
    let mut nobodys = Vec::new();
    for (keyword, field) in Shape::Schema.fields() {
        let is_known = JUDGED.contains(keyword) || WALKED.contains(keyword);
        if *field != Field::Prose && !is_known {
            nobodys.push(*keyword);
        }
    }
    // For XML, which these operations don't speak: left to the rule on unknown keywords.
    assert_eq!(nobodys, ["xml"]);
}
