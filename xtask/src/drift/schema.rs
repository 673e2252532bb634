//! One level of a schema in the form that is compared: `$ref`s followed, `allOf` merged.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bounds;
use super::node::{Content, Key, Node, Parts, Position, Schema, canonical, plain};
use super::rust_type::rust_type;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::refs;
use crate::openapi::shape::{Field, Shape};

/// How deep schemas that hold together may be nested.
const MAXIMUM_DEPTH: usize = 100;

/// The keywords of schemas that hold together with the one around them, if there is only one: a union of one.
const UNIONS: [&str; 2] = ["anyOf", "oneOf"];

/// The parts of a schema. The Rust type that is generated for it is one of them.
pub(super) fn expand<'a>(schema: &Schema<'a>) -> Parts<'a> {
    let gathered = Gathered::of(schema);
    let mut parts = Parts::new();
    gathered.values(&mut parts);
    gathered.object(schema.position, &mut parts);
    gathered.branches(schema.position, &mut parts);
    if let Position::Property { is_required: true } = schema.position {
        add(
            &mut parts,
            Key::of("required", ""),
            &gathered.at,
            json!(true),
        );
    }
    if gathered.is_nullable {
        let at = gathered.nullable.as_ref();
        let at = at.map_or(&gathered.at, |place| &place.pointer);
        let node = Node::new(at, Content::Value(json!(true)));
        let mark = match schema.position {
            Position::Property { is_required: false } => "optional",
            _ => "",
        };
        parts.insert(Key::of("nullable", ""), node.marked(mark));
    }
    if let Some(rust_type) = rust_type(&parts, schema.position) {
        add(
            &mut parts,
            Key::of("Rust type", ""),
            &gathered.at,
            json!(rust_type),
        );
    }
    parts
}

/// The place of a schema as such: the last on the way that says anything.
pub(super) fn pointer(schema: &Schema<'_>) -> Pointer {
    Gathered::of(schema).at
}

/// Where the schemas stand that hold together, as an identity.
pub(super) fn identity(schema: &Schema<'_>) -> Vec<Pointer> {
    let places = Gathered::of(schema).places.into_iter();
    places.map(|place| place.pointer).collect()
}

fn add(parts: &mut Parts<'_>, key: Key, at: &Pointer, value: Value) {
    parts.insert(key, Node::new(at, Content::Value(value)));
}

/// What all schemas that hold together say.
#[derive(Default)]
struct Gathered<'a> {
    at: Pointer,
    /// All of them.
    places: Vec<Place<'a>>,
    is_nullable: bool,
    /// Where null is first spoken of.
    nullable: Option<Place<'a>>,
    /// Keywords that have no part here of their own.
    others: BTreeMap<String, Vec<Place<'a>>>,
    enums: Vec<Place<'a>>,
    properties: BTreeMap<String, Vec<Place<'a>>>,
    required: BTreeMap<String, Place<'a>>,
    /// `additionalProperties`.
    additional: Vec<Place<'a>>,
    items: Vec<Place<'a>>,
    negations: Vec<Place<'a>>,
    unions: Vec<(String, Place<'a>)>,
}

