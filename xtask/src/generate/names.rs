//! The names of the generated types, and collisions among them.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::openapi::operations::operations;
use crate::openapi::place::Place;
use crate::openapi::problem::Problem;
use crate::openapi::refs;
use crate::openapi::shape::Shape;
use crate::openapi::uses::{problem, uses};
use crate::openapi::walk::{Object, parts};

/// A schema and the name of its Rust type.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    pub(super) place: Place<'a>,
    pub(super) name: String,
}

/// All schemas of a document, parents first, with the names that typify uses if it generates types for them. Components
/// come first, since their names are the hardest to change.
pub(super) fn names(document: &Value) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    let schemas = Place::root(document).child("components");
    let schemas = schemas.and_then(|components| components.child("schemas"));
    for (name, place) in schemas.iter().flat_map(Place::children) {
        let shape = Shape::Schema;
        let name = name.to_upper_camel_case();
        collect(&Object { shape, place }, &name, &mut found);
    }
    for operation in operations(document) {
        let name = operation.id.to_upper_camel_case();
        for part in parts(&operation) {
            collect(&part, &suffixed(&name, &part), &mut found);
        }
    }
    found
}

fn collect<'a>(object: &Object<'a>, name: &str, found: &mut Vec<Named<'a>>) {
    let mut object = object.clone();
    let mut name = name.to_owned();
    if object.shape == Shape::Schema {
        if let Some(title) = object.place.text("title") {
            name = title.to_upper_camel_case();
        }
        found.push(Named {
            place: object.place.clone(),
            name: name.clone(),
        });
    } else {
        // Types in a response, body or parameter are named after the operation even if it is a component.
        object.place = refs::resolved(&object.place);
    }
    for child in object.children() {
        collect(&child, &suffixed(&name, &child), found);
    }
}

/// The name of a part: the name of the whole with a suffix.
fn suffixed(name: &str, part: &Object<'_>) -> String {
    let tokens = part.place.pointer.tokens();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let suffix = match (part.shape, tokens.as_slice()) {
        (Shape::RequestBody, _) => "Body".to_owned(),
        (Shape::Response, _) => "Response".to_owned(),
        (Shape::Parameter, _) => {
            let parameter = refs::resolved(&part.place);
            let name = parameter.text("name").unwrap_or_default();
            name.to_upper_camel_case()
        }
        (Shape::Schema, [.., "properties", property]) => property.to_upper_camel_case(),
        (Shape::Schema, [.., "items"]) => "Item".to_owned(),
        (Shape::Schema, [.., "additionalProperties"]) => "Value".to_owned(),
        (Shape::Schema, [.., "oneOf" | "anyOf", index]) => format!("Variant{index}"),
        (Shape::Schema, [.., "allOf", index]) => format!("Subtype{index}"),
        _ => String::new(),
    };
    format!("{name}{suffix}")
}

/// Different schemas with the same type name: the type of the first would silently be used for the second.
pub(super) fn collisions(document: &Value) -> Vec<Problem> {
    let uses = uses(document);
    let mut known: BTreeMap<String, Place<'_>> = BTreeMap::new();
    let mut found = Vec::new();
    for Named { place, name } in names(document) {
        let is_component = place.pointer.tokens().len() == 3;
        if !is_component && !becomes_a_type(place.value) {
            continue;
        }
        let Some(other) = known.get(&name) else {
            known.insert(name, place);
            continue;
        };
        if is_component || other.value != place.value {
            let reason = format!(
                "its Rust type would be `{name}`, like that of the different schema {}",
                other.pointer
            );
            let fix = "give it a different `title` in openapi/overlay.yml, or leave the operation out of \
                       openapi/upstream.toml";
            found.push(problem(&uses, &place, reason, fix));
        }
    }
    found
}

fn becomes_a_type(schema: &Value) -> bool {
    let properties = schema.get("properties").and_then(Value::as_object);
    let combines = |key: &&str| schema.get(*key).is_some();
    properties.is_some_and(|properties| !properties.is_empty())
        || schema.get("x-open-enum") == Some(&Value::Bool(true))
        || ["oneOf", "anyOf", "allOf"].iter().any(combines)
}
