//! Cuts operations, and everything that they refer to, out of a document, without descriptions and extensions.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::load::describe;
use super::operations::Operation;
use super::place::Place;
use super::pointer::Pointer;
use super::shape::{Field, Shape};
use super::walk::{Object, parts, reach};

/// Cuts these operations out of `document`.
///
/// The result includes what they refer to, path-level parameters, servers and security. Names of components, title and
/// version stay the same.
pub(crate) fn slice(document: &Value, selected: &[Operation<'_>]) -> Result<Value> {
    let mut contract = json!({ "paths": {} });
    let root = Object::document(document);
    for key in ["openapi", "info", "servers", "security"] {
        if let Some(value) = document.get(key) {
            contract[key] = structure(Shape::Document, key, value);
        }
    }
    check(&root)?;
    let schemes: Vec<Object<'_>> = root.targets().collect();
    let mut components = BTreeSet::new();
    for operation in selected {
        let item = &operation.item;
        ensure!(
            item.child("$ref").is_none(),
            "operation `{}`: `{}/$ref`: a path item's `$ref` is not followed; use a bundled document",
            operation.id,
            item.pointer
        );
        for key in ["servers", "parameters", operation.method] {
            if let Some(value) = item.value.get(key) {
                contract["paths"][operation.path][key] = structure(Shape::PathItem, key, value);
            }
        }
        let mut reached = vec![Object::operation(operation)];
        reached.extend(parts(operation));
        reached.extend(schemes.clone());
        let mut problem = Ok(());
        for object in reached {
            reach(&object, &mut |object| {
                if problem.is_ok() {
                    problem = check(object);
                }
                if let [first, section, name, ..] = object.place.pointer.tokens().as_slice()
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

/// Fails if something is wrong with an object.
fn check(object: &Object<'_>) -> Result<()> {
    for (pointer, target) in object.references() {
        target.with_context(|| format!("`{pointer}`"))?;
    }
    let must_be = |place: &Place<'_>, is_right: bool, wanted: &str| {
        let found = describe(place.value);
        ensure!(
            is_right,
            "`{}`: {wanted} must be here, not {found}",
            place.pointer
        );
        Ok(())
    };
    must_be(&object.place, object.place.value.is_object(), "a mapping")?;
    for (key, child) in object.place.children() {
        match object.shape.field(&key) {
            Some(Field::Many(_) | Field::Set) => must_be(&child, child.value.is_array(), "a list")?,
            Some(Field::Named(_) | Field::Patterned(_)) => {
                must_be(&child, child.value.is_object(), "a mapping")?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// An object without prose, or the reference to it.
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

/// A keyword's value without prose.
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
