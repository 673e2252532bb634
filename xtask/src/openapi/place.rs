//! A value together with its location.

use serde_json::Value;

use super::pointer::Pointer;

/// A value in a document.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    /// The whole document, to resolve references.
    pub(crate) document: &'a Value,
    pub(crate) pointer: Pointer,
    pub(crate) value: &'a Value,
}

impl<'a> Place<'a> {
    /// The whole document.
    pub(crate) fn root(document: &'a Value) -> Self {
        Self {
            document,
            pointer: Pointer::root(),
            value: document,
        }
    }

    /// The value at a pointer.
    pub(crate) fn at(document: &'a Value, pointer: &Pointer) -> Option<Self> {
        Some(Self {
            document,
            pointer: pointer.clone(),
            value: pointer.value_in(document)?,
        })
    }

    /// The value of a key, or at an index.
    pub(crate) fn child(&self, key: &str) -> Option<Self> {
        let value = match self.value {
            Value::Array(list) => list.get(key.parse::<usize>().ok()?)?,
            value => value.get(key)?,
        };
        Some(Self {
            document: self.document,
            pointer: self.pointer.child(key),
            value,
        })
    }

    /// The values of a mapping by key, or of a list by index. Other values have none.
    pub(crate) fn children(&self) -> Vec<(String, Self)> {
        let keys: Vec<String> = match self.value {
            Value::Object(map) => map.keys().cloned().collect(),
            Value::Array(list) => (0..list.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        };
        let child = |key: String| self.child(&key).map(|child| (key, child));
        keys.into_iter().filter_map(child).collect()
    }

    /// The string value of a key.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }
}
