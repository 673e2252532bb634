//! Digests of upstream's words on the selected operations: descriptions, summaries, titles, tags, examples, `x-` keys.
//!
//! The contract keeps none of the words, so these are how a change of them is noticed. References are followed: that a
//! component is inlined, renamed or wrapped into a single `allOf` changes no digest.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::digest::sha256;
use crate::pointer::Pointer;
use crate::shape::{Field, Shape};
use crate::slice::Selected;

/// The parts of an operation that have a digest each.
pub(crate) const PARTS: [&str; 4] = ["operation", "parameters", "request_body", "responses"];

/// Where a part stands in an operation; the operation itself for the rest of it.
pub(crate) fn keyword(part: &str) -> &str {
    match part {
        "request_body" => "requestBody",
        other => other,
    }
}

/// By part of an operation; a part without words has none.
pub(crate) type Parts = BTreeMap<String, String>;

/// The digests of one operation. References that lead nowhere count as words: that is for others to refuse.
pub(crate) fn digests(document: &Value, operation: &Selected<'_>) -> Parts {
    let mut reader = Reader {
        document,
        known: HashMap::new(),
        way: Vec::new(),
    };
    let item = document
        .get("paths")
        .and_then(|paths| paths.get(operation.path));
    let Some(value) = item.and_then(|item| item.get(operation.method)) else {
        return Parts::new();
    };
    let mut parts = Parts::new();
    for part in PARTS {
        let mut entries = Entries::new();
        for (origin, shape, holder) in [
            ("path", Shape::PathItem, item),
            ("operation", Shape::Operation, Some(value)),
        ] {
            for (key, child) in holder.and_then(Value::as_object).into_iter().flatten() {
                if part_of(key) == part
                    && !is_method(shape, key)
                    && !APPLYING.contains(&key.as_str())
                {
                    let digest = reader.entry(shape, key, child).digest;
                    entries.extend(digest.map(|digest| (format!("{origin}/{key}"), digest)));
                }
            }
        }
        if part == "operation" {
            entries.extend(reader.around([Some(value), item, Some(document)]));
        }
        parts.extend(fold(entries).map(|digest| (part.to_owned(), digest)));
    }
    parts
}

/// Digests by name.
type Entries = BTreeMap<String, String>;

/// What was found below a place.
#[derive(Clone, Default)]
struct Found {
    /// Of the words there, if there are any.
    digest: Option<String>,
    /// How far up the way a reference back leads, if one does: the digest then holds on this way only.
    back_to: Option<usize>,
}

/// Walks along references.
struct Reader<'a> {
    document: &'a Value,
    /// What was found at components that don't refer back.
    known: HashMap<String, Found>,
    /// The components on the way to the place at hand.
    way: Vec<String>,
}

