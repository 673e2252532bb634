//! What is cut out, and what is refused.

use serde_json::{Value, json};

use super::{UnknownKeywords, slice};
use crate::openapi::operations::select;

const AT: &str =
    "operation `Get`: `#/paths/~1things/get/responses/200/content/application~1json/schema";

fn document(paths: Value, components: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Title", "version": "2026-05-12", "description": "Prose", "x-logo": {} },
        "tags": [{ "name": "Prose" }],
        "paths": paths,
        "components": components,
    })
}

/// A document whose one operation `Get` responds with this schema.
fn responding(schema: Value, components: Value) -> Value {
    let response =
        json!({ "description": "Prose", "content": { "application/json": { "schema": schema } } });
    document(
        json!({ "/things": { "get": { "operationId": "Get", "responses": { "200": response } } } }),
        components,
    )
}

fn cut(document: &Value, operations: &[&str]) -> anyhow::Result<Value> {
    let operations: Vec<String> = operations.iter().map(|&id| id.to_owned()).collect();
    slice(
        document,
        &select(document, &operations)?,
        UnknownKeywords::Refused,
    )
}

/// The schema that `Get` responds with, once cut out.
fn cut_schema(schema: Value, components: Value) -> Value {
    let contract = cut(&responding(schema, components), &["Get"]).unwrap();
    contract["paths"]["/things"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        .clone()
}

/// The message with which cutting `Get` fails; all parts must be in it.
#[track_caller]
fn assert_fails(document: &Value, parts: &[&str]) {
    let error = format!("{:#}", cut(document, &["Get"]).unwrap_err());
    for part in parts {
        assert!(error.contains(part), "no {part:?} in: {error}");
    }
}

#[test]
fn takes_what_is_listed_and_leaves_the_rest() {
    let get = |id: &str| json!({ "operationId": id, "responses": {} });
    let document = document(
        json!({ "/a": { "get": get("GetA"), "post": get("PostA") }, "/b": { "get": get("GetB") }, "/null": null }),
        json!({ "schemas": { "Unused": {} } }),
    );
    let expected = json!({
        "openapi": "3.0.3",
        "info": { "title": "Title", "version": "2026-05-12" },
        "paths": { "/a": { "post": get("PostA") }, "/b": { "get": get("GetB") } },
    });
    assert_eq!(cut(&document, &["PostA", "GetB"]).unwrap(), expected);
}

#[test]
fn follows_references_of_every_kind() {
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
        "securitySchemes": { "oauth": { "type": "oauth2", "flows": { "implicit": {
            "authorizationUrl": "https://login.example", "scopes": { "read": "" },
        } } } },
    });
    let operation = json!({
        "operationId": "Post", "deprecated": true, "parameters": [to("parameters")], "requestBody": to("requestBodies"),
        "responses": { "200": to("responses") }, "security": [{ "oauth": ["read"] }],
        "servers": [{ "url": "https://operation.example" }],
    });
    let shared = json!([{ "name": "id", "in": "path", "required": true, "schema": to("schemas") }]);
    let paths = json!({ "/things/{id}": { "parameters": shared, "post": operation } });
    let mut with_unused = components.clone();
    with_unused["schemas"]["Unused"] = json!({});
    with_unused["securitySchemes"]["unused"] = json!({ "type": "http", "scheme": "basic" });
    let contract = cut(&document(paths.clone(), with_unused), &["Post"]).unwrap();
    assert_eq!(contract["paths"], paths);
    assert_eq!(contract["components"], components);
}

#[test]
fn drops_prose_and_extensions_at_every_level() {
    let operation = json!({
        "operationId": "Get", "summary": "Prose", "description": "Prose", "tags": ["Prose"], "x-group": "g",
        "externalDocs": { "url": "https://prose.example" },
        "parameters": [{ "name": "q", "in": "query", "description": "Prose", "example": 1, "x-a": 1,
                         "schema": { "type": "string", "title": "Prose", "example": "Prose", "x-a": 1 } }],
        "requestBody": { "description": "Prose", "content": { "application/json": { "example": {}, "schema": {} } } },
        "responses": { "x-a": 1, "200": { "description": "Prose", "x-a": 1, "links": { "next": {} } } },
        "callbacks": { "done": {} },
    });
    let expected = json!({
        "operationId": "Get",
        "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }],
        "requestBody": { "content": { "application/json": { "schema": {} } } },
        "responses": { "200": { "description": "" } },
    });
    let document = document(
        json!({ "x-a": {}, "/things": { "get": operation } }),
        json!({}),
    );
    let contract = cut(&document, &["Get"]).unwrap();
    assert_eq!(contract["paths"], json!({ "/things": { "get": expected } }));
}

