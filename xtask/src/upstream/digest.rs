//! Digests, by which contents are compared that nobody keeps: upstream's document, and its words on an operation.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::openapi::operations::Operation;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::refs;
use crate::openapi::shape::{Field, Shape};

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
/// What is hashed is a set of texts, each with the name of the nearest property, parameter or status: so moving a part
/// to `components`, inlining or wrapping it changes nothing.
pub(crate) fn words(document: &Value, operation: &Operation<'_>) -> String {
    let mut words = Words::default();
    let item = operation.item(document);
    for (shape, holder) in [
        (Shape::Operation, operation.place(document)),
        (Shape::PathItem, item.clone()),
    ] {
        for (key, place) in holder.iter().flat_map(Place::children) {
            // The other methods of the path.
            if shape.field(&key) != Some(Field::One(Shape::Operation)) {
                words.keyword(shape, &key, "", &place);
            }
        }
    }
    let Some(operation) = operation.place(document) else {
        return words.digest();
    };
    for key in ["servers", "security"] {
        // The nearest one applies.
        let of_item = item.as_ref().and_then(|item| item.child(key));
        if operation.child(key).is_none()
            && let Some(place) = of_item.or_else(|| Place::root(document).child(key))
        {
            words.keyword(Shape::Operation, key, "", &place);
        }
    }
    let used = operation.value.get("tags").and_then(Value::as_array);
    let tags = Place::root(document).child("tags");
    for (_, tag) in tags.iter().flat_map(Place::children) {
        if let (Some(used), Some(name)) = (used, tag.value.get("name"))
            && used.contains(name)
        {
            words.object(Shape::Tag, &name.to_string(), &tag);
        }
    }
    words.digest()
}

/// The words that were found.
#[derive(Default)]
struct Words {
    found: BTreeSet<String>,
    /// The references that were followed, each with the name that it was followed for.
    seen: BTreeSet<(Pointer, String)>,
}

impl Words {
    fn digest(&self) -> String {
        let found: Vec<&str> = self.found.iter().map(String::as_str).collect();
        sha256(found.join("\n").as_bytes())
    }

    /// The words below a keyword of an object, which is called `name`.
    fn keyword(&mut self, shape: Shape, key: &str, name: &str, place: &Place<'_>) {
        match shape.field(key) {
            Some(Field::Prose | Field::Scopes) => self.text(name, key, place.value),
            None if key.starts_with("x-") => self.text(name, key, place.value),
            Some(Field::One(shape)) => self.object(shape, name, place),
            Some(Field::SchemaOrFlag) => self.object(Shape::Schema, name, place),
            Some(Field::Many(shape)) => {
                for (_, child) in place.children() {
                    self.object(shape, name, &child);
                }
            }
            Some(Field::Named(shape) | Field::Patterned(shape)) => {
                for (name, child) in place.children() {
                    if shape == Shape::Response && name.starts_with("x-") {
                        self.text("", &name, child.value);
                    } else {
                        self.object(shape, &name, &child);
                    }
                }
            }
            Some(Field::Requirements) => {
                let requirements = place.value.as_array().into_iter().flatten();
                for name in requirements
                    .filter_map(Value::as_object)
                    .flat_map(Map::keys)
                {
                    let at = Pointer::root().child("components").child("securitySchemes");
                    if let Some(scheme) = Place::at(place.document, &at.child(name)) {
                        self.object(Shape::SecurityScheme, "", &scheme);
                    }
                }
            }
            Some(Field::Data | Field::Set | Field::Mapping) | None => {}
        }
    }

    fn object(&mut self, shape: Shape, name: &str, place: &Place<'_>) {
        let target = refs::resolved(place);
        if target.pointer != place.pointer
            && !self.seen.insert((target.pointer.clone(), name.to_owned()))
        {
            return;
        }
        let name = match shape {
            Shape::Parameter => target.text("name").unwrap_or(name),
            _ => name,
        };
        for (key, child) in target.children() {
            self.keyword(shape, &key, name, &child);
        }
    }

    /// Notes a text; an empty one says nothing.
    fn text(&mut self, name: &str, key: &str, value: &Value) {
        let text = value.to_string();
        if !["null", "\"\"", "[]", "{}"].contains(&text.as_str()) {
            self.found.insert(format!("{name} {key} {text}"));
        }
    }
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
