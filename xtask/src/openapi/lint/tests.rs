use super::*;
use serde_json::json;

/// The problems of a document with this one POST operation, as they are printed.
fn printed(mut operation: Value) -> String {
    operation["operationId"] = json!("DoIt");
    if operation.get("x-idempotent").is_none() {
        operation["x-idempotent"] = json!(false);
    }
    let document = with_server(json!({"paths": {"/a/{id}": {"post": operation}}}));
    let problems: Vec<String> = problems(&document).iter().map(Problem::to_string).collect();
    problems.join("\n")
}

fn with_server(mut document: Value) -> Value {
    document["servers"] = json!([{"url": "https://api.example.com/v1"}]);
    document
}

fn id_parameter() -> Value {
    json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}})
}

fn json_response(schema: &str) -> Value {
    json!({"content": {"application/json": {"schema": {"$ref": schema}}}})
}

#[test]
fn what_progenitor_takes_has_no_problem() {
    let operation = json!({
        "parameters": [id_parameter()],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {"200": json_response("#/A"), "400": json_response("#/E"), "404": json_response("#/E")}
    });
    assert_eq!(printed(operation), "");
}

#[test]
fn parameters_that_make_one_name_are_named() {
    let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    let printed =
        printed(json!({"parameters": [id_parameter(), query("userId"), query("user_id")]}));
    assert!(
        printed.starts_with(
            "DoIt: #/paths/~1a~1{id}/post/parameters/2: the parameters `userId` and `user_id`"
        ),
        "{printed}"
    );
}

#[test]
fn multipart_is_named_with_its_operation() {
    let printed = printed(json!({
        "parameters": [id_parameter()],
        "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object"}}}}
    }));
    assert!(
        printed
            .starts_with("DoIt: #/paths/~1a~1{id}/post/requestBody/content/multipart~1form-data: "),
        "{printed}"
    );
    assert!(
        printed.contains("can't send a request body of media type multipart/form-data"),
        "{printed}"
    );
}

#[test]
fn two_types_in_one_class_are_named() {
    let printed = printed(json!({
        "parameters": [id_parameter()],
        "responses": {"200": json_response("#/A"), "201": json_response("#/B")}
    }));
    assert!(
        printed.contains("DoIt: ") && printed.contains("success responses 200, 201"),
        "{printed}"
    );
}

#[test]
fn what_is_no_success_may_be_of_any_type() {
    let operation = json!({
        "parameters": [id_parameter()],
        "responses": {
            "200": json_response("#/A"), "404": json_response("#/E"), "422": json_response("#/F"),
            "default": json_response("#/G")
        }
    });
    assert_eq!(printed(operation), "");
}

#[test]
fn parameters_that_progenitor_refuses_are_named() {
    let printed = printed(json!({"parameters": [
        {"name": "c", "in": "cookie", "schema": {}},
        {"name": "d", "in": "query", "style": "deepObject", "schema": {}},
        {"name": "e", "in": "query", "content": {}}
    ]}));
    for expected in [
        "cookie parameter (`c`)",
        "style: deepObject",
        "`content` for the parameter `e`",
        "`{id}`",
    ] {
        assert!(
            printed.contains(expected),
            "{expected} is missing in: {printed}"
        );
    }
}

#[test]
fn an_operation_must_say_whether_it_is_idempotent() {
    let printed = printed(json!({"parameters": [id_parameter()], "x-idempotent": "maybe"}));
    assert!(printed.contains("x-idempotent"), "{printed}");
}

#[test]
fn descriptions_of_nothing_are_named() {
    let document = json!({"components": {"schemas": {"A": {
        "properties": {"s": {"type": "string", "enum": ["x"], "x-open-enum": true, "x-enum-descriptions": {"y": "?"}}}
    }}}});
    let reasons: Vec<String> = problems(&with_server(document))
        .into_iter()
        .map(|problem| problem.reason)
        .collect();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(reasons[0].contains("\"y\""), "{reasons:?}");
}

#[test]
fn what_has_no_description_is_named() {
    let document = json!({
        "paths": {"/a": {"get": {"operationId": "A", "parameters": [{"name": "p", "in": "query"}]}}},
        "components": {"schemas": {"B": {"description": "b", "properties": {"c": {"type": "string"}}}}}
    });
    let pointers: Vec<String> = undocumented(&document)
        .into_iter()
        .map(|problem| problem.pointer.to_string())
        .collect();
    assert_eq!(
        pointers,
        [
            "#/components/schemas/B/properties/c",
            "#/paths/~1a/get",
            "#/paths/~1a/get/parameters/0",
        ]
    );
}

#[test]
fn closed_schemas_are_named() {
    let document = json!({"components": {"schemas": {"A": {
        "additionalProperties": false,
        "properties": {"s": {"type": "string", "enum": ["x"]}}
    }}}});
    let pointers: Vec<String> = problems(&with_server(document))
        .into_iter()
        .map(|problem| problem.pointer.to_string())
        .collect();
    assert_eq!(
        pointers,
        [
            "#/components/schemas/A",
            "#/components/schemas/A/properties/s"
        ]
    );
}
