//! Cuts operations, and all that they refer to, out of an OpenAPI document: structure only, none of its prose.
//!
//! Pure: a document and a list of operationIds give another document, or the first problem, with its place (a JSON
//! pointer) and the operation that leads there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use crate::document::describe;
use crate::pointer::Pointer;
use crate::reference::{self, Component};
use crate::shape::{Field, METHODS, Shape};

/// Our own title for the contract: the document's own is prose.
const TITLE: &str = "Clerk Backend API: selected operations";

/// The file that lists the operations, for messages.
const LIST: &str = "openapi/upstream.toml";

/// Cuts the operations with these operationIds out of `document`.
///
/// What they refer to comes along transitively, as do path-level parameters, servers and security. Names of components
/// and `info.version` stay as they are.
pub(crate) fn slice(document: &Value, operations: &[String]) -> anyhow::Result<Value> {
    let selected = select(document, operations)?;
    cut(document, &selected, UnknownKeywords::Refused)
}

/// What to do with a keyword that OpenAPI 3.0 doesn't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownKeywords {
    /// Nothing is cut: the contract could not tell structure from prose there.
    Refused,
    /// They are copied as they are, for the comparison to tell them.
    Kept,
}

/// Cuts these operations out of `document`.
pub(crate) fn cut(
    document: &Value,
    selected: &[Selected<'_>],
    unknown_keywords: UnknownKeywords,
) -> anyhow::Result<Value> {
    let mut cutter = Cutter::new(document, unknown_keywords);
    let mut contract = Map::new();
    if let Some(version) = document.get("openapi") {
        contract.insert("openapi".to_owned(), version.clone());
    }
    let version = document.pointer("/info/version");
    contract.insert(
        "info".to_owned(),
        json!({ "title": TITLE, "version": version.and_then(Value::as_str).unwrap_or_default() }),
    );
    for (key, field) in [
        ("servers", Field::Many(Shape::Server)),
        ("security", Field::Requirements),
    ] {
        if let Some(value) = document.get(key) {
            cutter.reason = "every operation".to_owned();
            let value = cutter.field(field, value, &Pointer::root().child(key))?;
            contract.insert(key.to_owned(), value);
        }
    }
    contract.insert("paths".to_owned(), cutter.paths(selected)?);
    let components = cutter.components()?;
    if !components.is_empty() {
        contract.insert("components".to_owned(), Value::Object(components));
    }
    Ok(Value::Object(contract))
}

/// One operation and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selected<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'static str,
    /// What to call it; empty where it has no operationId.
    pub(crate) id: &'a str,
}

/// All operations of a document, those without an operationId too.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = Selected<'_>> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let operation = item.get(method)?;
            let id = operation.get("operationId").and_then(Value::as_str);
            Some(Selected {
                path,
                method,
                id: id.unwrap_or_default(),
            })
        })
    })
}

/// Finds the operations that were asked for; each must be there exactly once.
fn select<'a>(document: &'a Value, wanted: &'a [String]) -> anyhow::Result<Vec<Selected<'a>>> {
    check_paths(document)?;
    let all: Vec<Selected<'a>> = operations(document).collect();
    let mut selected = Vec::new();
    for id in wanted {
        match find(&all, id)? {
            Some(only) => selected.push(only),
            None => bail!("{}", missing(document, id, &all)),
        }
    }
    Ok(selected)
}

/// The operation of this operationId, if there is one; two are an error.
pub(crate) fn find<'a>(all: &[Selected<'a>], id: &str) -> anyhow::Result<Option<Selected<'a>>> {
    let mut found = all.iter().filter(|entry| entry.id == id);
    let first = found.next();
    if let (Some(first), Some(second)) = (first, found.next()) {
        bail!(
            "operation `{id}` is there twice: at `{}` and at `{}`; operationIds must be unique",
            first.pointer(),
            second.pointer(),
        );
    }
    Ok(first.copied())
}

