//! What has to be said of an operation. What would become wrong code: the tests of the command.

use serde_json::{Value, json};

use super::{problems, undocumented};

fn document(path: &str, mut operation: Value) -> Value {
    operation["operationId"] = json!("DoIt");
    json!({"servers": [{"url": "https://api.example.com/v1"}], "paths": {path: {"post": operation}}})
}

#[test]
fn problems_are_told_with_operation_and_place() {
    let of = |schema: Value| json!({"responses": {"200": {"content": {"application/json": {"schema": schema}}}}});
    let schema = "/responses/200/content/application~1json/schema";
    for (operation, place, part) in [
        (of(json!({})), "", ""),
        (
            json!({"x-idempotent": "maybe"}),
            "",
            "state `x-idempotent: true` or `false`",
        ),
        (
            of(
                json!({"type": "string", "enum": ["x"], "x-open-enum": true, "x-enum-descriptions": {"y": "?"}}),
            ),
            schema,
            "`x-enum-descriptions` describes \"y\"",
        ),
        (
            of(json!({"type": "string", "enum": ["x"]})),
            schema,
            "x-open-enum",
        ),
        (
            of(json!({"additionalProperties": false})),
            schema,
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