impl<'a> Gathered<'a> {
    fn of(schema: &Schema<'a>) -> Self {
        let mut gathered = Self::default();
        for place in &schema.places {
            gathered.hold(place, MAXIMUM_DEPTH);
        }
        gathered.is_nullable = !schema.places.is_empty()
            && schema
                .places
                .iter()
                .all(|place| is_nullable(place, MAXIMUM_DEPTH));
        // A wrapper that says nothing itself is not the place that a reader looks for.
        let says = |place: &&Place<'_>| {
            let wrappers = ["allOf", "anyOf", "oneOf"];
            place
                .children()
                .iter()
                .any(|(key, _)| !wrappers.contains(&key.as_str()))
        };
        let at = gathered
            .places
            .iter()
            .find(says)
            .or(gathered.places.first());
        gathered.at = at.map(|place| place.pointer.clone()).unwrap_or_default();
        gathered
    }

    /// Notes a schema and those that hold together with it.
    fn hold(&mut self, place: &Place<'a>, depth: usize) {
        let place = refs::resolved(place);
        if depth == 0
            || self
                .places
                .iter()
                .any(|known| known.pointer == place.pointer)
        {
            return;
        }
        self.places.push(place.clone());
        for (key, child) in place.children() {
            self.keyword(&key, child, depth);
        }
    }

    fn keyword(&mut self, key: &str, child: Place<'a>, depth: usize) {
        let list = child.value.as_array();
        match key {
            "allOf" => child
                .children()
                .iter()
                .for_each(|(_, part)| self.hold(part, depth - 1)),
            _ if UNIONS.contains(&key) => match child.children().as_slice() {
                [(_, only)] => self.hold(only, depth - 1),
                _ => self.unions.push((key.to_owned(), child)),
            },
            "nullable" => {
                self.nullable.get_or_insert(child);
            }
            "enum" if list.is_some() => self.enums.push(child),
            "properties" => {
                for (name, property) in child.children() {
                    self.properties.entry(name).or_default().push(property);
                }
            }
            "required" if list.is_some() => {
                for name in list.into_iter().flatten().filter_map(Value::as_str) {
                    self.required
                        .entry(name.to_owned())
                        .or_insert(child.clone());
                }
            }
            "additionalProperties" => self.additional.push(child),
            "items" => self.items.push(child),
            "not" => self.negations.push(child),
            _ if bounds::is_bound(key) || key.starts_with("x-") => {}
            _ if Shape::Schema.field(key) == Some(Field::Prose) => {}
            _ => self.others.entry(key.to_owned()).or_default().push(child),
        }
    }

    /// What has no schema in it.
    fn values(&self, parts: &mut Parts<'a>) {
        for (keyword, places) in &self.others {
            let mut values: Vec<Value> = Vec::new();
            for value in places.iter().map(|place| canonical(place.value)) {
                if value != false && !values.contains(&value) {
                    values.push(value);
                }
            }
            let Some(first) = places.first() else {
                continue;
            };
            let value = match values.len() {
                0 => continue,
                1 => values.remove(0),
                _ => json!({ "allOf": values }),
            };
            if keyword == "discriminator" {
                discriminator(first, parts);
            } else {
                add(parts, Key::of(keyword, ""), &first.pointer, value);
            }
        }
        let is_integer = parts
            .get(&Key::of("type", ""))
            .is_some_and(|node| matches!(&node.content, Content::Value(kind) if kind == "integer"));
        for (keyword, place, value) in bounds::bounds(&self.places, is_integer) {
            add(parts, Key::of(keyword, ""), &place.pointer, value);
        }
        if let Some(first) = self.enums.first() {
            let sets = self.enums.iter().map(|place| place.value.as_array());
            let mut sets = sets.map(|list| list.into_iter().flatten().map(canonical).collect());
            let mut values: Vec<Value> = sets.next().unwrap_or_default();
            sets.for_each(|set: Vec<Value>| values.retain(|value| set.contains(value)));
            // `nullable` says it.
            values.retain(|value| !(self.is_nullable && value.is_null()));
            let values = Content::Set(values.iter().map(plain).collect());
            parts.insert(Key::of("enum", ""), Node::new(&first.pointer, values));
        }
    }

    /// What is in an object.
    fn object(&self, position: Position, parts: &mut Parts<'a>) {
        let mut properties = self.properties.clone();
        for name in self.required.keys() {
            properties.entry(name.clone()).or_default();
        }
        for (name, places) in properties {
            let required = self.required.get(&name);
            let at = places
                .first()
                .or(required)
                .map(|place| place.pointer.clone());
            let position = match position {
                Position::Untyped => Position::Untyped,
                _ => Position::Property {
                    is_required: required.is_some(),
                },
            };
            let node = Node::new(
                &at.unwrap_or_default(),
                Content::Schema(Schema { places, position }),
            );
            let mark = if required.is_some() { "required" } else { "" };
            parts.insert(Key::of("property", &name), node.marked(mark));
        }
        let Some(first) = self.additional.first() else {
            return;
        };
        let is_true =
            |value: &Value| *value == true || value.as_object().is_some_and(|map| map.is_empty());
        let schemas = self.additional.iter();
        let schemas: Vec<Place<'a>> = schemas
            .filter(|place| !is_true(place.value))
            .cloned()
            .collect();
        let position = element(position);
        let (keyword, content) = if self.additional.iter().any(|place| place.value == false) {
            ("closed", Content::Value(json!(false)))
        } else if schemas.is_empty() {
            ("open", Content::Value(json!(true)))
        } else {
            let schema = Schema {
                places: schemas,
                position,
            };
            ("additional properties", Content::Schema(schema))
        };
        parts.insert(Key::of(keyword, ""), Node::new(&first.pointer, content));
    }

    /// Schemas of elements, and those of which some hold or must not.
    fn branches(&self, position: Position, parts: &mut Parts<'a>) {
        let position = element(position);
        for (keyword, places) in [("items", &self.items), ("not", &self.negations)] {
            if let Some(first) = places.first() {
                let places = places.clone();
                let schema = Content::Schema(Schema { places, position });
                parts.insert(Key::of(keyword, ""), Node::new(&first.pointer, schema));
            }
        }
        for (keyword, union) in &self.unions {
            let branches = union.children().into_iter().map(|(_, branch)| Schema {
                places: vec![branch],
                position,
            });
            // Two unions that hold together are rare: they pair by their order.
            let count = parts.keys().filter(|key| key.keyword == *keyword).count();
            let name = if count == 0 {
                String::new()
            } else {
                count.to_string()
            };
            let node = Node::new(&union.pointer, Content::Union(branches.collect()));
            parts.insert(Key::of(keyword, &name), node);
        }
    }
}