/// The operations at or below the paths of the selected ones that are not selected themselves.
pub(crate) fn unlisted<'a, 'b>(
    all: &'b [Selected<'a>],
    selected: &'b [Selected<'a>],
) -> impl Iterator<Item = Selected<'a>> + use<'a, 'b> {
    let paths: BTreeSet<&str> = selected.iter().map(|entry| entry.path).collect();
    let known: BTreeSet<(&str, &str)> = selected
        .iter()
        .map(|entry| (entry.path, entry.method))
        .collect();
    all.iter().copied().filter(move |operation| {
        let path = operation.path;
        let ends = path.match_indices('/').map(|(end, _)| end);
        let mut ends = ends.chain([path.len()]);
        ends.any(|end| paths.contains(&path[..end])) && !known.contains(&(path, operation.method))
    })
}

/// A document without paths has no operations: that is no document to cut from.
pub(crate) fn check_paths(document: &Value) -> anyhow::Result<()> {
    if !document.get("paths").is_some_and(Value::is_object) {
        bail!("`#/paths` is missing or not a mapping: there are no operations to cut out");
    }
    Ok(())
}

/// Says that an operation isn't there, and what may have been meant.
pub(crate) fn missing(document: &Value, id: &str, all: &[Selected<'_>]) -> String {
    let names = all.iter().map(|entry| entry.id);
    let names: Vec<&str> = names.filter(|id| !id.is_empty()).collect();
    let nearest = match similar::get_close_matches(id, &names, 1, 0.6).first() {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    };
    let paths = document.get("paths").and_then(Value::as_object);
    let mut paths = paths.into_iter().flatten();
    let elsewhere = match paths.find(|(_, item)| item.get("$ref").is_some()) {
        Some((path, _)) => format!(
            "; `{}` is a `$ref`, and a path item's `$ref` is not followed",
            Pointer::root().child("paths").child(path)
        ),
        None => String::new(),
    };
    format!(
        "operation `{id}` is not among the {} operations at `#/paths`{nearest}{elsewhere} (edit `operations` in {LIST})",
        names.len()
    )
}

impl Selected<'_> {
    /// Method and path, as `GET /things`.
    pub(crate) fn endpoint(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Where it stands.
    pub(crate) fn pointer(&self) -> Pointer {
        Pointer::root()
            .child("paths")
            .child(self.path)
            .child(self.method)
    }
}

/// Copies parts of a document, and remembers which components they refer to.
struct Cutter<'a> {
    document: &'a Value,
    unknown_keywords: UnknownKeywords,
    /// Why the part at hand is copied: the operation that leads to it.
    reason: String,
    /// Where the part at hand is a component, which one.
    current: Option<Component>,
    /// Components that are still to be copied.
    waiting: VecDeque<Component>,
    /// All components that were asked for, with the operation that asked first.
    known: BTreeMap<Component, String>,
    /// Which component refers to which.
    references: BTreeMap<Component, BTreeSet<Component>>,
}

impl<'a> Cutter<'a> {
    fn new(document: &'a Value, unknown_keywords: UnknownKeywords) -> Self {
        Self {
            document,
            unknown_keywords,
            reason: String::new(),
            current: None,
            waiting: VecDeque::new(),
            known: BTreeMap::new(),
            references: BTreeMap::new(),
        }
    }