impl Reader<'_> {
    /// Words on what applies to an operation and may stand elsewhere: its tags, servers and security schemes.
    fn around(&mut self, holders: [Option<&Value>; 3]) -> Entries {
        let mut entries = Entries::new();
        let [operation, ..] = holders;
        let used = operation.and_then(|operation| operation.get("tags")?.as_array());
        let defined = self.document.get("tags").and_then(Value::as_array);
        for tag in defined.into_iter().flatten() {
            if let Some(name) = tag.get("name")
                && used.is_some_and(|used| used.contains(name))
            {
                entries.insert(format!("tags/{name}"), text_digest(tag));
            }
        }
        for key in APPLYING {
            // The nearest one applies.
            let value = holders.iter().flatten().find_map(|holder| holder.get(key));
            if let Some(value) = value {
                let digest = self.entry(Shape::Operation, key, value).digest;
                entries.extend(digest.map(|digest| (key.to_owned(), digest)));
            }
        }
        entries
    }

    /// The words below one key of an object.
    fn entry(&mut self, shape: Shape, key: &str, value: &Value) -> Found {
        match shape.field(key) {
            Some(field) => self.field(field, value),
            None if key.starts_with("x-") => words(value),
            // Structure of an unknown kind: the comparison tells it.
            None => Found::default(),
        }
    }

    fn field(&mut self, field: Field, value: &Value) -> Found {
        match field {
            Field::Prose | Field::Blank | Field::Scopes => words(value),
            Field::Data | Field::Set | Field::Mapping => Found::default(),
            Field::One(shape) => self.object(shape, value),
            Field::SchemaOrFlag => self.object(Shape::Schema, value),
            Field::Many(shape) => {
                let list = value.as_array().into_iter().flatten().enumerate();
                let found =
                    list.map(|(index, child)| (index.to_string(), self.object(shape, child)));
                combine(found)
            }
            Field::Named(shape) => {
                let map = value.as_object().into_iter().flatten();
                combine(map.map(|(name, child)| (name.clone(), self.object(shape, child))))
            }
            Field::Patterned(shape) => {
                let map = value.as_object().into_iter().flatten();
                combine(map.map(|(name, child)| {
                    let found = if name.starts_with("x-") {
                        words(child)
                    } else {
                        self.object(shape, child)
                    };
                    (name.clone(), found)
                }))
            }
            Field::Requirements => {
                let names = value.as_array().into_iter().flatten();
                let names = names.filter_map(Value::as_object).flat_map(Map::keys);
                let found = names.enumerate().map(|(index, name)| {
                    let at = Pointer::root().child("components").child("securitySchemes");
                    let found = self.component(Shape::SecurityScheme, &at.child(name));
                    (index.to_string(), found)
                });
                combine(found.collect::<Vec<_>>())
            }
        }
    }

    /// The words in an object, and in what it refers to.
    fn object(&mut self, shape: Shape, value: &Value) -> Found {
        let Some(map) = value.as_object() else {
            return Found::default();
        };
        let reference = map.get("$ref").and_then(Value::as_str);
        let mut found = Vec::new();
        if let Some(reference) = reference.filter(|_| shape.may_be_reference()) {
            let fragment = reference
                .strip_prefix('#')
                .and_then(Pointer::parse_fragment);
            let target = match fragment {
                Some(at) => self.component(shape, &at),
                None => words(&Value::from(reference)),
            };
            // What stands beside a reference has no meaning but for readers.
            let beside = map.iter().filter(|(key, _)| *key != "$ref");
            found.extend(beside.map(|(key, child)| (key.clone(), words(child))));
            found.push(("$ref".to_owned(), target));
        } else {
            for (key, child) in map {
                let only = child.as_array().filter(|_| key == "allOf");
                let child = match only.map(Vec::as_slice) {
                    Some([only]) => self.object(shape, only),
                    _ => self.entry(shape, key, child),
                };
                found.push((key.clone(), child));
            }
        }
        found.retain(|(_, found)| found.digest.is_some());
        let is_wrapped = |key: &str| {
            let count = map.get(key).and_then(Value::as_array).map(Vec::len);
            key == "$ref" || (key == "allOf" && count == Some(1))
        };
        match found.as_slice() {
            [(key, only)] if is_wrapped(key) => only.clone(),
            _ => combine(found),
        }
    }

    /// The words in a component, or in a part of one.
    fn component(&mut self, shape: Shape, at: &Pointer) -> Found {
        let name = at.to_string();
        if let Some(found) = self.known.get(&name) {
            return found.clone();
        }
        if let Some(position) = self.way.iter().position(|known| *known == name) {
            // Told by the distance, since a name may change.
            let distance = self.way.len() - position;
            return Found {
                digest: Some(text_digest(&Value::from(distance))),
                back_to: Some(position),
            };
        }
        let Some(value) = at.value_in(self.document) else {
            return words(&Value::from(name));
        };
        self.way.push(name.clone());
        let mut found = self.object(shape, value);
        self.way.pop();
        if found
            .back_to
            .is_some_and(|position| position >= self.way.len())
        {
            found.back_to = None;
        }
        if found.back_to.is_none() {
            self.known.insert(name, found.clone());
        }
        found
    }
}

/// The keys that an operation may leave to its path or to the document.
const APPLYING: [&str; 2] = ["servers", "security"];

/// Which part of an operation a key of it, or of its path item, belongs to.
fn part_of(key: &str) -> &'static str {
    match key {
        "parameters" => "parameters",
        "requestBody" => "request_body",
        "responses" => "responses",
        _ => "operation",
    }
}

/// Whether this is one of the path item's operations.
fn is_method(shape: Shape, key: &str) -> bool {
    shape == Shape::PathItem && matches!(shape.field(key), Some(Field::One(Shape::Operation)))
}

/// The digest of a value that is nothing but words; an empty text says nothing.
fn words(value: &Value) -> Found {
    let is_empty = match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    Found {
        digest: (!is_empty).then(|| text_digest(value)),
        back_to: None,
    }
}

/// One digest for several.
fn combine(found: impl IntoIterator<Item = (String, Found)>) -> Found {
    let mut entries = Entries::new();
    let mut back_to = None;
    for (name, found) in found {
        entries.extend(found.digest.map(|digest| (name, digest)));
        back_to = match (back_to, found.back_to) {
            (Some(one), Some(other)) => Some(usize::min(one, other)),
            (one, other) => one.or(other),
        };
    }
    Found {
        digest: fold(entries),
        back_to,
    }
}

fn fold(entries: Entries) -> Option<String> {
    let list: Vec<Value> = entries
        .into_iter()
        .map(|(name, digest)| Value::from(vec![name, digest]))
        .collect();
    (!list.is_empty()).then(|| sha256(Value::Array(list).to_string().as_bytes()))
}

/// The digest of a value, however its keys are ordered.
fn text_digest(value: &Value) -> String {
    sha256(sorted(value).to_string().as_bytes())
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries: BTreeMap<&String, Value> = map
                .iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            let pairs = entries.into_iter().map(|(key, value)| (key.clone(), value));
            Value::Object(pairs.collect())
        }
        Value::Array(list) => list.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
