//! One level of a schema in the form that is compared: `$ref`s followed, `allOf` merged.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bounds;
use super::node::{
    Content, Key, Node, Parts, Position, Schema, add_value, canonical, is_unset, plain,
};
use super::rust_type::rust_type;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::refs;
use crate::openapi::shape::{Field, Shape};

/// How deep schemas that hold together may be nested.
const MAXIMUM_DEPTH: usize = 100;

/// The keywords of branches. A union of one holds as an `allOf` does.
const BRANCHES: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// The parts of a schema. The Rust type that is generated for it is one of them.
pub(super) fn expand<'a>(schema: &Schema<'a>) -> Parts<'a> {
    let gathered = Gathered::of(schema);
    let mut parts = Parts::new();
    gathered.properties(&mut parts);
    for (keyword, places) in &gathered.keywords {
        gathered.keyword(keyword, places, &mut parts);
    }
    let is_integer = parts
        .get(&Key::of("type", ""))
        .is_some_and(|node| matches!(&node.content, Content::Value(kind) if kind == "integer"));
    for (keyword, place, value) in bounds::bounds(&gathered.places, is_integer) {
        add(&mut parts, keyword, &place.pointer, value);
    }
    if let Position::Property { is_required: true } = schema.position {
        add(&mut parts, "required", &gathered.at, json!(true));
    }
    if let Some(rust_type) = rust_type(&parts, schema.position) {
        add(&mut parts, "Rust type", &gathered.at, json!(rust_type));
    }
    parts
}

/// The place of a schema as such: the first on the way that says anything.
pub(super) fn pointer(schema: &Schema<'_>) -> Pointer {
    Gathered::of(schema).at
}

/// Where the schemas stand that hold together, as an identity.
pub(super) fn identity(schema: &Schema<'_>) -> Vec<Pointer> {
    let places = Gathered::of(schema).places.into_iter();
    places.map(|place| place.pointer).collect()
}

fn add(parts: &mut Parts<'_>, keyword: &str, at: &Pointer, value: Value) {
    parts.insert(Key::of(keyword, ""), Node::new(at, Content::Value(value)));
}

/// What all schemas that hold together say.
struct Gathered<'a> {
    at: Pointer,
    position: Position,
    is_nullable: bool,
    /// All of them.
    places: Vec<Place<'a>>,
    /// Every keyword with the places that say it, but for those below.
    keywords: BTreeMap<String, Vec<Place<'a>>>,
    properties: BTreeMap<String, Vec<Place<'a>>>,
    required: BTreeMap<String, Place<'a>>,
}

