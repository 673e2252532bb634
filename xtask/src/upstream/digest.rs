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
            let is_prose = matches!(object.shape.field(&key), Some(Field::Prose));
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

    fn document() -> Value {
        let to = json!({"$ref": "#/components/schemas/T"});
        json!({
            "tags": [{"name": "A", "description": "On A."}, {"name": "B", "description": "On B."}],
            "security": [{"bearer": []}],
            "paths": {"/a": {
                "parameters": [{"name": "id", "in": "path", "description": "Which."}],
                "get": {
                    "operationId": "Get", "summary": "Gets.", "tags": ["A"], "x-a": [1],
                    "responses": {"200": {"description": "", "content": {"application/json": {"schema": to}}}}
                },
                "post": {"summary": "Another."}
            }},
            "components": {
                "schemas": {
                    "T": {"title": "T", "properties": {"description": {"description": "Prose."}, "again": to}},
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

    #[test]
    fn a_change_of_words_changes_the_digest_and_no_other_change() {
        let before = digest(&document());
        for (pointer, is_told) in [
            ("/tags/0/description", true),
            ("/paths/~1a/parameters/0/description", true),
            ("/paths/~1a/get/summary", true),
            ("/paths/~1a/get/x-a", true),
            ("/paths/~1a/get/responses/200/description", true),
            ("/components/schemas/T/title", true),
            (
                "/components/schemas/T/properties/description/description",
                true,
            ),
            ("/components/securitySchemes/bearer/description", true),
            ("/components/securitySchemes/bearer/type", false),
            ("/tags/1/description", false),
            ("/paths/~1a/post/summary", false),
            ("/components/schemas/Unused/title", false),
        ] {
            let mut edited = document();
            *edited.pointer_mut(pointer).unwrap() = json!("New.");
            assert_eq!(digest(&edited) != before, is_told, "{pointer}");
        }
    }

    #[test]
    fn a_part_may_move() {
        let mut moved = document();
        let schema = moved["components"]["schemas"]["T"].clone();
        moved["components"]["schemas"]["V"] = json!({"allOf": [schema]});
        for pointer in [
            "/components/schemas/V/allOf/0/properties/again/$ref",
            "/paths/~1a/get/responses/200/content/application~1json/schema/$ref",
        ] {
            *moved.pointer_mut(pointer).unwrap() = json!("#/components/schemas/V");
        }
        let parameters = moved["paths"]["/a"]["parameters"].take();
        moved["paths"]["/a"]["get"]["parameters"] = parameters;
        assert_eq!(digest(&moved), digest(&document()));
    }
}
