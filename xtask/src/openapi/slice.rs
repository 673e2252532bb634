//! Cuts operations, and all that they refer to, out of a document: structure only, none of its prose.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Map, Value, json};

use super::load::describe;
use super::operations::Operation;
use super::place::Place;
use super::pointer::Pointer;
use super::shape::{Field, Shape};
use super::walk::{Object, below, reach};

/// Cuts these operations out of `document`.
///
/// What they refer to comes along, as do path-level parameters, servers and security. Names of components and `info`
/// (title and version) stay as they are.
pub(crate) fn slice(document: &Value, selected: &[Operation<'_>]) -> Result<Value> {
    let mut contract = json!({ "paths": {} });
    let root = Object::document(Place::root(document));
    for key in ["openapi", "info", "servers", "security"] {
        if let Some(value) = document.get(key) {
            contract[key] = structure(Shape::Document, key, value);
        }
    }
    let mut components = BTreeSet::new();
    for operation in selected {
        let item = operation.item(document);
        let item = item.with_context(|| format!("`{}` is gone", operation.pointer()))?;
        if let Some(reference) = item.child("$ref") {
            bail!(
                "operation `{}`: `{}`: a path item's `$ref` is not followed: its operations must stand in the document \
                 itself",
                operation.id,
                reference.pointer
            );
        }
        let mut parts = Vec::new();
        let mut problem = Ok(());
        for reference in root.references() {
            match reference.target {
                Ok(scheme) => parts.push(scheme),
                Err(error) => problem = Err(error.context(format!("`{}`", reference.pointer))),
            }
        }
        for key in ["servers", "parameters", operation.method] {
            if let (Some(place), Some(field)) = (item.child(key), Shape::PathItem.field(key)) {
                contract["paths"][operation.path][key] =
                    structure(Shape::PathItem, key, place.value);
                parts.extend(below(field, place));
            }
        }
        for part in &parts {
            reach(part, &mut |object| {
                if problem.is_ok() {
                    problem = check(object);
                }
                if let [first, section, name, ..] = object.place.pointer.tokens()
                    && first == "components"
                {
                    components.insert((section.clone(), name.clone()));
                }
            });
        }
        problem.with_context(|| format!("operation `{}`", operation.id))?;
    }
    for (section, name) in components {
        let value = Pointer::component(&section, &name).value_in(document);
        if let (Some(value), Some(shape)) = (value, Shape::of_section(&section)) {
            contract["components"][section][name] = object(shape, value);
        }
    }
    Ok(contract)
}

/// Says what is wrong with an object, if something is.
fn check(object: &Object<'_>) -> Result<()> {
    for reference in object.references() {
        reference
            .target
            .with_context(|| format!("`{}`", reference.pointer))?;
    }
    let wrong = |place: &Place<'_>, wanted: &str| {
        let found = describe(place.value);
        Err(anyhow!(
            "`{}`: {wanted} must be here, not {found}",
            place.pointer
        ))
    };
    if !object.place.value.is_object() {
        return wrong(&object.place, "a mapping");
    }
    for (key, child) in object.place.children() {
        match object.shape.field(&key) {
            Some(Field::Many(_) | Field::Set) if !child.value.is_array() => {
                return wrong(&child, "a list");
            }
            Some(Field::Named(_) | Field::Patterned(_)) if !child.value.is_object() => {
                return wrong(&child, "a mapping");
            }
            _ => {}
        }
    }
    Ok(())
}

/// The structure of an object, or the reference in its place.
fn object(shape: Shape, value: &Value) -> Value {
    let Some(members) = value.as_object() else {
        return value.clone();
    };
    if let Some(reference) = members.get("$ref").filter(|_| shape.may_be_reference()) {
        // Siblings of a `$ref` have no meaning in OpenAPI 3.0.
        return json!({ "$ref": reference });
    }
    let mut kept = Map::new();
    for (key, value) in members {
        if shape.field(key) != Some(Field::Prose) && !key.starts_with("x-") {
            kept.insert(key.clone(), structure(shape, key, value));
        }
    }
    if shape == Shape::Response {
        // OpenAPI requires it.
        kept.insert("description".to_owned(), json!(""));
    }
    Value::Object(kept)
}

/// The structure of a keyword's value.
fn structure(shape: Shape, key: &str, value: &Value) -> Value {
    match (shape.field(key), value) {
        (Some(Field::One(shape)), _) => object(shape, value),
        (Some(Field::SchemaOrFlag), _) => object(Shape::Schema, value),
        (Some(Field::Many(shape)), Value::Array(list)) => {
            list.iter().map(|value| object(shape, value)).collect()
        }
        (Some(Field::Set), Value::Array(list)) => {
            let mut set = list.clone();
            set.sort_by_cached_key(Value::to_string);
            Value::Array(set)
        }
        (Some(field @ (Field::Named(shape) | Field::Patterned(shape))), Value::Object(map)) => {
            let is_extension =
                |name: &str| field == Field::Patterned(shape) && name.starts_with("x-");
            let names = map.iter().filter(|(name, _)| !is_extension(name));
            names
                .map(|(name, value)| (name.clone(), object(shape, value)))
                .collect()
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests;