#[test]
fn keeps_names_that_look_like_keywords_and_values_as_they_are() {
    let schema = json!({
        "required": ["description", "x-foo"],
        "properties": {
            "description": { "type": "string" },
            "x-foo": { "default": { "description": "value", "x-a": 1, "$ref": "value" } },
            "$ref": { "enum": [null, { "title": "value" }] },
            "properties": { "properties": { "summary": { "type": "string" } } },
        },
    });
    assert_eq!(cut_schema(schema.clone(), json!({})), schema);
}

#[test]
fn sorts_lists_whose_order_means_nothing_and_drops_what_stands_beside_a_reference() {
    let schema = json!({ "required": ["b", "a"], "enum": ["d", "c"] });
    assert_eq!(
        cut_schema(schema, json!({})),
        json!({ "required": ["a", "b"], "enum": ["c", "d"] })
    );
    let reference = json!({ "$ref": "#/components/schemas/A" });
    let mut beside = reference.clone();
    beside["nullable"] = json!(true);
    assert_eq!(
        cut_schema(beside, json!({ "schemas": { "A": {} } })),
        reference
    );
}

#[test]
fn refuses_references_that_cannot_be_followed() {
    let components = json!({
        "schemas": { "A": {}, "B": { "$ref": "#/components/schemas/B" }, "C": { "items": { "$ref": "c.yml" } } },
        "responses": { "R": { "description": "" } },
    });
    for (reference, part) in [
        (json!("#/components/schemas/Gone"), "leads nowhere"),
        (
            json!("other.yml#/components/schemas/A"),
            "leads out of the document",
        ),
        (
            json!("#/components/responses/R"),
            "is not in `#/components/schemas`",
        ),
        (
            json!("#/paths/~1things/get"),
            "is not in `#/components/schemas`",
        ),
        (json!("#/components/schemas/B"), "reference cycle"),
        (json!(7), "must be a string, not the number 7"),
    ] {
        let document = responding(json!({ "$ref": reference }), components.clone());
        assert_fails(&document, &[AT, "/$ref`", part]);
    }
    let through = responding(
        json!({ "$ref": "#/components/schemas/C" }),
        components.clone(),
    );
    assert_fails(
        &through,
        &[
            "operation `Get`: `#/components/schemas/C/items/$ref`",
            "leads out",
        ],
    );
    // Problems of other operations don't matter.
    assert!(cut(&responding(json!({}), components), &["Get"]).is_ok());
}

#[test]
fn refuses_operations_that_are_not_there_exactly_once() {
    let get = |id: &str| json!({ "operationId": id, "responses": {} });
    let paths = json!({ "/a": { "get": get("GetThing") }, "/b": { "get": get("Get"), "post": get("Get") } });
    let twice = document(paths, json!({}));
    assert_fails(
        &twice,
        &[
            "operation `Get` is there twice",
            "`#/paths/~1b/get`",
            "`#/paths/~1b/post`",
        ],
    );
    let error = cut(&twice, &["GetTing"]).unwrap_err().to_string();
    assert!(error.contains("did you mean `GetThing`?"), "{error}");
    assert_fails(&json!({ "openapi": "3.0.3" }), &["`#/paths` is missing"]);
    let beside = json!({ "/a": { "$ref": "#/paths/~1b", "get": get("Get") } });
    assert_fails(
        &document(beside, json!({})),
        &["`#/paths/~1a/$ref`", "not followed"],
    );
    let instead = json!({ "/a": { "$ref": "other.yml" } });
    assert_fails(
        &document(instead, json!({})),
        &["operation `Get`", "`#/paths/~1a` is a `$ref`"],
    );
}

#[test]
fn refuses_what_is_not_openapi() {
    for (schema, place, part) in [
        (json!(null), "`", "a mapping must stand here, not null"),
        (
            json!({ "const": 1 }),
            "/const`",
            "`const` is not a keyword of a Schema",
        ),
        (
            json!({ "allOf": {} }),
            "/allOf`",
            "a list must stand here, not a mapping",
        ),
        (
            json!({ "properties": [] }),
            "/properties`",
            "a mapping must stand here, not a list",
        ),
        (
            json!({ "additionalProperties": "yes" }),
            "/additionalProperties`",
            "a mapping must stand here",
        ),
        (
            json!({ "discriminator": { "mapping": { "a": "Gone" } } }),
            "/discriminator/mapping/a`",
            "out of the document",
        ),
    ] {
        assert_fails(
            &responding(schema, json!({})),
            &[&format!("{AT}{place}"), part],
        );
    }
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
