//! Cuts operations, and all that they refer to, out of a document: structure only, none of its prose.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Map, Value, json};

use super::load::describe;
use super::operations::Operation;
use super::place::Place;
use super::pointer::Pointer;
use super::refs;
use super::shape::{Field, Shape};

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
    let mut cutter = Cutter {
        document,
        unknown_keywords,
        reason: "every operation".to_owned(),
        waiting: VecDeque::new(),
        known: BTreeMap::new(),
    };
    let mut contract = Map::new();
    for key in ["openapi", "info", "servers", "security"] {
        if let Some(place) = Place::root(document).child(key) {
            contract.insert(
                key.to_owned(),
                cutter.keyword(Shape::Document, key, &place)?,
            );
        }
    }
    contract.insert("paths".to_owned(), cutter.paths(selected)?);
    let components = cutter.components()?;
    if !components.is_empty() {
        contract.insert("components".to_owned(), json!(components));
    }
    Ok(Value::Object(contract))
}

/// Section and name of a component.
type Component = (String, String);

/// Copies parts of a document, and remembers which components they refer to.
struct Cutter<'a> {
    document: &'a Value,
    unknown_keywords: UnknownKeywords,
    /// Why the part at hand is copied: the operation that leads to it.
    reason: String,
    /// Components that are still to be copied.
    waiting: VecDeque<Component>,
    /// All components that were asked for, with the operation that asked first.
    known: BTreeMap<Component, String>,
}

