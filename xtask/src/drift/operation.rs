//! An operation, and what stands around it.

use serde_json::Value;

use super::view::Place;
use crate::openapi::operations::Operation as Selected;
use crate::openapi::pointer::Pointer;

/// An operation in a document.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'static str,
    /// Empty where it has none.
    pub(crate) id: &'a str,
    /// The path item.
    pub(crate) item: Place<'a>,
    pub(crate) value: Place<'a>,
}

impl<'a> Operation<'a> {
    /// The operation at a place, if there is one.
    pub(crate) fn at(document: &'a Value, selected: &Selected<'a>) -> Option<Self> {
        let root = Place {
            document,
            at: Pointer::root(),
            value: document,
        };
        let item = root.child("paths")?.child(selected.path)?;
        let value = item.child(selected.method)?;
        let id = value.value.get("operationId").and_then(Value::as_str);
        Some(Self {
            path: selected.path,
            method: selected.method,
            id: id.unwrap_or_default(),
            item,
            value,
        })
    }

    /// The whole document.
    pub(crate) fn document(&self) -> Place<'a> {
        Place {
            document: self.value.document,
            at: Pointer::root(),
            value: self.value.document,
        }
    }
}
