//! Cuts operations, and all that they refer to, out of a document: structure only, none of its prose.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::load::describe;
use super::operations::Operation;
use super::place::Place;
use super::pointer::Pointer;
use super::shape::{Field, Shape};
use super::walk::{Object, below, reach};

/// What to do with a keyword that OpenAPI 3.0 doesn't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownKeywords {
    /// Nothing is cut: the contract could not tell structure from prose there.
    Refused,
    /// They are copied as they are, for a comparison to report.
    Kept,
}

/// Cuts these operations out of `document`.
///
/// What they refer to comes along, as do path-level parameters, servers and security. Names of components and `info`
/// (title and version) stay as they are.
pub(crate) fn slice(
    document: &Value,
    selected: &[Operation<'_>],
    unknown_keywords: UnknownKeywords,
) -> Result<Value> {
    let mut contract = json!({ "paths": {} });
    let root = Object::document(Place::root(document));
    for key in ["openapi", "info", "servers", "security"] {
        if let Some(value) = document.get(key) {
            contract[key] = structure(Shape::Document, key, value);
        }
    }
    let mut components = BTreeSet::new();
    for operation in selected {
        let Some(item) = operation.item(document) else {
            bail!("`{}` is gone", operation.pointer());
        };
        let mut problem = None;
        let mut fail = |at: &Pointer, text: String| {
            let id = operation.id;
            problem.get_or_insert_with(|| format!("operation `{id}`: `{at}`: {text}"));
        };
        if let Some(reference) = item.child("$ref") {
            let text = "a path item's `$ref` is not followed: its operations must stand in the document itself";
            fail(&reference.pointer, text.to_owned());
        }
        let mut parts = around(&root, &mut fail);
        for key in ["servers", "parameters", operation.method] {
            if let (Some(place), Some(field)) = (item.child(key), Shape::PathItem.field(key)) {
                contract["paths"][operation.path][key] =
                    structure(Shape::PathItem, key, place.value);
                parts.extend(below(field, place));
            }
        }
        for part in &parts {
            reach(part, &mut |object| {
                check(object, unknown_keywords, &mut fail);
                if let [first, section, name, ..] = object.place.pointer.tokens()
                    && first == "components"
                {
                    components.insert((section.clone(), name.clone()));
                }
            });
        }
        if let Some(problem) = problem {
            bail!("{problem}");
        }
    }
    for (section, name) in components {
        let value = Pointer::component(&section, &name).value_in(document);
        if let (Some(value), Some(shape)) = (value, Shape::of_section(&section)) {
            contract["components"][section][name] = object(shape, value);
        }
    }
    Ok(contract)
}

/// What applies to every operation: the servers, and the security schemes that the document itself names.
fn around<'a>(root: &Object<'a>, fail: &mut dyn FnMut(&Pointer, String)) -> Vec<Object<'a>> {
    let servers = root.place.child("servers");
    let mut parts: Vec<Object<'a>> = servers
        .into_iter()
        .flat_map(|place| below(Field::Many(Shape::Server), place))
        .collect();
    for reference in root.references() {
        match reference.target {
            Ok(scheme) => parts.push(scheme),
            Err(error) => fail(&reference.pointer, format!("{error:#}")),
        }
    }
    parts
}

/// Says what is wrong with an object, if something is.
fn check(
    object: &Object<'_>,
    unknown_keywords: UnknownKeywords,
    fail: &mut dyn FnMut(&Pointer, String),
) {
    let place = &object.place;
    for reference in object.references() {
        if let Err(error) = reference.target {
            fail(&reference.pointer, format!("{error:#}"));
        }
    }
    if !place.value.is_object() {
        let found = describe(place.value);
        fail(
            &place.pointer,
            format!("a mapping must stand here, not {found}"),
        );
    }
    let is_reference = object.shape.may_be_reference() && place.child("$ref").is_some();
    for (key, child) in place.children() {
        let found = describe(child.value);
        match object.shape.field(&key) {
            _ if is_reference => {}
            None if unknown_keywords == UnknownKeywords::Refused && !key.starts_with("x-") => fail(
                &child.pointer,
                format!(
                    "`{key}` is not a keyword of a {:?} in OpenAPI 3.0, so the contract can't tell structure from prose \
                     there (if it should be known, add it to xtask/src/openapi/shape.rs)",
                    object.shape
                ),
            ),
            Some(Field::Many(_) | Field::Set | Field::Requirements) if !child.value.is_array() => {
                fail(
                    &child.pointer,
                    format!("a list must stand here, not {found}"),
                );
            }
            Some(Field::Named(_) | Field::Patterned(_)) if !child.value.is_object() => {
                fail(
                    &child.pointer,
                    format!("a mapping must stand here, not {found}"),
                );
            }
            Some(Field::SchemaOrFlag) if !child.value.is_object() && !child.value.is_boolean() => {
                fail(
                    &child.pointer,
                    format!("a mapping must stand here, not {found}"),
                );
            }
            _ => {}
        }
    }
}

/// The structure of an object, or the reference that stands for it.
fn object(shape: Shape, value: &Value) -> Value {
    let Some(members) = value.as_object() else {
        return value.clone();
    };
    if let Some(reference) = members.get("$ref").filter(|_| shape.may_be_reference()) {
        // What stands beside a `$ref` has no meaning in OpenAPI 3.0.
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

/// The structure of what stands below a keyword.
fn structure(shape: Shape, key: &str, value: &Value) -> Value {
    let field = shape.field(key);
    let entry = |(name, value): (&String, &Value)| match field {
        Some(Field::Patterned(_)) if name.starts_with("x-") => None,
        Some(Field::Named(shape) | Field::Patterned(shape)) => {
            Some((name.clone(), object(shape, value)))
        }
        _ => Some((name.clone(), json!(""))),
    };
    match (field, value) {
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
        (Some(Field::Named(_) | Field::Patterned(_) | Field::Scopes), Value::Object(map)) => {
            map.iter().filter_map(entry).collect()
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests;
