//! The walk through schemas that refer, recurse and branch.

use serde_json::{Value, json};

use crate::drift::change::{Class, Finding};
use crate::drift::compare::Comparison;
use crate::drift::side::Side;
use crate::drift::view::Place;
use crate::openapi::pointer::Pointer;

/// What is found in `#/schema` of two documents.
fn found(side: Side, old: &Value, new: &Value) -> Vec<(String, Finding)> {
    let mut comparison = Comparison::new("part", side);
    let place = |document| Place {
        document,
        at: Pointer::root(),
        value: document,
    };
    comparison.optional_schema(&place(old), &place(new));
    let found = comparison.found().into_iter();
    found.map(|found| (found.pointer, found.finding)).collect()
}

#[track_caller]
fn assert_same(old: &Value, new: &Value) {
    assert_eq!(found(Side::Request, old, new), [], "{old} {new}");
}

#[track_caller]
fn assert_class(side: Side, old: &Value, new: &Value, class: Class) {
    let found = found(side, old, new);
    assert_eq!(
        found.iter().map(|(_, finding)| finding.class).max(),
        Some(class),
        "{found:#?}"
    );
}

#[test]
fn schemas_may_recurse() {
    let tree = |leaf: &str| {
        json!({
            "schema": { "$ref": "#/tree" },
            "tree": { "type": "object", "properties": {
                "leaf": { "type": leaf },
                "children": { "type": "array", "items": { "$ref": "#/tree" } },
            } },
        })
    };
    assert_same(&tree("string"), &tree("string"));
    let found_in_tree = found(Side::Response, &tree("string"), &tree("integer"));
    let [(pointer, finding)] = found_in_tree.as_slice() else {
        panic!("{found_in_tree:#?}");
    };
    assert_eq!(pointer, "#/tree/properties/leaf/type");
    assert!(
        finding.message.starts_with("`leaf`: type changed"),
        "{finding:?}"
    );

    let unrolled = json!({
        "schema": { "type": "object", "properties": {
            "leaf": { "type": "string" },
            "children": { "type": "array", "items": { "$ref": "#/tree" } },
        } },
        "tree": tree("string")["tree"],
    });
    assert_same(&tree("string"), &unrolled);
}

#[test]
fn branches_are_the_same_in_any_order() {
    let union =
        |branches: Value| json!({ "schema": { "oneOf": branches }, "a": { "type": "string" } });
    let (text, number) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    let old = union(json!([text, number]));
    assert_same(&old, &union(json!([number, { "$ref": "#/a" }])));
    let more = union(json!([text, number, { "type": "boolean" }]));
    assert_class(Side::Request, &old, &more, Class::Compatible);
    assert_class(Side::Response, &old, &more, Class::Breaking);
    assert_class(Side::Request, &more, &old, Class::Breaking);
    assert_class(Side::Response, &more, &old, Class::Breaking);
    assert_class(
        Side::Request,
        &old,
        &union(json!([text, { "type": "integer", "nullable": true }])),
        Class::Compatible,
    );
    assert_class(
        Side::Request,
        &old,
        &json!({ "schema": {} }),
        Class::Breaking,
    );
    let both = |branches: Value| json!({ "schema": { "allOf": branches } });
    assert_same(
        &both(json!([text, { "maxLength": 3 }])),
        &both(json!([{ "maxLength": 3 }, text])),
    );
    assert_class(
        Side::Response,
        &both(json!([text, { "maxLength": 3 }])),
        &both(json!([text])),
        Class::Breaking,
    );
}

#[test]
fn what_is_in_what() {
    let schema = |inner: Value| json!({ "schema": inner });
    let list = schema(json!({ "items": { "type": "string" } }));
    assert_class(Side::Response, &list, &schema(json!({})), Class::Breaking);
    assert_class(
        Side::Response,
        &list,
        &schema(json!({ "items": { "type": "integer" } })),
        Class::Breaking,
    );
    let map = |kind: &str| schema(json!({ "additionalProperties": { "type": kind } }));
    assert_class(
        Side::Response,
        &map("string"),
        &map("integer"),
        Class::Breaking,
    );
    let not = |kind: &str| schema(json!({ "not": { "type": kind } }));
    assert_same(&not("string"), &not("string"));
    assert_class(
        Side::Request,
        &not("string"),
        &not("integer"),
        Class::Breaking,
    );
    assert_class(Side::Response, &json!({}), &list, Class::Breaking);
    assert_class(Side::Response, &list, &json!({}), Class::Breaking);
}