impl<'a> Gathered<'a> {
    fn of(schema: &Schema<'a>) -> Self {
        let mut gathered = Self {
            at: Pointer::root(),
            position: schema.position,
            is_nullable: !schema.places.is_empty(),
            places: Vec::new(),
            keywords: BTreeMap::new(),
            properties: BTreeMap::new(),
            required: BTreeMap::new(),
        };
        for place in &schema.places {
            gathered.is_nullable &= is_nullable(place, MAXIMUM_DEPTH);
            gathered.hold(place, MAXIMUM_DEPTH);
        }
        // A wrapper that says nothing itself is not the place that a reader looks for.
        let is_wrapper = |place: &Place<'_>| {
            let keys = place.children();
            keys.iter().all(|(key, _)| BRANCHES.contains(&key.as_str()))
        };
        let mut places = gathered.places.iter();
        let at = places.find(|place| !is_wrapper(place));
        if let Some(at) = at.or(gathered.places.first()) {
            gathered.at = at.pointer.clone();
        }
        gathered
    }

    /// Notes a schema and those that hold together with it.
    fn hold(&mut self, place: &Place<'a>, depth: usize) {
        let place = refs::resolved(place);
        let mut known = self.places.iter();
        if depth == 0 || known.any(|known| known.pointer == place.pointer) {
            return;
        }
        self.places.push(place.clone());
        for (key, child) in place.children() {
            let list = child.value.as_array();
            match key.as_str() {
                "properties" => {
                    for (name, property) in child.children() {
                        self.properties.entry(name).or_default().push(property);
                    }
                }
                "required" if list.is_some() => {
                    let names = list.into_iter().flatten().filter_map(Value::as_str);
                    for name in names.map(str::to_owned) {
                        self.required.entry(name).or_insert(child.clone());
                    }
                }
                _ if holds(&key, &child) => {
                    for (_, part) in child.children() {
                        self.hold(&part, depth - 1);
                    }
                }
                _ if bounds::is_bound(&key) || key.starts_with("x-") => {}
                _ if Shape::Schema.field(&key) == Some(Field::Prose) => {}
                _ => self.keywords.entry(key).or_default().push(child),
            }
        }
    }

    fn keyword(&self, keyword: &str, places: &[Place<'a>], parts: &mut Parts<'a>) {
        let Some(first) = places.first() else {
            return;
        };
        let at = &first.pointer;
        let mut insert = |content| parts.insert(Key::of(keyword, ""), Node::new(at, content));
        match keyword {
            "nullable" if self.is_nullable => {
                let mark = match self.position {
                    Position::Property { is_required: false } => "optional",
                    _ => "",
                };
                let node = Node::new(at, Content::Value(json!(true)));
                parts.insert(Key::of(keyword, ""), node.marked(mark));
            }
            "nullable" => {}
            "enum" if first.value.is_array() => {
                insert(Content::Set(self.values(places)));
            }
            "items" | "not" => {
                insert(Content::Schema(self.inner(places.to_vec())));
            }
            "additionalProperties" => self.additional(places, parts),
            "discriminator" => self.discriminator(first, parts),
            // Two unions that hold together pair by their order.
            "anyOf" | "oneOf" => {
                for (index, union) in places.iter().enumerate() {
                    let branches = union.children().into_iter();
                    let branches = branches.map(|(_, branch)| self.inner(vec![branch]));
                    let name = if index == 0 { "" } else { &index.to_string() };
                    let node = Node::new(&union.pointer, Content::Union(branches.collect()));
                    parts.insert(Key::of(keyword, name), node);
                }
            }
            _ => {
                let said = places
                    .iter()
                    .filter(|place| !is_unset(keyword, place.value));
                let mut values: Vec<Value> = Vec::new();
                for value in said.map(|place| canonical(place.value)) {
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                match values.len() {
                    0 => {}
                    1 => drop(insert(Content::Value(values.remove(0)))),
                    _ => drop(insert(Content::Value(json!({ "allOf": values })))),
                }
            }
        }
    }

    /// A schema that this one holds.
    fn inner(&self, places: Vec<Place<'a>>) -> Schema<'a> {
        let position = match self.position {
            Position::Untyped => Position::Untyped,
            _ => Position::Value { is_optional: false },
        };
        Schema { places, position }
    }

    /// The values that all enums have; `nullable` says whether null is one.
    fn values(&self, enums: &[Place<'a>]) -> Vec<String> {
        let sets = enums.iter().map(|place| canonical(place.value));
        let sets: Vec<Value> = sets.collect();
        let values = sets.first().and_then(Value::as_array).into_iter().flatten();
        let values = values.filter(|value| {
            let is_in = |set: &Value| set.as_array().is_some_and(|set| set.contains(value));
            sets.iter().all(is_in) && !(self.is_nullable && value.is_null())
        });
        values.map(plain).collect()
    }

    /// What is in an object; a name that is only required counts as a property, too.
    fn properties(&self, parts: &mut Parts<'a>) {
        let mut properties = self.properties.clone();
        for name in self.required.keys() {
            properties.entry(name.clone()).or_default();
        }
        for (name, places) in properties {
            let required = self.required.get(&name);
            let is_required = required.is_some();
            let at = places.first().or(required).map(|place| &place.pointer);
            let at = at.unwrap_or(&self.at).clone();
            let position = match self.position {
                Position::Untyped => Position::Untyped,
                _ => Position::Property { is_required },
            };
            let node = Node::new(&at, Content::Schema(Schema { places, position }));
            let mark = if is_required { "required" } else { "" };
            parts.insert(Key::of("property", &name), node.marked(mark));
        }
    }

    /// What else may be in an object.
    fn additional(&self, places: &[Place<'a>], parts: &mut Parts<'a>) {
        let is_anything = |value: &Value| {
            *value == true || value.as_object().is_some_and(|schema| schema.is_empty())
        };
        let schemas = places.iter().filter(|place| !is_anything(place.value));
        let schemas: Vec<Place<'a>> = schemas.cloned().collect();
        let (keyword, content) = if places.iter().any(|place| place.value == false) {
            ("closed", Content::Value(json!(false)))
        } else if schemas.is_empty() {
            ("open", Content::Value(json!(true)))
        } else {
            ("additional", Content::Schema(self.inner(schemas)))
        };
        let at = places.first().map_or(&self.at, |place| &place.pointer);
        parts.insert(Key::of(keyword, ""), Node::new(at, content));
    }

    /// How the branches are told apart, whatever the schemas are called.
    fn discriminator(&self, place: &Place<'a>, parts: &mut Parts<'a>) {
        for (key, child) in place.children() {
            if key != "mapping" {
                add_value(parts, Key::of("discriminator", &key), &child);
                continue;
            }
            for (value, target) in child.children() {
                let schemas = Pointer::root().child("components").child("schemas");
                let name = target.value.as_str().unwrap_or_default();
                let schema = Place::at(place.document, &schemas.child(name))
                    .or_else(|| refs::target(place.document, target.value).ok());
                let schema = Content::Schema(self.inner(schema.into_iter().collect()));
                let node = Node::new(&target.pointer, schema);
                parts.insert(Key::of("discriminator", &value), node);
            }
        }
    }
}

/// Whether the branches below a keyword hold all together.
fn holds(key: &str, branches: &Place<'_>) -> bool {
    key == "allOf" || (BRANCHES.contains(&key) && branches.children().len() == 1)
}

/// Whether null is allowed: said of the schema itself, or of all that it consists of.
fn is_nullable(place: &Place<'_>, depth: usize) -> bool {
    let place = refs::resolved(place);
    if place.value.get("nullable") == Some(&Value::Bool(true)) {
        return true;
    }
    let mut parts = Vec::new();
    for (key, child) in place.children() {
        match key.as_str() {
            _ if holds(&key, &child) => parts.extend(child.children()),
            "type" | "properties" | "enum" | "anyOf" | "oneOf" => return false,
            _ => {}
        }
    }
    let mut parts = parts.iter();
    depth > 0 && parts.len() > 0 && parts.all(|(_, part)| is_nullable(part, depth - 1))
}
