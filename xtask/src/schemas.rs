//! A walk over every schema of an OpenAPI document, wherever it stands.

use heck::ToUpperCamelCase;
use serde_json::Value;

/// The methods that a path item may hold.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Where a schema stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// JSON pointer to the schema.
    pub(crate) pointer: String,
    /// The operation that it belongs to; `None` below `components`.
    pub(crate) operation: Option<String>,
    /// The name that a Rust type for it has.
    pub(crate) type_name: String,
    /// The component's name, where the schema is one itself and not a part of one.
    pub(crate) component: Option<String>,
}

impl Place {
    fn child(&self, path: &str, suffix: &str) -> Self {
        Self {
            pointer: format!("{}/{path}", self.pointer),
            operation: self.operation.clone(),
            type_name: format!("{}{}", self.type_name, suffix.to_upper_camel_case()),
            component: None,
        }
    }
}

/// One segment of a JSON pointer (RFC 6901).
pub(crate) fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// Calls `visit` for every schema, the outer before the inner.
pub(crate) fn visit(document: &mut Value, visit: &mut dyn FnMut(&Place, &mut Value)) {
    if let Some(components) = document.pointer_mut("/components/schemas") {
        for (name, schema) in members(components) {
            let place = Place {
                pointer: format!("/components/schemas/{}", escape(name)),
                operation: None,
                type_name: name.to_upper_camel_case(),
                component: Some(name.clone()),
            };
            visit_schema(&place, schema, visit);
        }
    }
    for kind in ["responses", "parameters", "requestBodies", "headers"] {
        if let Some(components) = document.pointer_mut(&format!("/components/{kind}")) {
            for (name, holder) in members(components) {
                let pointer = format!("/components/{kind}/{}", escape(name));
                visit_holder(&place_of(pointer, None, name), holder, visit);
            }
        }
    }
    if let Some(paths) = document.pointer_mut("/paths") {
        for (path, item) in members(paths) {
            visit_path_item(&format!("/paths/{}", escape(path)), item, visit);
        }
    }
}

fn visit_path_item(pointer: &str, item: &mut Value, visit: &mut dyn FnMut(&Place, &mut Value)) {
    for (key, value) in members(item) {
        let pointer = format!("{pointer}/{key}");
        if key == "parameters" {
            visit_parameters(&place_of(pointer, None, ""), value, visit);
        } else if METHODS.contains(&key.as_str()) {
            visit_operation(&pointer, value, visit);
        }
    }
}

fn visit_operation(pointer: &str, value: &mut Value, visit: &mut dyn FnMut(&Place, &mut Value)) {
    let id = value["operationId"].as_str().unwrap_or_default().to_owned();
    let operation = place_of(pointer.to_owned(), Some(id.clone()), &id);
    if let Some(parameters) = value.get_mut("parameters") {
        visit_parameters(&operation.child("parameters", ""), parameters, visit);
    }
    if let Some(body) = value.get_mut("requestBody") {
        visit_holder(&operation.child("requestBody", "Body"), body, visit);
    }
    if let Some(responses) = value.get_mut("responses") {
        for (code, response) in members(responses) {
            let place = operation.child(&format!("responses/{code}"), "Response");
            visit_holder(&place, response, visit);
        }
    }
}

fn visit_parameters(
    place: &Place,
    parameters: &mut Value,
    visit: &mut dyn FnMut(&Place, &mut Value),
) {
    for (index, parameter) in parameters.as_array_mut().into_iter().flatten().enumerate() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        visit_holder(&place.child(&index.to_string(), &name), parameter, visit);
    }
}

/// A parameter, header, request body or response: what holds schemas by `schema` or by media type.
fn visit_holder(place: &Place, holder: &mut Value, visit: &mut dyn FnMut(&Place, &mut Value)) {
    if let Some(schema) = holder.get_mut("schema") {
        visit_schema(&place.child("schema", ""), schema, visit);
    }
    if let Some(content) = holder.get_mut("content") {
        for (media_type, value) in members(content) {
            if let Some(schema) = value.get_mut("schema") {
                let path = format!("content/{}/schema", escape(media_type));
                visit_schema(&place.child(&path, ""), schema, visit);
            }
        }
    }
}

fn visit_schema(place: &Place, schema: &mut Value, visit: &mut dyn FnMut(&Place, &mut Value)) {
    visit(place, schema);
    if let Some(properties) = schema.get_mut("properties") {
        for (name, property) in members(properties) {
            let path = format!("properties/{}", escape(name));
            visit_schema(&place.child(&path, name), property, visit);
        }
    }
    for (keyword, suffix) in [
        ("items", "Item"),
        ("additionalProperties", "Value"),
        ("not", ""),
    ] {
        if let Some(inner) = schema.get_mut(keyword).filter(|inner| inner.is_object()) {
            visit_schema(&place.child(keyword, suffix), inner, visit);
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let branches = schema.get_mut(keyword).and_then(Value::as_array_mut);
        for (index, branch) in branches.into_iter().flatten().enumerate() {
            let place = place.child(&format!("{keyword}/{index}"), &format!("Variant{index}"));
            visit_schema(&place, branch, visit);
        }
    }
}

fn place_of(pointer: String, operation: Option<String>, name: &str) -> Place {
    Place {
        pointer,
        operation,
        type_name: name.to_upper_camel_case(),
        component: None,
    }
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value
        .as_object_mut()
        .into_iter()
        .flat_map(|object| object.iter_mut())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_schema_is_visited_once_with_its_place() {
        let mut document = json!({
            "paths": {"/a/{id}": {
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                "post": {
                    "operationId": "MakeA",
                    "requestBody": {"content": {"application/json": {"schema": {
                        "type": "object",
                        "properties": {"description": {"type": "string"}}
                    }}}},
                    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}
                }
            }},
            "components": {"schemas": {"A": {
                "properties": {"some_list": {"items": {"oneOf": [{"type": "string"}]}}}
            }}}
        });
        let mut seen = Vec::new();
        visit(&mut document, &mut |place, _| {
            seen.push((place.pointer.clone(), place.type_name.clone()));
        });
        let expected = [
            ("/components/schemas/A", "A"),
            ("/components/schemas/A/properties/some_list", "ASomeList"),
            (
                "/components/schemas/A/properties/some_list/items",
                "ASomeListItem",
            ),
            (
                "/components/schemas/A/properties/some_list/items/oneOf/0",
                "ASomeListItemVariant0",
            ),
            ("/paths/~1a~1{id}/parameters/0/schema", "Id"),
            (
                "/paths/~1a~1{id}/post/requestBody/content/application~1json/schema",
                "MakeABody",
            ),
            (
                "/paths/~1a~1{id}/post/requestBody/content/application~1json/schema/properties/description",
                "MakeABodyDescription",
            ),
            (
                "/paths/~1a~1{id}/post/responses/200/content/application~1json/schema",
                "MakeAResponse",
            ),
        ];
        let seen: Vec<(&str, &str)> = seen
            .iter()
            .map(|(pointer, name)| (pointer.as_str(), name.as_str()))
            .collect();
        assert_eq!(seen, expected);
    }
}
