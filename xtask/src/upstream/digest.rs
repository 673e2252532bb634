//! Digests, by which contents are compared that nobody keeps: upstream's document, and its words on an operation.

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::openapi::operations::Operation;
use crate::openapi::place::Place;
use crate::openapi::shape::{Field, Shape};
use crate::openapi::walk::{Object, reach};

/// The SHA-256 of the bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The digest of upstream's words on an operation and all that it refers to: descriptions, titles, tags, examples, `x-`
/// keys.
///
/// What is hashed is the set of texts: moving a part to `components`, inlining or wrapping it changes nothing.
pub(crate) fn words(document: &Value, operation: &Operation<'_>) -> String {
    let mut texts = BTreeSet::new();
    let mut note = |object: &Object<'_>| {
        for (key, place) in object.place.children() {
            let is_prose = matches!(object.shape.field(&key), Some(Field::Prose | Field::Scopes));
            let text = place.value.to_string();
            let is_empty = ["null", "\"\"", "[]", "{}"].contains(&text.as_str());
            if (is_prose || key.starts_with("x-")) && !is_empty {
                texts.insert(format!("{key} {text}"));
            }
        }
    };
    let root = Object::document(Place::root(document));
    let item = operation.item(document).map(|place| Object {
        shape: Shape::PathItem,
        place,
    });
    let own = operation.place(document);
    let tags = own
        .as_ref()
        .and_then(|own| own.value.get("tags")?.as_array());
    let mut parts: Vec<Object<'_>> = Vec::new();
    // The nearest security and servers apply.
    if own
        .as_ref()
        .is_none_or(|own| own.child("security").is_none())
    {
        let schemes = root.references().into_iter();
        parts.extend(schemes.filter_map(|reference| reference.target.ok()));
    }
    for object in root.children() {
        let is_used = match object.shape {
            Shape::Server => own
                .as_ref()
                .is_none_or(|own| own.child("servers").is_none()),
            Shape::Tag => object
                .place
                .value
                .get("name")
                .is_some_and(|name| tags.is_some_and(|tags| tags.contains(name))),
            _ => false,
        };
        parts.extend(is_used.then_some(object));
    }
    if let Some(item) = &item {
        note(item);
        // Not the other operations of the path.
        let children = item.children().into_iter();
        parts.extend(children.filter(|object| {
            object.shape != Shape::Operation || object.place.pointer == operation.pointer()
        }));
    }
    for part in &parts {
        reach(part, &mut note);
    }
    let texts: Vec<String> = texts.into_iter().collect();
    sha256(texts.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::openapi::operations::operations;

    #[test]
    fn hashes() {
        assert_eq!(
            sha256(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    fn document() -> Value {
        json!({
            "tags": [{"name": "A", "description": "On A."}, {"name": "B", "description": "On B."}],
            "security": [{"bearer": []}],
            "paths": {"/a": {
                "parameters": [{"name": "id", "in": "path", "description": "Which."}],
                "get": {
                    "operationId": "Get", "summary": "Gets.", "tags": ["A"], "x-a": [1],
                    "responses": {"200": {"description": "", "content": {"application/json": {
                        "schema": {"$ref": "#/components/schemas/T"}
                    }}}}
                },
                "post": {"summary": "Another."}
            }},
            "components": {
                "schemas": {
                    "T": {"title": "T", "properties": {
                        "description": {"type": "string", "description": "Prose."},
                        "again": {"$ref": "#/components/schemas/T"}
                    }},
                    "Unused": {"title": "U"}
                },
                "securitySchemes": {"bearer": {"type": "http", "description": "Key."}}
            }
        })
    }

    fn digest(document: &Value) -> String {
        let operation = operations(document).find(|operation| operation.id == "Get");
        words(document, &operation.unwrap())
    }

    #[track_caller]
    fn edited(pointer: &str, value: Value) -> String {
        let mut document = document();
        *document.pointer_mut(pointer).unwrap() = value;
        digest(&document)
    }

    #[test]
    fn a_change_of_words_changes_the_digest() {
        let before = digest(&document());
        for pointer in [
            "/tags/0/description",
            "/paths/~1a/parameters/0/description",
            "/paths/~1a/get/summary",
            "/paths/~1a/get/x-a",
            "/paths/~1a/get/responses/200/description",
            "/components/schemas/T/title",
            "/components/schemas/T/properties/description/description",
            "/components/securitySchemes/bearer/description",
        ] {
            assert_ne!(edited(pointer, json!("New.")), before, "{pointer}");
        }
    }

    #[test]
    fn structure_and_other_operations_do_not_count() {
        let before = digest(&document());
        for (pointer, value) in [
            ("/tags/1/description", json!("New.")),
            ("/paths/~1a/post/summary", json!("New.")),
            ("/components/schemas/Unused/title", json!("New.")),
            (
                "/components/schemas/T/properties/description/type",
                json!("integer"),
            ),
        ] {
            assert_eq!(edited(pointer, value), before, "{pointer}");
        }
    }

    #[test]
    fn a_part_may_move() {
        let before = digest(&document());
        let mut moved = document();
        let schema = moved["components"]["schemas"]["T"].clone();
        moved["components"]["schemas"]["V"] = json!({"allOf": [schema]});
        let inner = "/components/schemas/V/allOf/0/properties/again/$ref";
        *moved.pointer_mut(inner).unwrap() = json!("#/components/schemas/V");
        let body = "/paths/~1a/get/responses/200/content/application~1json/schema/$ref";
        *moved.pointer_mut(body).unwrap() = json!("#/components/schemas/V");
        let parameters = moved["paths"]["/a"]["parameters"].take();
        moved["paths"]["/a"]["get"]["parameters"] = parameters;
        assert_eq!(digest(&moved), before);
    }
}
