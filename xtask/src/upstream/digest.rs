//! Digests of what isn't kept: the upstream document, and its documentation of an operation.

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::openapi::operations::Operation;
use crate::openapi::shape::{Field, Shape};
use crate::openapi::walk::{Object, parts, reach};

/// The SHA-256 of the bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The digest of upstream's documentation of an operation and everything that it refers to: descriptions, titles, tags,
/// examples, `x-` keys.
///
/// It is a digest of the set of texts, so it stays the same if a part is moved to `components`, inlined or wrapped.
pub(crate) fn words(operation: &Operation<'_>) -> String {
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
    let root = Object::document(operation.place.document);
    let mut objects: Vec<Object<'_>> = root.targets().collect();
    let tags = operation.place.value.get("tags").and_then(Value::as_array);
    let is_used = |object: &Object<'_>| match object.shape {
        Shape::Server => true,
        Shape::Tag => {
            let name = object.place.value.get("name");
            name.is_some_and(|name| tags.is_some_and(|tags| tags.contains(name)))
        }
        _ => false,
    };
    objects.extend(root.children().into_iter().filter(is_used));
    note(&Object::path_item(operation));
    objects.push(Object::operation(operation));
    objects.extend(parts(operation));
    for object in &objects {
        reach(object, &mut note);
    }
    let texts: Vec<String> = texts.into_iter().collect();
    sha256(texts.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::operations::operations;

    const DOCUMENT: &str = "
        tags: [{name: A, description: On A.}, {name: B, description: On B.}]
        security: [{bearer: []}]
        paths:
          /a:
            parameters: [{name: id, in: path, description: Which.}]
            get:
              operationId: Get
              summary: Gets.
              tags: [A]
              x-a: [1]
              responses: {'200': {description: '', content: {a/b: {schema: {$ref: '#/components/schemas/T'}}}}}
            post: {summary: Another.}
        components:
          schemas:
            T: {title: T, properties: {description: {description: Prose.}, again: {$ref: '#/components/schemas/T'}}}
            Unused: {title: U}
          securitySchemes: {bearer: {type: http, description: Key.}}
    ";

    fn digest(document: &Value) -> String {
        let operation = operations(document).find(|operation| operation.id == "Get");
        words(&operation.unwrap())
    }

    #[test]
    fn a_change_of_words_changes_the_digest_and_no_other_change() {
        let document: Value = yaml_serde::from_str(DOCUMENT).unwrap();
        for (pointer, is_seen) in [
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
            let mut edited = document.clone();
            *edited.pointer_mut(pointer).unwrap() = "New.".into();
            assert_eq!(digest(&edited) != digest(&document), is_seen, "{pointer}");
        }
    }
}
