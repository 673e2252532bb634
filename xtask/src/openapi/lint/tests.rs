//! What is refused because progenitor can't take it, or nothing is said of it. What would become wrong code is told by the
//! tests of the command.

use serde_json::{Value, json};

use super::{problems, undocumented};

fn document(path: &str, mut operation: Value) -> Value {
    operation["operationId"] = json!("DoIt");
    json!({"servers": [{"url": "https://api.example.com/v1"}], "paths": {path: {"post": operation}}})
}

#[test]
fn problems_are_told_with_operation_and_place() {
    let body = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": name}}}});
    let sends = |media_type: &str| json!({"content": {media_type: {"schema": {}}}});
    let both =
        json!({"content": {"application/json": {"schema": {}}, "text/plain": {"schema": {}}}});
    let parameter = |parameter: Value| json!({"parameters": [parameter]});
    let of = |schema: Value| json!({"responses": {"200": {"content": {"application/json": {"schema": schema}}}}});
    for (operation, place, part) in [
        (
            json!({"responses": {"200": body("#/A"), "404": body("#/E"), "default": body("#/F")}}),
            "",
            "",
        ),
        (
            json!({"responses": {"200": body("#/A"), "201": body("#/B")}}),
            "/responses",
            "success responses 200, 201",
        ),
        (
            json!({"requestBody": sends("multipart/form-data")}),
            "/requestBody/content/multipart~1form-data",
            "multipart/form-data",
        ),
        (
            json!({"requestBody": both}),
            "/requestBody/content",
            "2 media types",
        ),
        (
            parameter(json!({"name": "c", "in": "cookie", "schema": {}})),
            "/parameters/0",
            "cookie parameter (`c`)",
        ),
        (
            parameter(json!({"name": "d", "in": "query", "style": "deepObject"})),
            "/parameters/0",
            "style: deepObject",
        ),
        (
            parameter(json!({"name": "e", "in": "query", "content": {}})),
            "/parameters/0",
            "`content` for the parameter `e`",
        ),
        (
            json!({"x-idempotent": "maybe"}),
            "",
            "state `x-idempotent: true` or `false`",
        ),
        (
            of(
                json!({"type": "string", "enum": ["x"], "x-open-enum": true, "x-enum-descriptions": {"y": "?"}}),
            ),
            "/responses/200/content/application~1json/schema",
            "`x-enum-descriptions` describes \"y\"",
        ),
        (
            of(json!({"type": "string", "enum": ["x"]})),
            "/responses/200/content/application~1json/schema",
            "x-open-enum",
        ),
        (
            of(json!({"additionalProperties": false})),
            "/responses/200/content/application~1json/schema",
            "x-unknown-fields",
        ),
    ] {
        let mut operation = operation;
        if operation.get("x-idempotent").is_none() {
            operation["x-idempotent"] = json!(false);
        }
        let found: Vec<String> = problems(&document("/a", operation))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found.len(), usize::from(!part.is_empty()), "{found:?}");
        let place = format!("DoIt: #/paths/~1a/post{place}: ");
        assert!(
            found
                .iter()
                .all(|text| text.starts_with(&place) && text.contains(part)),
            "{found:?}"
        );
    }
    let unnamed = problems(&document("/a/{id}", json!({"x-idempotent": true})));
    assert!(unnamed[0].reason.contains("`{id}`"), "{unnamed:?}");
}

#[test]
fn what_has_no_description_is_named() {
    let mut document = document("/a", json!({"parameters": [{"name": "p", "in": "query"}]}));
    let schema = json!({"description": "b", "properties": {"c": {"type": "string"}}});
    document["components"] = json!({"schemas": {"B": schema}});
    let found = undocumented(&document);
    let places: Vec<String> = found
        .iter()
        .map(|problem| problem.pointer.to_string())
        .collect();
    let expected = [
        "#/components/schemas/B/properties/c",
        "#/paths/~1a/post",
        "#/paths/~1a/post/parameters/0",
    ];
    assert_eq!(places, expected);
}
