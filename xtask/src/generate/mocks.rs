//! The document for the typed mocks: the contract without what progenitor's mocks don't support.

use serde_json::Value;

use super::prepare::retain_responses;
use crate::openapi::operations::operations;
use crate::openapi::place::Place;
use crate::openapi::refs;
use crate::openapi::responses::json_schema;

/// The types of query parameters that a mock can match.
const SCALARS: [&str; 4] = ["boolean", "integer", "number", "string"];

/// The document for the mocks. Callers can add what is missing with `into_inner()`.
pub(super) fn document(client: &Value) -> Value {
    let mut mocks = client.clone();
    retain_responses(&mut mocks, |response, is_success| {
        json_schema(response).is_none_or(|schema| has_type(schema.value, is_success))
    });
    for operation in operations(client) {
        for holder in [&operation.item, &operation.place] {
            let Some(parameters) = holder.child("parameters") else {
                continue;
            };
            let kept = parameters.children().into_iter();
            let kept = kept.filter(|(_, parameter)| is_scalar(parameter));
            let kept = kept.map(|(_, parameter)| parameter.value.clone()).collect();
            if let Some(parameters) = parameters.pointer.value_in_mut(&mut mocks) {
                *parameters = kept;
            }
        }
    }
    mocks
}

/// Whether the mock of a body compiles. It doesn't for an error with an inline schema, which has no type in the client,
/// or for a nullable body, which is passed by value.
fn has_type(schema: &Value, is_success: bool) -> bool {
    let is_unnamed = schema["type"] == "array" || schema["type"] == "object";
    schema.get("$ref").is_some() || (is_success && is_unnamed && schema["nullable"] != true)
}

/// Whether a mock can match a parameter. For lists and objects in queries, it would call a `to_string` that doesn't
/// exist.
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
    use super::*;

    #[test]
    fn what_would_not_compile_is_left_out() {
        let document = yaml_serde::from_str(
            "
            paths:
              /a:
                parameters: [{$ref: '#/components/parameters/Ids'}, {name: limit, in: query, schema: {type: integer}}]
                get:
                  parameters:
                    - {name: order, in: query, schema: {type: array}}
                    - {name: by, in: query, schema: {$ref: '#/components/schemas/By'}}
                  responses:
                    '200': {content: {application/json: {schema: {type: array}}}}
                    '201': {content: {application/json: {schema: {type: object, nullable: true}}}}
                    '204': {}
                    '404': {content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
                    '422': {content: {application/json: {schema: {type: object}}}}
            components:
              parameters: {Ids: {name: ids, in: query, schema: {type: array}}}
              schemas: {By: {type: string}, Error: {type: object}}
            ",
        );
        let mocks = self::document(&document.unwrap());
        let item = &mocks["paths"]["/a"];
        for (holder, name) in [(item, "limit"), (&item["get"], "by")] {
            assert_eq!(holder["parameters"].as_array().unwrap().len(), 1);
            assert_eq!(holder["parameters"][0]["name"], name);
        }
        let responses = item["get"]["responses"].as_object().unwrap();
        let codes: Vec<&String> = responses.keys().collect();
        assert_eq!(codes, ["200", "204", "404"]);
    }
}
