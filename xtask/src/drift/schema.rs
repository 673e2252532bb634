//! One level of a schema in the form that is compared: `$ref`s followed, `allOf` merged.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bounds::{bounds, is_bound};
use super::node::{Content, Key, Node, Parts, Position, Schema};
use super::node::{add_value, canonical, is_default, plain, text};
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::refs;

/// The keywords of branches. A union of one means the same as an `allOf` of one.
const BRANCHES: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Keywords of a schema that has a type of its own, and so allows null only if it says so.
const TYPES: [&str; 5] = ["type", "properties", "enum", "anyOf", "oneOf"];

/// What all schemas that apply to one value say together.
pub(super) struct Expanded<'a> {
    /// The place to report: the first that says anything.
    pub(super) at: Pointer,
    /// The places of all of them, as an identity.
    pub(super) pointers: Vec<Pointer>,
    pub(super) position: Position,
    pub(super) parts: Parts<'a>,
}

/// Expands a schema by one level.
pub(super) fn expand<'a>(schema: &Schema<'a>) -> Expanded<'a> {
    let mut gathered = Gathered {
        position: schema.position,
        is_nullable: false,
        places: Vec::new(),
        keywords: BTreeMap::new(),
        properties: BTreeMap::new(),
        required: BTreeMap::new(),
    };
    gathered.is_nullable = gathered.gather(&schema.places);
    // A wrapper that says nothing itself is not the place that a reader looks for.
    let is_wrapper = |place: &&Place<'_>| {
        let keys = place.children();
        keys.iter().all(|(key, _)| BRANCHES.contains(&key.as_str()))
    };
    let mut places = gathered.places.iter();
    let at = places.find(|place| !is_wrapper(place));
    let at = at.or(gathered.places.first());
    let at = at.map_or(Pointer::root(), |place| place.pointer.clone());

    let mut parts = gathered.properties(&at);
    for (keyword, places) in &gathered.keywords {
        gathered.keyword(keyword, places, &mut parts);
    }
    let is_integer = text(&parts, "type") == "integer";
    for (keyword, (place, value)) in bounds(&gathered.places, is_integer) {
        let node = Node::new(&place.pointer, Content::Value(value));
        parts.insert(Key::of(&keyword, ""), node);
    }
    if schema.position == Position::RequiredProperty {
        let node = Node::new(&at, Content::Value(json!(true)));
        parts.insert(Key::of("required", ""), node);
    }
    Expanded {
        at,
        pointers: gathered
            .places
            .into_iter()
            .map(|place| place.pointer)
            .collect(),
        position: schema.position,
        parts,
    }
}

/// The keywords of all schemas that apply to one value.
struct Gathered<'a> {
    position: Position,
    is_nullable: bool,
    places: Vec<Place<'a>>,
    /// Every keyword with the places that have it, except those below and bounds.
    keywords: BTreeMap<String, Vec<Place<'a>>>,
    properties: BTreeMap<String, Vec<Place<'a>>>,
    required: BTreeMap<String, Place<'a>>,
}

