//! Where a `$ref` leads.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::pointer::{self, Pointer};
use crate::shape::{Field, Shape};

/// The most references that may lead from one to the next before something that is none; one is usual.
const MAXIMUM_CHAIN: usize = 100;

/// One entry of a section of `components`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Component {
    /// `schemas`, `responses`, …
    pub(crate) section: String,
    /// Its name there.
    pub(crate) name: String,
}

impl Component {
    /// The component of this name.
    pub(crate) fn new(section: &str, name: &str) -> Self {
        Self {
            section: section.to_owned(),
            name: name.to_owned(),
        }
    }

    /// Where it stands.
    pub(crate) fn pointer(&self) -> Pointer {
        Pointer::root()
            .child("components")
            .child(&self.section)
            .child(&self.name)
    }

    /// What kind of object its section holds.
    pub(crate) fn shape(&self) -> Option<Shape> {
        match Shape::Components.field(&self.section)? {
            Field::Named(shape) => Some(shape),
            _ => None,
        }
    }
}

/// A reference's target.
#[derive(Debug)]
pub(crate) struct Target {
    /// The component that it is, or lies in.
    pub(crate) component: Component,
    /// Its place.
    pub(crate) pointer: Pointer,
}

/// Finds what `reference` leads to, which must be a `wanted`.
///
/// Where the target is itself a reference, and so on, the chain must end somewhere.
pub(crate) fn resolve(document: &Value, reference: &str, wanted: Shape) -> anyhow::Result<Target> {
    let target = step(document, reference, wanted)?;
    let mut way = vec![target.pointer.clone()];
    while let Some(next) = reference_at(document, way.last()) {
        let step =
            step(document, next, wanted).with_context(|| format!("by way of {}", chain(&way)))?;
        let is_cycle = way.contains(&step.pointer);
        way.push(step.pointer);
        if is_cycle {
            bail!(
                "reference cycle: {}; there is no {} at its end",
                chain(&way),
                wanted.name()
            );
        }
        if way.len() > MAXIMUM_CHAIN {
            bail!(
                "more than {MAXIMUM_CHAIN} references one after another, from `{}` on",
                target.pointer
            );
        }
    }
    Ok(target)
}

/// The reference that stands in place of an object, if one does.
fn reference_at<'a>(document: &'a Value, place: Option<&Pointer>) -> Option<&'a str> {
    place?.value_in(document)?.get("$ref")?.as_str()
}

/// Places on a way, for messages.
pub(crate) fn chain<'a>(way: impl IntoIterator<Item = &'a Pointer>) -> String {
    let places: Vec<String> = way.into_iter().map(|place| format!("`{place}`")).collect();
    places.join(" → ")
}

/// Follows one reference, without following what it finds.
fn step(document: &Value, reference: &str, wanted: Shape) -> anyhow::Result<Target> {
    let Some(fragment) = reference.strip_prefix('#') else {
        bail!(
            "`$ref: {reference}` leads out of the document: only `#/components/…` can be followed; take a document that \
             upstream has bundled into one file"
        );
    };
    let Some(pointer) = Pointer::parse_fragment(fragment) else {
        bail!("`$ref: {reference}` is not a JSON pointer such as `#/components/schemas/Name`");
    };
    let shape =
        locate(document, &pointer).with_context(|| format!("`$ref: {reference}` leads nowhere"))?;
    let [components, section, name, ..] = pointer.tokens() else {
        bail!("`$ref: {reference}` does not lead to a component");
    };
    if components != "components" {
        bail!(
            "`$ref: {reference}` leads to a place outside of `#/components`, which the contract can't keep"
        );
    }
    if shape != wanted {
        bail!(
            "`$ref: {reference}` leads to a {} where a {} must stand",
            shape.name(),
            wanted.name()
        );
    }
    Ok(Target {
        component: Component::new(section, name),
        pointer,
    })
}

/// Walks to a place and says what kind of object stands there.
fn locate(document: &Value, pointer: &Pointer) -> anyhow::Result<Shape> {
    let mut field = Field::One(Shape::Document);
    let mut value = document;
    let mut at = Pointer::root();
    for token in pointer.tokens() {
        let next = match value {
            Value::Object(map) => map.get(token),
            Value::Array(list) => pointer::index(token).and_then(|index| list.get(index)),
            _ => None,
        };
        let Some(next) = next else {
            bail!("there is no `{token}` at `{at}`");
        };
        field = match field {
            Field::One(shape) => shape.field(token).unwrap_or(Field::Prose),
            Field::SchemaOrFlag => Shape::Schema.field(token).unwrap_or(Field::Prose),
            Field::Many(shape) | Field::Named(shape) | Field::Patterned(shape) => Field::One(shape),
            _ => Field::Prose,
        };
        value = next;
        at = at.child(token);
    }
    match field {
        Field::One(shape) => Ok(shape),
        Field::SchemaOrFlag if value.is_object() => Ok(Shape::Schema),
        _ => bail!("what stands there can't be referred to"),
    }
}

/// A cycle among components that are no schemas, if there is one: first and last are the same.
pub(crate) fn cycle(
    references: &BTreeMap<Component, BTreeSet<Component>>,
) -> Option<Vec<Component>> {
    let mut graph: BTreeMap<&Component, BTreeSet<&Component>> = references
        .iter()
        .filter(|(from, _)| from.section != "schemas")
        .map(|(from, to)| (from, to.iter().collect()))
        .collect();
    // Whatever leads to nothing that is left is in no cycle.
    loop {
        let left: BTreeSet<&Component> = graph.keys().copied().collect();
        let before = graph.len();
        graph.retain(|_, to| {
            to.retain(|component| left.contains(component));
            !to.is_empty()
        });
        if graph.len() == before {
            break;
        }
    }
    // Each that is left leads to another that is left: walking on must meet one again.
    let mut way: Vec<&Component> = vec![graph.keys().next().copied()?];
    loop {
        let next = way
            .last()
            .and_then(|last| graph.get(last)?.first().copied())?;
        if let Some(start) = way.iter().position(|seen| *seen == next) {
            let closed = way[start..].iter().copied().chain([next]);
            return Some(closed.cloned().collect());
        }
        way.push(next);
    }
}

#[cfg(test)]
mod tests;
