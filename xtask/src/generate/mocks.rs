//! The document that the typed mocks are made from: the contract, less what progenitor's mocks can't say.

use serde_json::Value;

use super::prepare::retain_responses;
use crate::openapi::operations::operations;
use crate::openapi::place::Place;
use crate::openapi::refs;
use crate::openapi::responses::{is_success, json_schema};

/// The types that a query parameter's value is written with in one piece.
const SCALARS: [&str; 4] = ["boolean", "integer", "number", "string"];

/// The document for the mocks. What a mock lacks then, its `into_inner()` has.
pub(super) fn document(client: &Value) -> Value {
    let mut mocks = client.clone();
    retain_responses(&mut mocks, |code, response, all| {
        json_schema(response).is_none_or(|schema| has_type(schema.value, is_success(code, all)))
    });
    for operation in operations(client) {
        for holder in [operation.item(client), operation.place(client)] {
            let parameters = holder.and_then(|holder| holder.child("parameters"));
            if let Some(parameters) = parameters
                && let Some(kept) = parameters.pointer.value_in_mut(&mut mocks)
            {
                let all = parameters.children().into_iter();
                *kept = all
                    .filter(|(_, parameter)| is_scalar(parameter))
                    .map(|(_, parameter)| parameter.value.clone())
                    .collect();
            }
        }
    }
    mocks
}

/// Whether the client has a type for a body, and a mock takes it by reference. The client has none for an error that is
/// described in place; and one that may be null is taken by value, which doesn't compile.
fn has_type(schema: &Value, is_success: bool) -> bool {
    let is_unnamed = schema["type"] == "array" || schema["type"] == "object";
    schema.get("$ref").is_some() || (is_success && is_unnamed && schema["nullable"] != true)
}

/// Whether a mock can match a parameter: lists and objects in queries would be written as one value, with a `to_string`
/// that isn't there.
fn is_scalar(parameter: &Place<'_>) -> bool {
    let parameter = refs::resolved(parameter);
    let schema = parameter
        .child("schema")
        .map(|schema| refs::resolved(&schema));
    let schema_type = schema.and_then(|schema| schema.text("type"));
    parameter.text("in") != Some("query")
        || schema_type.is_some_and(|schema_type| SCALARS.contains(&schema_type))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_no_mock_that_compiles_is_left_out() {
        let response = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
        let to_error = json!({"$ref": "#/components/schemas/Error"});
        let query =
            |name: &str, schema: Value| json!({"name": name, "in": "query", "schema": schema});
        let list = json!({"type": "array", "items": {"type": "string"}});
        let document = json!({
            "paths": {"/a": {
                "parameters": [{"$ref": "#/components/parameters/Ids"}, query("limit", json!({"type": "integer"}))],
                "get": {
                    "parameters": [query("order", list.clone()), query("by", json!({"$ref": "#/components/schemas/By"}))],
                    "responses": {
                        "200": response(list.clone()),
                        "201": response(json!({"type": "object", "nullable": true})),
                        "204": {},
                        "404": response(to_error),
                        "422": response(json!({"type": "object"}))
                    }
                }
            }},
            "components": {
                "parameters": {"Ids": query("ids", list)},
                "schemas": {"By": {"type": "string"}, "Error": {"type": "object"}}
            }
        });
        let mocks = self::document(&document);
        let item = &mocks["paths"]["/a"];
        let names = |holder: &Value| -> Vec<String> {
            let parameters = holder["parameters"].as_array().unwrap().iter();
            parameters
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(names(item), ["limit"]);
        assert_eq!(names(&item["get"]), ["by"]);
        let responses = item["get"]["responses"].as_object().unwrap();
        let codes: Vec<&String> = responses.keys().collect();
        assert_eq!(codes, ["200", "204", "404"]);
    }
}
