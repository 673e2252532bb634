//! The one order in which a document is written: the same content gives the same bytes, however its keys were ordered and
//! whether it came as YAML or as JSON.
//!
//! OpenAPI's keywords stand in the order of [`Shape::fields`], names in alphabetical order, and lists whose order means
//! nothing (`required`, `enum`) are sorted.

use serde_json::Value;

use crate::shape::{Field, Shape};
use crate::yaml::{self, Node};

/// The whole document as YAML text in canonical order.
pub(crate) fn to_yaml(document: &Value) -> String {
    yaml::write(&ordered(document, Field::One(Shape::Document)))
}

/// A value, and what is in it, in the order that fits what it stands for.
fn ordered(value: &Value, field: Field) -> Node<'_> {
    match value {
        Value::Object(map) => {
            let shape = match field {
                Field::One(shape) => Some(shape),
                Field::SchemaOrFlag => Some(Shape::Schema),
                _ => None,
            };
            let below = |key: &str| match (shape, field) {
                (Some(shape), _) => shape.field(key).unwrap_or(Field::Data),
                (None, Field::Named(shape) | Field::Patterned(shape)) => Field::One(shape),
                (None, _) => Field::Data,
            };
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by_key(|key| (shape.map_or(0, |shape| shape.rank(key)), *key));
            let entries = keys
                .into_iter()
                .map(|key| (key.as_str(), ordered(&map[key], below(key))));
            Node::Mapping(entries.collect())
        }
        Value::Array(list) => {
            let element = match field {
                Field::Many(shape) => Field::One(shape),
                _ => Field::Data,
            };
            let mut elements: Vec<Node<'_>> =
                list.iter().map(|value| ordered(value, element)).collect();
            if field == Field::Set {
                elements.sort_by_cached_key(json);
            }
            Node::List(elements)
        }
        scalar => Node::Scalar(scalar),
    }
}

/// The JSON text by which the elements of a set are sorted.
fn json(node: &Node<'_>) -> String {
    match node {
        Node::Scalar(value) => value.to_string(),
        Node::List(elements) => {
            let elements: Vec<String> = elements.iter().map(json).collect();
            format!("[{}]", elements.join(","))
        }
        Node::Mapping(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}:{}", Value::from(*key), json(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::to_yaml;
    use crate::document;

    #[test]
    fn orders_by_what_things_are() {
        let document = json!({
            "x-ours": 1,
            "components": { "schemas": { "B": {}, "A": {
                "properties": {
                    "type": { "required": ["b", "a"], "type": "object" },
                    "enum": { "enum": ["b", null, "a", { "z": 1, "b": 2 }] },
                    "default": { "default": { "required": ["b", "a"], "enum": 1 } },
                },
                "additionalProperties": { "nullable": true, "type": "string" },
                "type": "object",
            } } },
            "paths": { "/b": {}, "/a": {
                "post": { "responses": { "default": {}, "404": {}, "200": {} }, "operationId": "A" },
                "get": {},
                "parameters": [{ "in": "query", "name": "z" }, { "in": "query", "name": "a" }],
            } },
            "info": { "version": "1", "title": "t" },
            "openapi": "3.0.3",
        });
        let expected = "\
openapi: '3.0.3'
info:
  title: t
  version: '1'
paths:
  /a:
    parameters:
      - name: z
        in: query
      - name: a
        in: query
    get: {}
    post:
      operationId: A
      responses:
        '200': {}
        '404': {}
        default: {}
  /b: {}
components:
  schemas:
    A:
      type: object
      properties:
        default:
          default:
            enum: 1
            required:
              - b
              - a
        enum:
          enum:
            - a
            - b
            - null
            - b: 2
              z: 1
        type:
          type: object
          required:
            - a
            - b
      additionalProperties:
        type: string
        nullable: true
    B: {}
x-ours: 1
";
        assert_eq!(to_yaml(&document), expected);
    }

    /// The same value with the keys of every mapping the other way round.
    fn reversed(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.reverse();
                entries
                    .into_iter()
                    .map(|(key, value)| (key.clone(), reversed(value)))
                    .collect()
            }
            Value::Array(list) => list.iter().map(reversed).collect(),
            scalar => scalar.clone(),
        }
    }

    #[test]
    fn the_real_documents_come_out_the_same_from_any_order_and_notation() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/upstream/bapi");
        let Ok(entries) = std::fs::read_dir(&directory) else {
            println!("skipped: {} is not there", directory.display());
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            let value = document::parse_openapi(&std::fs::read(&path).unwrap(), &name).unwrap();
            let text = to_yaml(&value);
            let json = serde_json::to_vec(&reversed(&value)).unwrap();
            assert!(
                text == to_yaml(&document::parse_openapi(&json, &name).unwrap()),
                "{name}: as JSON"
            );
            let again = document::parse_openapi(text.as_bytes(), &name).unwrap();
            assert!(text == to_yaml(&again), "{name}: read and written again");
        }
    }
}
