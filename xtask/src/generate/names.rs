//! The names of the Rust types that schemas become, and the schemas that would become one.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::openapi::operations::operations;
use crate::openapi::place::Place;
use crate::openapi::problem::Problem;
use crate::openapi::refs;
use crate::openapi::shape::{Field, Shape};
use crate::openapi::uses::{operation_of, uses};
use crate::openapi::walk::{Object, below};

/// A schema and the name of its type.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    /// The operation that it belongs to; empty below `components`.
    pub(super) operation: &'a str,
    pub(super) place: Place<'a>,
    pub(super) name: String,
}

/// All schemas of a document, the outer before the inner, with the names that typify gives their types, if they become
/// types of their own.
pub(super) fn names(document: &Value) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    for operation in operations(document) {
        let name = operation.id.to_upper_camel_case();
        let own = operation.place(document).map(|place| Object {
            shape: Shape::Operation,
            place,
        });
        let item = operation.item(document);
        let shared = item.and_then(|item| item.child("parameters"));
        let shared = shared.map(|place| below(Field::Many(Shape::Parameter), place));
        for object in own
            .iter()
            .flat_map(Object::children)
            .chain(shared.into_iter().flatten())
        {
            part(&object, &name, operation.id, &mut found);
        }
    }
    let schemas = Place::root(document).child("components");
    let schemas = schemas.and_then(|components| components.child("schemas"));
    for (name, place) in schemas.iter().flat_map(Place::children) {
        let shape = Shape::Schema;
        collect(
            &Object { shape, place },
            &name.to_upper_camel_case(),
            "",
            &mut found,
        );
    }
    found
}

fn collect<'a>(object: &Object<'a>, name: &str, operation: &'a str, found: &mut Vec<Named<'a>>) {
    let title = object.place.text("title");
    let name = match (object.shape, title) {
        (Shape::Schema, Some(title)) => title.to_upper_camel_case(),
        _ => name.to_owned(),
    };
    if object.shape == Shape::Schema {
        found.push(Named {
            operation,
            place: object.place.clone(),
            name: name.clone(),
        });
    }
    for child in object.children() {
        part(&child, &name, operation, found);
    }
}

/// A part of what is called `name`. A response, body or parameter that is a component gets its name from there, too.
fn part<'a>(object: &Object<'a>, name: &str, operation: &'a str, found: &mut Vec<Named<'a>>) {
    let name = suffixed(name, object);
    let place = match object.shape {
        Shape::Schema => object.place.clone(),
        _ => refs::resolved(&object.place),
    };
    let shape = object.shape;
    collect(&Object { shape, place }, &name, operation, found);
}

/// The name of a part: that of the whole, and what the part is in it.
fn suffixed(name: &str, part: &Object<'_>) -> String {
    let tokens: Vec<&str> = part
        .place
        .pointer
        .tokens()
        .iter()
        .map(String::as_str)
        .collect();
    let suffix = match (part.shape, tokens.as_slice()) {
        (Shape::RequestBody, _) => "Body".to_owned(),
        (Shape::Response, _) => "Response".to_owned(),
        (Shape::Parameter, _) => refs::resolved(&part.place)
            .text("name")
            .unwrap_or_default()
            .to_upper_camel_case(),
        (Shape::Schema, [.., "properties", property]) => property.to_upper_camel_case(),
        (Shape::Schema, [.., "items"]) => "Item".to_owned(),
        (Shape::Schema, [.., "additionalProperties"]) => "Value".to_owned(),
        (Shape::Schema, [.., "oneOf" | "anyOf", index]) => format!("Variant{index}"),
        (Shape::Schema, [.., "allOf", index]) => format!("Subtype{index}"),
        _ => String::new(),
    };
    format!("{name}{suffix}")
}

/// Schemas that would become one Rust type, without being the same: the second would silently be the first.
pub(super) fn collisions(document: &Value) -> Vec<Problem> {
    let mut known: BTreeMap<String, Place<'_>> = BTreeMap::new();
    let uses = uses(document);
    let mut found = Vec::new();
    // Components first: their names can be changed least.
    let (components, others): (Vec<Named<'_>>, Vec<Named<'_>>) = names(document)
        .into_iter()
        .partition(|named| named.operation.is_empty());
    for named in components.into_iter().chain(others) {
        let is_component = named.place.pointer.tokens().len() == 3;
        if !is_component && !becomes_a_type(named.place.value) {
            continue;
        }
        match known.get(&named.name) {
            Some(other) if other.value != named.place.value || is_component => {
                found.push(Problem {
                    operation: operation_of(&uses, &named.place),
                    reason: format!(
                        "its Rust type would be `{}`, as that of {}, which is another schema",
                        named.name, other.pointer
                    ),
                    pointer: named.place.pointer,
                    fix: "give it another `title` in openapi/overlay.yml, or leave the operation out of openapi/upstream.toml",
                });
            }
            Some(_) => {}
            None => {
                known.insert(named.name, named.place);
            }
        }
    }
    found
}

fn becomes_a_type(schema: &Value) -> bool {
    let has_properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .is_some_and(|properties| !properties.is_empty());
    let is_open_enum = schema.get("x-open-enum") == Some(&Value::Bool(true));
    has_properties
        || is_open_enum
        || ["oneOf", "anyOf", "allOf"]
            .iter()
            .any(|key| schema.get(key).is_some())
}
