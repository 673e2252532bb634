//! What is cut out, and what is refused.

use serde_json::{Value, json};

use super::slice;
use crate::openapi::operations::select;

const AT: &str = "operation `Get`: `#/paths/~1a/get/responses/200/content/application~1json/schema";

fn document(operation: Value, components: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Title", "version": "2026-05-12", "description": "Prose", "x-logo": {} },
        "tags": [{ "name": "Prose" }],
        "paths": { "x-a": {}, "/a": { "get": operation }, "/b": { "get": { "operationId": "Other" } } },
        "components": components,
    })
}

/// A document whose operation `Get` responds with this schema.
fn responding(schema: Value, components: Value) -> Value {
    let response =
        json!({ "description": "Prose", "content": { "application/json": { "schema": schema } } });
    document(
        json!({ "operationId": "Get", "responses": { "200": response } }),
        components,
    )
}

fn cut(document: &Value) -> Result<Value, String> {
    let selected = select(document, &["Get".to_owned()]).map_err(|error| error.to_string())?;
    slice(document, &selected).map_err(|error| format!("{error:#}"))
}

fn cut_schema(schema: Value) -> Value {
    let contract = cut(&responding(schema, json!({ "schemas": { "A": {} } }))).unwrap();
    let schema = "/paths/~1a/get/responses/200/content/application~1json/schema";
    contract.pointer(schema).unwrap().clone()
}

#[track_caller]
fn assert_fails(document: &Value, parts: &[&str]) {
    let error = cut(document).unwrap_err();
    for part in parts {
        assert!(error.contains(part), "no {part:?} in: {error}");
    }
}

#[test]
fn takes_what_is_listed_with_all_that_it_refers_to_and_leaves_the_rest() {
    let to = |section: &str| json!({ "$ref": format!("#/components/{section}/A") });
    let content = json!({ "application/json": { "schema": to("schemas") } });
    let components = json!({
        "parameters": { "A": { "name": "a", "in": "query", "schema": to("schemas") } },
        "requestBodies": { "A": { "content": content } },
        "responses": { "A": { "description": "", "headers": { "H": to("headers") }, "content": content } },
        "headers": { "A": { "schema": to("schemas") } },
        "schemas": {
            "A": { "discriminator": { "propertyName": "kind", "mapping": { "b": "B", "c": "#/components/schemas/C~1D" } } },
            "B": { "items": { "$ref": "#/components/schemas/B" } },
            "C/D": { "allOf": [{ "$ref": "#/components/schemas/B" }] },
        },
        "securitySchemes": { "oauth": { "type": "oauth2" }, "key": { "type": "http", "scheme": "bearer" } },
    });
    let operation = json!({
        "operationId": "Get", "deprecated": true, "parameters": [to("parameters")], "requestBody": to("requestBodies"),
        "responses": { "200": to("responses") }, "security": [{ "oauth": ["read"] }],
        "servers": [{ "url": "https://operation.example" }],
    });
    let mut with_unused = components.clone();
    with_unused["schemas"]["Unused"] = json!({});
    let mut document = document(operation.clone(), with_unused);
    document["security"] = json!([{ "key": [] }]);
    let expected = json!({
        "openapi": "3.0.3", "info": { "title": "Title", "version": "2026-05-12" }, "security": [{ "key": [] }],
        "paths": { "/a": { "get": operation } }, "components": components,
    });
    assert_eq!(cut(&document), Ok(expected));
}

#[test]
fn drops_prose_and_extensions_at_every_level() {
    let operation = json!({
        "operationId": "Get", "summary": "Prose", "description": "Prose", "tags": ["Prose"], "x-group": "g",
        "externalDocs": { "url": "https://prose.example" }, "callbacks": { "done": {} },
        "parameters": [{ "name": "q", "in": "query", "description": "Prose", "example": 1, "x-a": 1,
                         "schema": { "type": "string", "title": "Prose", "example": "Prose", "x-a": 1 } }],
        "requestBody": { "description": "Prose", "content": { "application/json": { "example": {}, "schema": {} } } },
        "responses": { "x-a": 1, "200": { "description": "Prose", "x-a": 1, "links": { "next": {} } } },
    });
    let expected = json!({
        "operationId": "Get",
        "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }],
        "requestBody": { "content": { "application/json": { "schema": {} } } },
        "responses": { "200": { "description": "" } },
    });
    let contract = cut(&document(operation, json!({}))).unwrap();
    assert_eq!(contract["paths"], json!({ "/a": { "get": expected } }));
}

