//! What is refused, and with which words.

use serde_json::json;

use super::{answering, cut, document};

/// The message with which cutting `Get` fails; all parts must be in it.
#[track_caller]
fn assert_fails(document: &serde_json::Value, parts: &[&str]) {
    let error = match cut(document, &["Get"]) {
        Ok(contract) => panic!("must fail, but gave {contract:#}"),
        Err(error) => format!("{error:#}"),
    };
    for part in parts {
        assert!(error.contains(part), "no {part:?} in: {error}");
    }
}

#[test]
fn refuses_cycles_that_never_come_to_a_schema() {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let components = json!({ "schemas": { "A": reference("B"), "B": reference("A") } });
    assert_fails(
        &answering(reference("A"), components),
        &[
            "operation `Get`",
            "reference cycle: `#/components/schemas/A` → `#/components/schemas/B` → `#/components/schemas/A`",
        ],
    );
    // Not the first link of the chain but a later one closes it.
    let components = json!({ "schemas": { "A": reference("B"), "B": reference("B") } });
    assert_fails(
        &answering(reference("A"), components),
        &[
            "reference cycle",
            "`#/components/schemas/B` → `#/components/schemas/B`",
        ],
    );
}

#[test]
fn refuses_cycles_among_other_components() {
    let paths = json!({ "/things": { "get": {
        "operationId": "Get",
        "responses": { "200": { "$ref": "#/components/responses/A" } },
    } } });
    let own = json!({ "responses": { "A": { "$ref": "#/components/responses/A" } } });
    assert_fails(
        &document(paths.clone(), own),
        &[
            "operation `Get`",
            "`#/paths/~1things/get/responses/200/$ref`",
            "reference cycle",
        ],
    );
    let through_headers = json!({
        "responses": { "A": { "headers": { "H": { "$ref": "#/components/headers/H" } } } },
        "headers": { "H": { "content": { "multipart/form-data": { "encoding": { "part": {
            "headers": { "H": { "$ref": "#/components/headers/H" } },
        } } } } } },
    });
    assert_fails(
        &document(paths, through_headers),
        &[
            "operation `Get`",
            "reference cycle: `#/components/headers/H` → `#/components/headers/H`",
        ],
    );
}

#[test]
fn refuses_references_that_cannot_be_followed() {
    let at = "operation `Get`: `#/paths/~1things/get/responses/200/content/application~1json/schema/$ref`";
    let components = json!({ "schemas": { "A": { "properties": {} } }, "responses": { "R": { "description": "" } } });
    for (reference, part) in [
        (
            json!("#/components/schemas/Gone"),
            "there is no `Gone` at `#/components/schemas`",
        ),
        (
            json!("#/definitions/Gone"),
            "there is no `definitions` at `#`",
        ),
        (
            json!("#/components/schemas/A/properties/gone"),
            "there is no `gone` at `#/components/schemas/A/properties`",
        ),
        (
            json!("other.yml#/components/schemas/A"),
            "leads out of the document",
        ),
        (
            json!("https://example.com/a.yml"),
            "leads out of the document",
        ),
        (json!("Name"), "leads out of the document"),
        (json!("#Name"), "not a JSON pointer"),
        (json!("#/components/schemas/a~2b"), "not a JSON pointer"),
        (
            json!("#/components/responses/R"),
            "leads to a response where a schema must stand",
        ),
        (json!("#/components/schemas"), "can't be referred to"),
        (json!("#/paths/~1things/get"), "outside of `#/components`"),
        (json!(7), "must be a string, not the number 7"),
        (json!(null), "must be a string, not null"),
    ] {
        let document = answering(json!({ "$ref": reference }), components.clone());
        assert_fails(&document, &[at, part]);
    }
}

#[test]
fn names_the_operation_that_leads_to_a_bad_component() {
    let components = json!({ "schemas": { "A": { "properties": { "b": { "$ref": "#/components/schemas/Gone" } } } } });
    assert_fails(
        &answering(json!({ "$ref": "#/components/schemas/A" }), components),
        &[
            "operation `Get`: `#/components/schemas/A/properties/b/$ref`",
            "leads nowhere",
        ],
    );
}

#[test]
fn refuses_operations_that_are_not_there_exactly_once() {
    let paths = json!({
        "/a": { "get": { "operationId": "GetThing", "responses": {} } },
        "/b": { "get": { "operationId": "Get", "responses": {} }, "post": { "operationId": "Get", "responses": {} } },
    });
    let document = document(paths, json!({}));
    assert_fails(
        &document,
        &[
            "operation `Get` is there twice",
            "`#/paths/~1b/get`",
            "`#/paths/~1b/post`",
        ],
    );
    let error = cut(&document, &["GetTing"]).unwrap_err().to_string();
    for part in [
        "operation `GetTing`",
        "`#/paths`",
        "did you mean `GetThing`?",
        "openapi/upstream.toml",
    ] {
        assert!(error.contains(part), "no {part:?} in: {error}");
    }
    let error = cut(&document, &["SomethingElse"]).unwrap_err().to_string();
    assert!(!error.contains("did you mean"), "{error}");
    assert_fails(&json!({ "openapi": "3.0.3" }), &["`#/paths` is missing"]);
}

#[test]
fn refuses_references_in_place_of_path_items() {
    let operation = json!({ "operationId": "Get", "responses": {} });
    let beside = json!({ "/a": { "$ref": "#/paths/~1b", "get": operation } });
    assert_fails(
        &document(beside, json!({})),
        &["operation `Get`", "`#/paths/~1a/$ref`", "not followed"],
    );
    let instead = json!({ "/a": { "$ref": "other.yml" } });
    assert_fails(
        &document(instead, json!({})),
        &["operation `Get`", "`#/paths/~1a` is a `$ref`"],
    );
}

#[test]
fn refuses_what_is_not_openapi() {
    let at = "`#/paths/~1things/get/responses/200/content/application~1json/schema";
    for (schema, place, part) in [
        (json!(null), "", "a mapping must stand here, not null"),
        (json!("string"), "", "not the string \"string\""),
        (
            json!({ "const": 1 }),
            "/const",
            "`const` is no keyword of a schema",
        ),
        (
            json!({ "allOf": {} }),
            "/allOf",
            "a list must stand here, not a mapping",
        ),
        (
            json!({ "properties": [] }),
            "/properties",
            "a mapping must stand here, not a list",
        ),
        (
            json!({ "additionalProperties": "yes" }),
            "/additionalProperties",
            "a mapping must stand here",
        ),
    ] {
        let place = format!("{at}{place}`");
        assert_fails(
            &answering(schema, json!({})),
            &["operation `Get`", &place, part],
        );
    }
}

#[test]
fn refuses_security_schemes_that_are_not_there() {
    let mut document = answering(json!({}), json!({}));
    document["security"] = json!([{ "gone": [] }]);
    assert_fails(
        &document,
        &[
            "`#/security/0/gone`",
            "no security scheme `#/components/securitySchemes/gone`",
        ],
    );
}

#[test]
fn refuses_a_mapping_to_what_is_not_there() {
    let base = json!({ "$ref": "#/components/schemas/Base" });
    let components =
        json!({ "schemas": { "Base": { "discriminator": { "mapping": { "a": "Gone" } } } } });
    assert_fails(
        &answering(base, components),
        &[
            "operation `Get`",
            "`#/components/schemas/Base/discriminator/mapping/a`",
            "out of the document",
        ],
    );
}
