//! The document that the typed mocks are made from: the contract, less what progenitor's mocks can't say.

use serde_json::Value;

use crate::responses::{is_success, json_schema, operations_mut, resolve};

/// The types that a query parameter's value is written with in one piece.
const SCALARS: [&str; 4] = ["boolean", "integer", "number", "string"];

/// The document for the mocks. What a mock lacks then, its `into_inner()` has.
pub(super) fn document(client: &Value) -> Value {
    let mut mocks = client.clone();
    for operation in operations_mut(&mut mocks) {
        let responses = operation["responses"].clone();
        if let Some(kept) = operation["responses"].as_object_mut() {
            kept.retain(|code, response| {
                json_schema(client, response)
                    .is_none_or(|schema| has_type(schema, is_success(code, &responses)))
            });
        }
    }
    let items = mocks["paths"].as_object_mut().into_iter();
    for item in items.flat_map(|paths| paths.values_mut()) {
        keep_scalars(client, item);
        item.as_object_mut()
            .into_iter()
            .flat_map(|item| item.values_mut())
            .for_each(|operation| keep_scalars(client, operation));
    }
    mocks
}

/// Whether the client has a type for a body, and a mock takes it by reference. The client has none for an error that is
/// described in place; and one that may be null is taken by value, which doesn't compile.
fn has_type(schema: &Value, is_success: bool) -> bool {
    let is_unnamed = schema["type"] == "array" || schema["type"] == "object";
    schema.get("$ref").is_some() || (is_success && is_unnamed && schema["nullable"] != true)
}

/// Takes out query parameters that are lists or objects: the mocks would write them as one value, with a `to_string`
/// that isn't there.
fn keep_scalars(document: &Value, holder: &mut Value) {
    if let Some(parameters) = holder.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.retain(|parameter| {
            let parameter = resolve(document, parameter);
            let schema = resolve(document, &parameter["schema"]);
            parameter["in"] != "query" || SCALARS.iter().any(|scalar| schema["type"] == *scalar)
        });
    }
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