#[test]
fn keeps_names_and_values_and_sorts_sets() {
    let properties = json!({
        "description": { "type": "string" },
        "x-foo": { "default": { "description": "value", "x-a": 1, "$ref": "value" } },
        "$ref": { "enum": [null, { "title": "value" }] },
        "properties": { "properties": { "summary": { "type": "string" } } },
    });
    let schema = |names: [&str; 2]| json!({ "required": names, "properties": properties });
    assert_eq!(
        cut_schema(schema(["x-foo", "description"])),
        schema(["description", "x-foo"])
    );
    let reference = json!({ "$ref": "#/components/schemas/A" });
    let mut beside = reference.clone();
    beside["nullable"] = json!(true);
    assert_eq!(cut_schema(beside), reference);
}

#[test]
fn refuses_references_that_cannot_be_followed_and_what_is_not_openapi() {
    let components = json!({
        "schemas": { "A": {}, "B": { "$ref": "#/components/schemas/B" }, "C": { "items": { "$ref": "c.yml" } } },
        "responses": { "R": { "description": "" } },
    });
    let to = |reference: &str| json!({ "$ref": reference });
    for (schema, place, part) in [
        (to("#/components/schemas/Gone"), "/$ref`", "leads nowhere"),
        (
            to("other.yml#/components/schemas/A"),
            "/$ref`",
            "leads out of the document",
        ),
        (
            to("#/components/responses/R"),
            "/$ref`",
            "is not in `#/components/schemas`",
        ),
        (to("#/components/schemas/B"), "/$ref`", "reference cycle"),
        (
            json!({ "$ref": 7 }),
            "/$ref`",
            "must be a string, not the number 7",
        ),
        (
            json!({ "discriminator": { "mapping": { "a": "Gone" } } }),
            "/discriminator/mapping/a`",
            "out of the document",
        ),
        (json!(null), "`", "a mapping must be here, not null"),
        (
            json!({ "allOf": {} }),
            "/allOf`",
            "a list must be here, not a mapping",
        ),
        (
            json!({ "properties": [] }),
            "/properties`",
            "a mapping must be here, not a list",
        ),
    ] {
        let place = format!("{AT}{place}");
        assert_fails(&responding(schema, components.clone()), &[&place, part]);
    }
    let through = responding(to("#/components/schemas/C"), components);
    assert_fails(
        &through,
        &[
            "operation `Get`: `#/components/schemas/C/items/$ref`",
            "leads out",
        ],
    );
    let mut document = responding(json!({}), json!({}));
    document["security"] = json!([{ "gone": [] }]);
    assert_fails(
        &document,
        &[
            "`#/security/0/gone`",
            "there is no `#/components/securitySchemes/gone`",
        ],
    );
}

#[test]
fn refuses_operations_that_are_not_there_exactly_once() {
    let get = json!({ "operationId": "Get", "responses": {} });
    let mut twice = document(get.clone(), json!({}));
    twice["paths"]["/b"] = json!({ "post": get });
    assert_fails(
        &twice,
        &[
            "operation `Get` is there twice",
            "`#/paths/~1a/get`",
            "`#/paths/~1b/post`",
        ],
    );
    let mut elsewhere = document(get, json!({}));
    elsewhere["paths"]["/a"]["$ref"] = json!("#/paths/~1b");
    assert_fails(&elsewhere, &["`#/paths/~1a/$ref`", "not followed"]);
    elsewhere["paths"]["/a"] = json!({ "$ref": "other.yml" });
    assert_fails(
        &elsewhere,
        &["operation `Get`", "`#/paths/~1a` is a `$ref`"],
    );
    assert_fails(&json!({ "openapi": "3.0.3" }), &["`#/paths` is missing"]);
}
