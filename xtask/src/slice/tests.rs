//! What is cut out; what is refused: [`refused`].

use serde_json::{Value, json};

use super::slice;

mod refused;

/// A document with the given paths and components.
fn document(paths: Value, components: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Prose", "version": "2026-05-12", "description": "Prose", "x-logo": {} },
        "tags": [{ "name": "Prose" }],
        "paths": paths,
        "components": components,
    })
}

/// A document whose one operation `Get` answers with this schema.
fn answering(schema: Value, components: Value) -> Value {
    document(
        json!({ "/things": { "get": {
            "operationId": "Get",
            "responses": { "200": { "description": "Prose", "content": { "application/json": { "schema": schema } } } },
        } } }),
        components,
    )
}

fn cut(document: &Value, operations: &[&str]) -> anyhow::Result<Value> {
    let operations: Vec<String> = operations.iter().map(|&id| id.to_owned()).collect();
    slice(document, &operations)
}

/// The schema that `Get` answers with, once cut out.
fn cut_schema(schema: Value, components: Value) -> Value {
    let contract = cut(&answering(schema, components), &["Get"]).unwrap();
    contract["paths"]["/things"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        .clone()
}

#[test]
fn takes_what_is_listed_and_leaves_the_rest() {
    let document = document(
        json!({
            "/a": {
                "get": { "operationId": "GetA", "responses": {} },
                "post": { "operationId": "PostA", "responses": {} },
            },
            "/b": { "get": { "operationId": "GetB", "responses": {} } },
            "/empty": {},
            "/null": null,
        }),
        json!({ "schemas": { "Unused": {} } }),
    );
    let contract = cut(&document, &["PostA", "GetB"]).unwrap();
    assert_eq!(
        contract["paths"],
        json!({
            "/a": { "post": { "operationId": "PostA", "responses": {} } },
            "/b": { "get": { "operationId": "GetB", "responses": {} } },
        })
    );
    assert_eq!(contract.get("components"), None);
    assert_eq!(contract.get("tags"), None);
    assert_eq!(contract["openapi"], "3.0.3");
    let title = "Clerk Backend API: selected operations";
    assert_eq!(
        contract["info"],
        json!({ "title": title, "version": "2026-05-12" })
    );
}

#[test]
fn follows_references_of_every_kind_transitively() {
    let document = document(
        json!({ "/things": { "post": {
            "operationId": "Post",
            "parameters": [{ "$ref": "#/components/parameters/Limit" }],
            "requestBody": { "$ref": "#/components/requestBodies/Body" },
            "responses": { "200": { "$ref": "#/components/responses/Answer" } },
        } } }),
        json!({
            "parameters": { "Limit": { "name": "limit", "in": "query", "schema": { "$ref": "#/components/schemas/Limit" } } },
            "requestBodies": { "Body": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } } },
            "responses": { "Answer": {
                "description": "Prose",
                "headers": { "X-Left": { "$ref": "#/components/headers/Left" } },
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Answer" } } },
            } },
            "headers": { "Left": { "schema": { "$ref": "#/components/schemas/Left" } } },
            "schemas": {
                "Limit": { "type": "integer" },
                "Body": { "allOf": [{ "$ref": "#/components/schemas/Base" }] },
                "Base": { "additionalProperties": { "$ref": "#/components/schemas/Extra" } },
                "Extra": { "not": { "type": "string" } },
                "Answer": { "oneOf": [{ "$ref": "#/components/schemas/One" }, { "type": "string" }] },
                "One": { "type": "array", "items": { "anyOf": [{ "$ref": "#/components/schemas/Left" }] } },
                "Left": { "type": "integer" },
                "Unused": { "type": "integer" },
            },
        }),
    );
    let contract = cut(&document, &["Post"]).unwrap();
    let names = |section: &str| -> Vec<String> {
        contract["components"][section]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(names("parameters"), ["Limit"]);
    assert_eq!(names("requestBodies"), ["Body"]);
    assert_eq!(names("responses"), ["Answer"]);
    assert_eq!(names("headers"), ["Left"]);
    assert_eq!(
        names("schemas"),
        ["Answer", "Base", "Body", "Extra", "Left", "Limit", "One"]
    );
}

#[test]
fn takes_what_the_path_and_the_document_say_for_the_operation() {
    let mut document = document(
        json!({ "/things/{id}": {
            "summary": "Prose",
            "servers": [{ "url": "https://path.example", "description": "Prose" }],
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "$ref": "#/components/schemas/Id" } }],
            "get": {
                "operationId": "Get",
                "security": [{ "oauth": ["read"] }],
                "servers": [{ "url": "https://operation.example" }],
                "deprecated": true,
                "responses": {},
            },
        } }),
        json!({
            "schemas": { "Id": { "type": "string" } },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "Prose" },
                "oauth": { "type": "oauth2", "flows": { "implicit": {
                    "authorizationUrl": "https://login.example", "scopes": { "read": "Prose" },
                } } },
                "unused": { "type": "http", "scheme": "basic" },
            },
        }),
    );
    document["servers"] = json!([{ "url": "https://{region}.example", "variables": {
        "region": { "default": "eu", "enum": ["us", "eu"], "description": "Prose" },
    } }]);
    document["security"] = json!([{ "bearer": [] }]);
    let contract = cut(&document, &["Get"]).unwrap();
    let variables = json!({ "region": { "default": "eu", "enum": ["us", "eu"] } });
    assert_eq!(
        contract["servers"],
        json!([{ "url": "https://{region}.example", "variables": variables }])
    );
    assert_eq!(contract["security"], json!([{ "bearer": [] }]));
    let item = &contract["paths"]["/things/{id}"];
    assert_eq!(item["servers"], json!([{ "url": "https://path.example" }]));
    assert_eq!(item["parameters"][0]["name"], "id");
    assert_eq!(
        item["get"]["servers"],
        json!([{ "url": "https://operation.example" }])
    );
    assert_eq!(item["get"]["security"], json!([{ "oauth": ["read"] }]));
    assert_eq!(item["get"]["deprecated"], true);
    assert_eq!(item.get("summary"), None);
    assert_eq!(
        contract["components"]["schemas"],
        json!({ "Id": { "type": "string" } })
    );
    let implicit = json!({ "authorizationUrl": "https://login.example", "scopes": { "read": "" } });
    assert_eq!(
        contract["components"]["securitySchemes"],
        json!({
            "bearer": { "type": "http", "scheme": "bearer" },
            "oauth": { "type": "oauth2", "flows": { "implicit": implicit } },
        })
    );
}