impl Cutter<'_> {
    /// Copies the operations, by path.
    fn paths(&mut self, selected: &[Operation<'_>]) -> Result<Value> {
        let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for operation in selected {
            self.reason = format!("operation `{}`", operation.id);
            let pointer = Pointer::root().child("paths").child(operation.path);
            let Some(item) = Place::at(self.document, &pointer) else {
                bail!("`{pointer}` is gone");
            };
            if item.value.get("$ref").is_some() {
                return Err(self.problem(
                    &pointer.child("$ref"),
                    "a path item's `$ref` is not followed: its operations must stand in the document itself",
                ));
            }
            let copied = paths.entry(operation.path).or_default();
            for key in ["servers", "parameters", operation.method] {
                if let Some(place) = item.child(key) {
                    let value = self.keyword(Shape::PathItem, key, &place)?;
                    copied.insert(key.to_owned(), value);
                }
            }
        }
        Ok(json!(paths))
    }

    /// Copies all components that were referred to, and those that they refer to.
    fn components(&mut self) -> Result<BTreeMap<String, Map<String, Value>>> {
        let mut components: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        while let Some((section, name)) = self.waiting.pop_front() {
            let pointer = component_pointer(&section, &name);
            let component = (section, name);
            self.reason = self.known.get(&component).cloned().unwrap_or_default();
            let (Some(shape), Some(place)) = (
                Shape::of_section(&component.0),
                Place::at(self.document, &pointer),
            ) else {
                return Err(self.problem(&pointer, "there is no such component"));
            };
            let copied = self.object(shape, &place)?;
            components
                .entry(component.0)
                .or_default()
                .insert(component.1, copied);
        }
        Ok(components)
    }

    /// Copies what stands below a keyword.
    fn keyword(&mut self, shape: Shape, key: &str, place: &Place<'_>) -> Result<Value> {
        match shape.field(key) {
            Some(field) => self.field(field, place),
            None if self.unknown_keywords == UnknownKeywords::Kept => Ok(place.value.clone()),
            None => Err(self.problem(
                &place.pointer,
                &format!(
                    "`{key}` is not a keyword of a {shape:?} in OpenAPI 3.0, so the contract can't tell structure from \
                     prose there (if it should be known, add it to xtask/src/openapi/shape.rs)"
                ),
            )),
        }
    }

    fn field(&mut self, field: Field, place: &Place<'_>) -> Result<Value> {
        match field {
            Field::Prose => Ok(json!("")),
            Field::Data => Ok(place.value.clone()),
            Field::Set => {
                let mut set = self.list(place)?.clone();
                set.sort_by_cached_key(Value::to_string);
                Ok(Value::Array(set))
            }
            Field::One(shape) => self.object(shape, place),
            Field::SchemaOrFlag if place.value.is_boolean() => Ok(place.value.clone()),
            Field::SchemaOrFlag => self.object(Shape::Schema, place),
            Field::Many(shape) => {
                self.list(place)?;
                let elements = place.children().into_iter();
                elements
                    .map(|(_, element)| self.object(shape, &element))
                    .collect()
            }
            Field::Named(shape) => {
                self.named(place, |_| true, |cutter, child| cutter.object(shape, child))
            }
            Field::Patterned(shape) => {
                let is_kept = |key: &str| !key.starts_with("x-");
                self.named(place, is_kept, |cutter, child| cutter.object(shape, child))
            }
            Field::Scopes => self.named(place, |_| true, |_, _| Ok(json!(""))),
            Field::Mapping => self.named(place, |_| true, Self::mapped),
            Field::Requirements => self.requirements(place),
        }
    }

    /// Copies a mapping whose keys are names.
    fn named(
        &mut self,
        place: &Place<'_>,
        is_kept: impl Fn(&str) -> bool,
        mut each: impl FnMut(&mut Self, &Place<'_>) -> Result<Value>,
    ) -> Result<Value> {
        self.mapping(place)?;
        let mut copied = Map::new();
        for (name, child) in place.children() {
            if is_kept(&name) {
                copied.insert(name, each(self, &child)?);
            }
        }
        Ok(Value::Object(copied))
    }

    /// Copies an object, or the reference that stands for it.
    fn object(&mut self, shape: Shape, place: &Place<'_>) -> Result<Value> {
        self.mapping(place)?;
        if shape.may_be_reference()
            && let Some(reference) = place.child("$ref")
        {
            // What stands beside a `$ref` has no meaning in OpenAPI 3.0.
            refs::resolve(place).with_context(|| self.at(&reference.pointer))?;
            return Ok(json!({ "$ref": self.reference(shape, &reference)? }));
        }
        let mut copied = Map::new();
        for (key, child) in place.children() {
            let is_prose = matches!(shape.field(&key), Some(Field::Prose)) || key.starts_with("x-");
            if !is_prose {
                copied.insert(key.clone(), self.keyword(shape, &key, &child)?);
            }
        }
        if shape == Shape::Response {
            // OpenAPI requires it.
            copied.insert("description".to_owned(), json!(""));
        }
        Ok(Value::Object(copied))
    }

    /// Follows one reference, has the component copied, and gives the reference to write.
    fn reference(&mut self, shape: Shape, place: &Place<'_>) -> Result<String> {
        let target = refs::target(self.document, place.value)
            .with_context(|| self.at(&place.pointer))?
            .pointer;
        let section = shape.section().unwrap_or_default();
        match target.tokens() {
            [components, found, name, ..] if components == "components" && found == section => {
                self.ask_for(section, name);
                Ok(target.to_reference())
            }
            _ => Err(self.problem(
                &place.pointer,
                &format!(
                    "`{target}` is not in `#/components/{section}`, where a {shape:?} must be"
                ),
            )),
        }
    }

    /// Follows a value of `discriminator.mapping`: a reference, or a schema's bare name.
    fn mapped(&mut self, place: &Place<'_>) -> Result<Value> {
        let schemas = self.document.pointer("/components/schemas");
        if let Value::String(name) = place.value
            && schemas.is_some_and(|schemas| schemas.get(name).is_some())
        {
            self.ask_for("schemas", name);
            return Ok(place.value.clone());
        }
        self.reference(Shape::Schema, place).map(Value::String)
    }

    /// Copies `security`, and asks for the schemes that it names.
    fn requirements(&mut self, place: &Place<'_>) -> Result<Value> {
        self.list(place)?;
        for (_, requirement) in place.children() {
            self.mapping(&requirement)?;
            for (name, at) in requirement.children() {
                let scheme = component_pointer("securitySchemes", &name);
                if scheme.value_in(self.document).is_none() {
                    let problem = format!("there is no security scheme `{scheme}`");
                    return Err(self.problem(&at.pointer, &problem));
                }
                self.ask_for("securitySchemes", &name);
            }
        }
        Ok(place.value.clone())
    }

    /// Has a component copied, once.
    fn ask_for(&mut self, section: &str, name: &str) {
        let component = (section.to_owned(), name.to_owned());
        if !self.known.contains_key(&component) {
            self.known.insert(component.clone(), self.reason.clone());
            self.waiting.push_back(component);
        }
    }

    fn mapping(&self, place: &Place<'_>) -> Result<()> {
        if place.value.is_object() {
            return Ok(());
        }
        let found = describe(place.value);
        Err(self.problem(
            &place.pointer,
            &format!("a mapping must stand here, not {found}"),
        ))
    }

    fn list<'v>(&self, place: &Place<'v>) -> Result<&'v Vec<Value>> {
        let found = describe(place.value);
        place.value.as_array().ok_or_else(|| {
            self.problem(
                &place.pointer,
                &format!("a list must stand here, not {found}"),
            )
        })
    }

    /// A problem with its place and the operation that leads there.
    fn problem(&self, at: &Pointer, problem: &str) -> anyhow::Error {
        anyhow!("{}: {problem}", self.at(at))
    }

    fn at(&self, at: &Pointer) -> String {
        format!("{}: `{at}`", self.reason)
    }
}

fn component_pointer(section: &str, name: &str) -> Pointer {
    Pointer::root()
        .child("components")
        .child(section)
        .child(name)
}

#[cfg(test)]
mod tests;