impl<'a> Gathered<'a> {
    /// Adds schemas that all apply, and those that apply together with them. Returns whether all of them allow null: each by
    /// itself, or by all that it consists of.
    fn gather(&mut self, places: &[Place<'a>]) -> bool {
        let mut are_nullable = !places.is_empty();
        for place in places.iter().map(refs::resolved) {
            let mut known = self.places.iter();
            if known.any(|known| known.pointer == place.pointer) {
                continue;
            }
            self.places.push(place.clone());
            let mut parts = Vec::new();
            let mut has_type = false;
            for (key, child) in place.children() {
                if all_apply(&key, &child) {
                    parts.extend(child.children().into_iter().map(|(_, part)| part));
                    continue;
                }
                has_type |= TYPES.contains(&key.as_str());
                match (key.as_str(), child.value) {
                    ("properties", _) => {
                        for (name, property) in child.children() {
                            self.properties.entry(name).or_default().push(property);
                        }
                    }
                    ("required", Value::Array(names)) => {
                        for name in names.iter().filter_map(Value::as_str) {
                            let required = self.required.entry(name.to_owned());
                            required.or_insert(child.clone());
                        }
                    }
                    _ if is_bound(&key) => {}
                    _ => self.keywords.entry(key).or_default().push(child),
                }
            }
            let are_parts_nullable = self.gather(&parts) && !has_type;
            are_nullable &= are_parts_nullable || place.value.get("nullable") == Some(&json!(true));
        }
        are_nullable
    }

    fn keyword(&self, keyword: &str, places: &[Place<'a>], parts: &mut Parts<'a>) {
        let Some(first) = places.first() else {
            return;
        };
        let at = &first.pointer;
        let content = match keyword {
            "nullable" if self.is_nullable => Content::Value(json!(true)),
            "nullable" => return,
            "enum" if first.value.is_array() => Content::Parts(self.values(places)),
            "items" | "not" => Content::Schema(self.inner(places.to_vec())),
            "additionalProperties" => return self.additional(places, parts),
            "discriminator" => return self.discriminator(first, parts),
            // Two unions that both apply pair by their order.
            "anyOf" | "oneOf" => {
                for (index, union) in places.iter().enumerate() {
                    let branches = union.children().into_iter();
                    let branches = branches.map(|(_, branch)| self.inner(vec![branch]));
                    let name = if index == 0 { "" } else { &index.to_string() };
                    let node = Node::new(&union.pointer, Content::Union(branches.collect()));
                    parts.insert(Key::of(keyword, name), node);
                }
                return;
            }
            _ => {
                let set = places
                    .iter()
                    .filter(|place| !is_default(keyword, place.value));
                let mut values: Vec<Value> = set.map(|place| canonical(place.value)).collect();
                values.dedup();
                match values.len() {
                    0 => return,
                    1 => Content::Value(values.remove(0)),
                    _ => Content::Value(json!({ "allOf": values })),
                }
            }
        };
        let mark = match self.position {
            Position::Optional if keyword == "nullable" => "optional",
            _ => "",
        };
        parts.insert(Key::of(keyword, ""), Node::new(at, content).marked(mark));
    }

    /// A schema within this one.
    fn inner(&self, places: Vec<Place<'a>>) -> Schema<'a> {
        let position = match self.position {
            Position::Untyped => Position::Untyped,
            _ => Position::Value,
        };
        Schema { places, position }
    }

    /// The values that all enums have; `nullable` says whether null is one.
    fn values(&self, enums: &[Place<'a>]) -> Parts<'a> {
        let names = |place: &Place<'a>| {
            let values = place.value.as_array().into_iter().flatten();
            let values = values.filter(|value| !(self.is_nullable && value.is_null()));
            let values = values.map(|value| {
                let key = Key::of("enum value", &plain(&canonical(value)));
                (key, Node::name(&place.pointer))
            });
            values.collect::<Parts<'a>>()
        };
        let mut sets = enums.iter().map(names);
        let mut common = sets.next().unwrap_or_default();
        sets.for_each(|set| common.retain(|key, _| set.contains_key(key)));
        common
    }

    /// The properties of an object; a name that is only required counts as one, too.
    fn properties(&self, at: &Pointer) -> Parts<'a> {
        let mut properties = self.properties.clone();
        for name in self.required.keys() {
            properties.entry(name.clone()).or_default();
        }
        let parts = properties.into_iter().map(|(name, places)| {
            let required = self.required.get(&name);
            let is_required = required.is_some();
            let first = places.first().or(required);
            let at = first.map_or(at, |place| &place.pointer).clone();
            let position = match self.position {
                Position::Untyped => Position::Untyped,
                _ if is_required => Position::RequiredProperty,
                _ => Position::Optional,
            };
            let node = Node::new(&at, Content::Schema(Schema { places, position }));
            let mark = if is_required { "required" } else { "" };
            (Key::of("property", &name), node.marked(mark))
        });
        parts.collect()
    }

    /// What else may be in an object.
    fn additional(&self, places: &[Place<'a>], parts: &mut Parts<'a>) {
        let is_anything = |value: &Value| *value == true || *value == json!({});
        let schemas = places.iter().filter(|place| !is_anything(place.value));
        let schemas: Vec<Place<'a>> = schemas.cloned().collect();
        let at = places[0].pointer.clone();
        let (keyword, content) = if places.iter().any(|place| place.value == false) {
            ("closed", Content::Value(json!(false)))
        } else if schemas.is_empty() {
            ("open", Content::Value(json!(true)))
        } else {
            ("additional", Content::Schema(self.inner(schemas)))
        };
        parts.insert(Key::of(keyword, ""), Node::new(&at, content));
    }

    /// How the branches are distinguished, whatever the schemas are called.
    fn discriminator(&self, place: &Place<'a>, parts: &mut Parts<'a>) {
        for (key, child) in place.children() {
            if key != "mapping" {
                add_value(parts, Key::of("discriminator", &key), &child);
                continue;
            }
            for (value, target) in child.children() {
                let name = target.value.as_str().unwrap_or_default();
                let schema = Place::at(place.document, &Pointer::component("schemas", name))
                    .or_else(|| refs::target(place.document, target.value).ok());
                let schema = Content::Schema(self.inner(schema.into_iter().collect()));
                let node = Node::new(&target.pointer, schema);
                parts.insert(Key::of("discriminator", &value), node);
            }
        }
    }
}

/// Whether the branches below a keyword all apply.
fn all_apply(key: &str, branches: &Place<'_>) -> bool {
    key == "allOf" || (BRANCHES.contains(&key) && branches.children().len() == 1)
}