#[test]
fn drops_prose_and_extensions_at_every_level() {
    let document = document(
        json!({ "x-paths": {}, "/things": { "get": {
            "operationId": "Get", "summary": "Prose", "description": "Prose", "tags": ["Prose"], "x-group": "g",
            "externalDocs": { "url": "https://prose.example" },
            "parameters": [{ "name": "q", "in": "query", "description": "Prose", "example": 1, "examples": {}, "x-a": 1,
                             "schema": { "type": "string", "title": "Prose", "example": "Prose", "x-a": 1 } }],
            "requestBody": { "description": "Prose", "content": { "application/json": { "example": {}, "schema": {} } } },
            "responses": { "x-a": 1, "200": { "description": "Prose", "x-a": 1, "links": { "next": { "operationId": "Gone" } } } },
            "callbacks": { "done": {} },
        } } }),
        json!({}),
    );
    let contract = cut(&document, &["Get"]).unwrap();
    assert_eq!(
        contract["paths"],
        json!({ "/things": { "get": {
            "operationId": "Get",
            "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }],
            "requestBody": { "content": { "application/json": { "schema": {} } } },
            "responses": { "200": { "description": "" } },
        } } })
    );
}

#[test]
fn keeps_names_that_look_like_keywords() {
    let schema = json!({
        "type": "object",
        "description": "Prose",
        "required": ["description", "x-foo"],
        "properties": {
            "description": { "type": "string", "description": "Prose" },
            "title": { "type": "string" },
            "example": { "type": "string" },
            "x-foo": { "type": "string" },
            "$ref": { "type": "string" },
            "properties": { "type": "object", "properties": { "summary": { "type": "string" } } },
        },
    });
    let copied = cut_schema(schema.clone(), json!({}));
    let mut expected = schema;
    expected.as_object_mut().unwrap().remove("description");
    expected["properties"]["description"] = json!({ "type": "string" });
    assert_eq!(copied, expected);

    let components = json!({ "schemas": { "x-name": { "type": "string" } } });
    let copied = cut(
        &answering(json!({ "$ref": "#/components/schemas/x-name" }), components),
        &["Get"],
    );
    assert_eq!(
        copied.unwrap()["components"]["schemas"]["x-name"],
        json!({ "type": "string" })
    );
}

#[test]
fn keeps_values_as_they_are() {
    let schema = json!({
        "default": { "description": "value", "x-a": 1, "$ref": "value" },
        "enum": [{ "title": "value" }, null],
    });
    assert_eq!(cut_schema(schema.clone(), json!({})), schema);
}

#[test]
fn drops_what_stands_beside_a_reference() {
    let components = json!({ "schemas": { "A": { "type": "string" } } });
    let schema =
        json!({ "$ref": "#/components/schemas/A", "description": "Prose", "nullable": true });
    assert_eq!(
        cut_schema(schema, components),
        json!({ "$ref": "#/components/schemas/A" })
    );
}

#[test]
fn follows_the_mapping_of_a_discriminator() {
    let components = json!({ "schemas": {
        "Base": {
            "discriminator": {
                "propertyName": "kind",
                "mapping": { "a": "#/components/schemas/A", "b": "B", "x-c": "#/components/schemas/C" },
            },
        },
        "A": {}, "B": {}, "C": {}, "D": {},
    } });
    let base = json!({ "$ref": "#/components/schemas/Base" });
    let contract = cut(&answering(base, components), &["Get"]).unwrap();
    let schemas = contract["components"]["schemas"].as_object().unwrap();
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["A", "B", "Base", "C"]);
}

#[test]
fn allows_schemas_that_recurse() {
    let components = json!({ "schemas": {
        "Tree": { "properties": { "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } } },
        "A": { "properties": { "b": { "$ref": "#/components/schemas/B" } } },
        "B": { "oneOf": [{ "$ref": "#/components/schemas/A" }, { "$ref": "#/components/schemas/Tree" }] },
    } });
    let document = answering(
        json!({ "$ref": "#/components/schemas/A" }),
        components.clone(),
    );
    assert_eq!(cut(&document, &["Get"]).unwrap()["components"], components);
}

#[test]
fn leaves_problems_of_other_operations_alone() {
    let mut document = answering(
        json!({ "type": "string" }),
        json!({ "schemas": { "Bad": { "$ref": "gone.yml" } } }),
    );
    document["paths"]["/bad"] =
        json!({ "get": { "operationId": "Bad", "responses": { "200": { "$ref": "gone.yml" } } } });
    assert!(cut(&document, &["Get"]).is_ok());
}
