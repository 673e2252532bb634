//! The names of the Rust types that schemas become, and the schemas that would become one.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::openapi::operations::operations;
use crate::openapi::place::Place;
use crate::openapi::problem::Problem;
use crate::openapi::shape::{Field, Shape};
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
        if let Some(place) = operation.place(document) {
            let shape = Shape::Operation;
            let name = operation.id.to_upper_camel_case();
            collect(&Object { shape, place }, &name, operation.id, &mut found);
        }
        let parameters = operation
            .item(document)
            .and_then(|item| item.child("parameters"));
        let parameters = parameters.map(|place| below(Field::Many(Shape::Parameter), place));
        for object in parameters.iter().flatten() {
            if !found
                .iter()
                .any(|known: &Named<'_>| is_below(&known.place, &object.place))
            {
                collect(object, &suffixed("", object), operation.id, &mut found);
            }
        }
    }
    for section in Place::root(document)
        .child("components")
        .iter()
        .flat_map(Place::children)
    {
        let (Some(shape), section) = (Shape::of_section(&section.0), section.1) else {
            continue;
        };
        // A type of an operation's own response is named after the operation.
        let kind = match shape {
            Shape::Schema => String::new(),
            other => format!("{other:?}"),
        };
        for (name, place) in section.children() {
            let name = format!("{}{kind}", name.to_upper_camel_case());
            collect(&Object { shape, place }, &name, "", &mut found);
        }
    }
    found
}

fn is_below(place: &Place<'_>, other: &Place<'_>) -> bool {
    place.pointer.tokens().starts_with(other.pointer.tokens())
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
        collect(&child, &suffixed(&name, &child), operation, found);
    }
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
        (Shape::Parameter, _) => part
            .place
            .text("name")
            .unwrap_or_default()
            .to_upper_camel_case(),
        (Shape::Schema, [.., "properties", property]) => property.to_upper_camel_case(),
        (Shape::Schema, [.., "items"]) => "Item".to_owned(),
        (Shape::Schema, [.., "additionalProperties"]) => "Value".to_owned(),
        (Shape::Schema, [.., "oneOf", index]) => format!("Variant{index}"),
        (Shape::Schema, [.., "anyOf" | "allOf", index]) => format!("Subtype{index}"),
        _ => String::new(),
    };
    format!("{name}{suffix}")
}

/// Schemas that would become one Rust type, without being the same: the second would silently be the first.
pub(super) fn collisions(document: &Value) -> Vec<Problem> {
    let mut known: BTreeMap<String, Place<'_>> = BTreeMap::new();
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
                    operation: named.operation.to_owned(),
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