    /// Copies the operations, by path.
    fn paths(&mut self, selected: &[Selected<'_>]) -> anyhow::Result<Value> {
        let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for operation in selected {
            self.reason = format!("operation `{}`", operation.id);
            let at = Pointer::root().child("paths").child(operation.path);
            let Some(item) = self.document["paths"].get(operation.path) else {
                bail!("`{at}` is gone");
            };
            let copied = paths.entry(operation.path).or_default();
            let shared = ["servers", "parameters"];
            for key in shared.into_iter().chain([operation.method]) {
                if let (Some(value), Some(field)) = (item.get(key), Shape::PathItem.field(key)) {
                    let value = self.field(field, value, &at.child(key))?;
                    copied.insert(key.to_owned(), value);
                }
            }
            if item.get("$ref").is_some() {
                return Err(self.problem(
                    &at.child("$ref"),
                    "a path item's `$ref` is not followed: its operations must stand in the document itself",
                ));
            }
        }
        Ok(paths
            .into_iter()
            .map(|(path, item)| (path.to_owned(), Value::Object(item)))
            .collect())
    }

    /// Copies all components that were referred to, and those that they refer to.
    fn components(&mut self) -> anyhow::Result<Map<String, Value>> {
        let mut components = Map::new();
        while let Some(component) = self.waiting.pop_front() {
            self.reason = self.known.get(&component).cloned().unwrap_or_default();
            let at = component.pointer();
            let (Some(shape), Some(value)) = (component.shape(), at.value_in(self.document)) else {
                return Err(self.problem(&at, "there is no such component"));
            };
            self.current = Some(component.clone());
            let copied = self.object(shape, value, &at)?;
            let section = components
                .entry(component.section)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(section) = section {
                section.insert(component.name, copied);
            }
        }
        if let Some(cycle) = reference::cycle(&self.references)
            && let Some(first) = cycle.first()
        {
            self.reason = self.known.get(first).cloned().unwrap_or_default();
            let way: Vec<Pointer> = cycle.iter().map(Component::pointer).collect();
            let problem = format!(
                "reference cycle: {}; only schemas may refer back to themselves",
                reference::chain(&way)
            );
            return Err(self.problem(&first.pointer(), &problem));
        }
        Ok(components)
    }

    /// Copies what stands below a keyword.
    fn field(&mut self, field: Field, value: &Value, at: &Pointer) -> anyhow::Result<Value> {
        match field {
            Field::Prose | Field::Blank => Ok(Value::String(String::new())),
            Field::Data | Field::Set => Ok(value.clone()),
            Field::One(shape) => self.object(shape, value, at),
            Field::SchemaOrFlag if value.is_boolean() => Ok(value.clone()),
            Field::SchemaOrFlag => self.object(Shape::Schema, value, at),
            Field::Many(shape) => self
                .list(value, at)?
                .iter()
                .enumerate()
                .map(|(index, element)| self.object(shape, element, &at.child(&index.to_string())))
                .collect(),
            Field::Named(shape) => self.named(value, at, |cutter, child, at| {
                cutter.object(shape, child, at)
            }),
            Field::Patterned(shape) => {
                let mut names = self.mapping(value, at)?.clone();
                names.retain(|key, _| !key.starts_with("x-"));
                self.named(&Value::Object(names), at, |cutter, child, at| {
                    cutter.object(shape, child, at)
                })
            }
            Field::Scopes => self.named(value, at, |_, _, _| Ok(Value::String(String::new()))),
            Field::Mapping => self.named(value, at, Self::mapped),
            Field::Requirements => self.requirements(value, at),
        }
    }

    /// Copies a mapping whose keys are names.
    fn named(
        &mut self,
        value: &Value,
        at: &Pointer,
        mut each: impl FnMut(&mut Self, &Value, &Pointer) -> anyhow::Result<Value>,
    ) -> anyhow::Result<Value> {
        let mut copied = Map::new();
        for (name, child) in self.mapping(value, at)? {
            copied.insert(name.clone(), each(self, child, &at.child(name))?);
        }
        Ok(Value::Object(copied))
    }

    /// Copies an object, or the reference that stands for it.
    fn object(&mut self, shape: Shape, value: &Value, at: &Pointer) -> anyhow::Result<Value> {
        let map = self.mapping(value, at)?;
        if let Some(reference) = map.get("$ref")
            && shape.may_be_reference()
        {
            // What stands beside a `$ref` has no meaning in OpenAPI 3.0.
            let target = self.reference(shape, reference, &at.child("$ref"))?;
            return Ok(json!({ "$ref": target }));
        }
        let mut copied = Map::new();
        for (key, child) in map {
            let at = at.child(key);
            match shape.field(key) {
                Some(Field::Prose | Field::Blank) => {}
                Some(field) => {
                    copied.insert(key.clone(), self.field(field, child, &at)?);
                }
                None if key.starts_with("x-") => {}
                None if self.unknown_keywords == UnknownKeywords::Kept => {
                    copied.insert(key.clone(), child.clone());
                }
                None => {
                    let problem = format!(
                        "`{key}` is no keyword of a {} in OpenAPI 3.0: the contract can't tell structure from prose \
                         there (if it is to be known, add it to xtask/src/shape.rs)",
                        shape.name()
                    );
                    return Err(self.problem(&at, &problem));
                }
            }
        }
        for (key, field) in shape.fields() {
            if *field == Field::Blank {
                copied.insert((*key).to_owned(), Value::String(String::new()));
            }
        }
        Ok(Value::Object(copied))
    }

    /// Follows a reference: checks that it leads to a `shape`, asks for the component, gives the reference to write.
    fn reference(&mut self, shape: Shape, value: &Value, at: &Pointer) -> anyhow::Result<String> {
        let Value::String(text) = value else {
            let problem = format!("a `$ref` must be a string, not {}", describe(value));
            return Err(self.problem(at, &problem));
        };
        let target = reference::resolve(self.document, text, shape)
            .with_context(|| format!("{}: `{at}`", self.reason))?;
        self.ask_for(target.component);
        Ok(target.pointer.to_reference())
    }

    /// Follows a value of `discriminator.mapping`: a reference, or a schema's bare name.
    fn mapped(&mut self, value: &Value, at: &Pointer) -> anyhow::Result<Value> {
        let schemas = self.document.pointer("/components/schemas");
        if let Value::String(name) = value
            && schemas.is_some_and(|schemas| schemas.get(name).is_some())
        {
            self.ask_for(Component::new("schemas", name));
            return Ok(value.clone());
        }
        self.reference(Shape::Schema, value, at).map(Value::String)
    }

    /// Copies `security`, and asks for the schemes that it names.
    fn requirements(&mut self, value: &Value, at: &Pointer) -> anyhow::Result<Value> {
        for (index, requirement) in self.list(value, at)?.iter().enumerate() {
            let at = at.child(&index.to_string());
            for name in self.mapping(requirement, &at)?.keys() {
                let scheme = Component::new("securitySchemes", name);
                if scheme.pointer().value_in(self.document).is_none() {
                    let problem = format!("there is no security scheme `{}`", scheme.pointer());
                    return Err(self.problem(&at.child(name), &problem));
                }
                self.ask_for(scheme);
            }
        }
        Ok(value.clone())
    }

    /// Has a component copied, once.
    fn ask_for(&mut self, component: Component) {
        if let Some(current) = &self.current {
            self.references
                .entry(current.clone())
                .or_default()
                .insert(component.clone());
        }
        if !self.known.contains_key(&component) {
            self.known.insert(component.clone(), self.reason.clone());
            self.waiting.push_back(component);
        }
    }

    fn mapping<'v>(
        &self,
        value: &'v Value,
        at: &Pointer,
    ) -> anyhow::Result<&'v Map<String, Value>> {
        value.as_object().ok_or_else(|| {
            self.problem(
                at,
                &format!("a mapping must stand here, not {}", describe(value)),
            )
        })
    }

    fn list<'v>(&self, value: &'v Value, at: &Pointer) -> anyhow::Result<&'v [Value]> {
        value.as_array().map(Vec::as_slice).ok_or_else(|| {
            self.problem(
                at,
                &format!("a list must stand here, not {}", describe(value)),
            )
        })
    }

    /// A problem with its place and the operation that leads there.
    fn problem(&self, at: &Pointer, problem: &str) -> anyhow::Error {
        anyhow::anyhow!("{}: `{at}`: {problem}", self.reason)
    }
}

#[cfg(test)]
mod tests;
