//! What changes a digest, and what doesn't.

use serde_json::{Value, json};

use super::{Parts, digests};
use crate::slice::Selected;

const POST: Selected<'static> = Selected {
    path: "/things",
    method: "post",
    id: "Post",
};

fn document() -> Value {
    json!({
        "tags": [{ "name": "Things", "description": "On things." }, { "name": "Other", "description": "On others." }],
        "servers": [{ "url": "https://api.example", "description": "The server." }],
        "security": [{ "key": [] }],
        "paths": { "/things": {
            "post": {
                "operationId": "Post", "summary": "Makes a thing.", "tags": ["Things"], "x-group": "things",
                "parameters": [{ "name": "q", "in": "query", "description": "A query.", "schema": { "type": "string" } }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
                "responses": { "200": { "description": "A thing.", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Thing" } } } } },
            },
            "get": { "operationId": "Get", "summary": "Gets a thing." },
        } },
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "The key." } },
            "schemas": {
                "Thing": { "type": "object", "description": "A thing.", "properties": {
                    "name": { "type": "string", "example": "a" },
                    "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
                } },
                "Unused": { "description": "Never said." },
            },
        },
    })
}

/// The digests after a change of the value at a pointer.
fn after(pointer: &str, value: Value) -> Parts {
    let mut document = document();
    *document.pointer_mut(pointer).unwrap() = value;
    digests(&document, &POST)
}

/// The parts whose digests differ.
fn changed(one: &Parts, other: &Parts) -> Vec<&'static str> {
    let parts = super::PARTS.into_iter();
    parts
        .filter(|part| one.get(*part) != other.get(*part))
        .collect()
}

#[test]
fn each_word_counts_in_its_part() {
    let before = digests(&document(), &POST);
    assert_eq!(before.len(), 4, "{before:?}");
    let post = "/paths/~1things/post";
    for (pointer, parts) in [
        (format!("{post}/summary"), vec!["operation"]),
        (format!("{post}/tags/0"), vec!["operation"]),
        (format!("{post}/x-group"), vec!["operation"]),
        ("/tags/0/description".to_owned(), vec!["operation"]),
        ("/servers/0/description".to_owned(), vec!["operation"]),
        (
            "/components/securitySchemes/key/description".to_owned(),
            vec!["operation"],
        ),
        (
            format!("{post}/parameters/0/description"),
            vec!["parameters"],
        ),
        (
            format!("{post}/responses/200/description"),
            vec!["responses"],
        ),
        (
            "/components/schemas/Thing/description".to_owned(),
            vec!["request_body", "responses"],
        ),
        (
            "/components/schemas/Thing/properties/name/example".to_owned(),
            vec!["request_body", "responses"],
        ),
    ] {
        assert_eq!(
            changed(&before, &after(&pointer, json!("other"))),
            parts,
            "{pointer}"
        );
    }
    for pointer in [
        "/tags/1/description",
        "/paths/~1things/get/summary",
        "/components/schemas/Unused/description",
        "/components/schemas/Thing/properties/name/type",
    ] {
        assert_eq!(before, after(pointer, json!("other")), "{pointer}");
    }
}

#[test]
fn how_a_schema_is_referred_to_makes_no_difference() {
    let before = digests(&document(), &POST);
    let schema = "/paths/~1things/post/responses/200/content/application~1json/schema";
    let reference = json!({ "$ref": "#/components/schemas/Thing" });
    let wrapped = json!({ "allOf": [reference] });
    assert_eq!(before, after(schema, wrapped.clone()), "wrapped");
    assert_eq!(
        before,
        after(schema, json!({ "allOf": [wrapped] })),
        "wrapped twice"
    );

    let renamed = document()
        .to_string()
        .replace("schemas/Thing", "schemas/Item")
        .replace("\"Thing\":", "\"Item\":");
    let renamed: Value = serde_json::from_str(&renamed).unwrap();
    assert_eq!(before, digests(&renamed, &POST), "renamed");

    let mut plain = document();
    *plain
        .pointer_mut("/components/schemas/Thing/properties/parts")
        .unwrap() = json!({ "type": "array" });
    let before = digests(&plain, &POST);
    let thing = plain["components"]["schemas"]["Thing"].clone();
    *plain.pointer_mut(schema).unwrap() = thing;
    assert_eq!(before, digests(&plain, &POST), "inlined");
}

#[test]
fn empty_words_are_none() {
    let post = "/paths/~1things/post";
    let without = after(&format!("{post}/parameters/0/description"), json!(""));
    assert_eq!(without.get("parameters"), None);
    let gone = digests(
        &document(),
        &Selected {
            path: "/gone",
            ..POST
        },
    );
    assert!(gone.is_empty());
}