/// Where a schema stands that another one holds.
fn element(position: Position) -> Position {
    match position {
        Position::Untyped => Position::Untyped,
        _ => Position::Value { is_optional: false },
    }
}

/// How the branches are told apart, whatever the schemas are called.
fn discriminator<'a>(place: &Place<'a>, parts: &mut Parts<'a>) {
    for (key, child) in place.children() {
        if key != "mapping" {
            let key = Key::of("discriminator", &key);
            parts.extend(Node::value(&child).map(|node| (key, node)));
            continue;
        }
        for (value, target) in child.children() {
            let name = target.value.as_str().unwrap_or_default();
            let schemas = Pointer::root().child("components").child("schemas");
            let places = Place::at(place.document, &schemas.child(name))
                .or_else(|| refs::target(place.document, target.value).ok());
            let schema = Schema {
                places: places.into_iter().collect(),
                position: Position::Untyped,
            };
            let node = Node::new(&target.pointer, Content::Schema(schema));
            parts.insert(Key::of("discriminator", &value), node);
        }
    }
}

/// Whether null is allowed: said of the schema itself, or of all that it consists of.
fn is_nullable(place: &Place<'_>, depth: usize) -> bool {
    let place = refs::resolved(place);
    if place.value.get("nullable") == Some(&Value::Bool(true)) {
        return true;
    }
    let mut parts = Vec::new();
    for (key, child) in place.children() {
        let branches = child.children();
        match key.as_str() {
            "allOf" => parts.extend(branches),
            _ if UNIONS.contains(&key.as_str()) && branches.len() == 1 => parts.extend(branches),
            "type" | "properties" | "enum" | "anyOf" | "oneOf" => return false,
            _ => {}
        }
    }
    let mut parts = parts.iter();
    depth > 0 && parts.len() > 0 && parts.all(|(_, part)| is_nullable(part, depth - 1))
}
