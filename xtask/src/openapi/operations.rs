//! The operations of a document.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::place::Place;
use super::pointer::Pointer;

/// The methods that a path item can have.
pub(crate) const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

/// The methods that change nothing on the server (RFC 9110, 9.2.1), and so may always be repeated.
pub(crate) const SAFE_METHODS: [&str; 4] = ["get", "head", "options", "trace"];

/// One operation of a document.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'static str,
    /// Its operationId; empty if it has none.
    pub(crate) id: &'a str,
    /// Its path item, which may have parameters, servers and descriptions for it.
    pub(crate) item: Place<'a>,
    /// The operation itself.
    pub(crate) place: Place<'a>,
}

impl Operation<'_> {
    /// Method and path, as `GET /things`.
    pub(crate) fn endpoint(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Whether both are at the same path and method.
    pub(crate) fn is_at(&self, other: &Operation<'_>) -> bool {
        self.place.pointer == other.place.pointer
    }
}

/// All operations of a document, including those without an operationId.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().flat_map(move |(path, value)| {
        let item = Place {
            document,
            pointer: Pointer::root().child("paths").child(path),
            value,
        };
        METHODS.into_iter().filter_map(move |method| {
            let place = item.child(method)?;
            Some(Operation {
                path,
                method,
                id: place.text("operationId").unwrap_or_default(),
                item: item.clone(),
                place,
            })
        })
    })
}

/// The operation with this operationId, if there is one. It is an error if there are two.
pub(crate) fn find<'s, 'a>(
    all: &'s [Operation<'a>],
    id: &str,
) -> Result<Option<&'s Operation<'a>>> {
    let found: Vec<&Operation<'a>> = all.iter().filter(|entry| entry.id == id).collect();
    if let [first, second, ..] = found.as_slice() {
        bail!(
            "operation `{id}` is there twice: at `{}` and at `{}`; operationIds must be unique",
            first.place.pointer,
            second.place.pointer,
        );
    }
    Ok(found.first().copied())
}

/// The operations with these operationIds. Each must exist exactly once.
pub(crate) fn select<'a>(document: &'a Value, ids: &[String]) -> Result<Vec<Operation<'a>>> {
    check_paths(document)?;
    let all: Vec<Operation<'a>> = operations(document).collect();
    let select = |id: &String| {
        find(&all, id)?
            .cloned()
            .with_context(|| missing(document, id))
    };
    ids.iter().map(select).collect()
}

/// A document without paths has no operations.
pub(crate) fn check_paths(document: &Value) -> Result<()> {
    if !document.get("paths").is_some_and(Value::is_object) {
        bail!("`#/paths` is missing or not a mapping: there are no operations");
    }
    Ok(())
}

/// The first path item that is a `$ref`, if there is one: operations may be missing because of it.
pub(crate) fn path_item_reference(document: &Value) -> Option<Pointer> {
    let paths = document.get("paths").and_then(Value::as_object)?;
    let (path, _) = paths.iter().find(|(_, item)| item.get("$ref").is_some())?;
    Some(Pointer::root().child("paths").child(path))
}

/// Says that an operation doesn't exist, and suggests another.
pub(crate) fn missing(document: &Value, id: &str) -> String {
    let names = operations(document).map(|operation| operation.id);
    let names: Vec<&str> = names.filter(|id| !id.is_empty()).collect();
    let mut message = format!(
        "operation `{id}` is not among the {} operations at `#/paths`",
        names.len()
    );
    if let Some(name) = similar::get_close_matches(id, &names, 1, 0.6).first() {
        message += &format!("; did you mean `{name}`?");
    }
    if let Some(at) = path_item_reference(document) {
        message += &format!("; `{at}` is a `$ref`, and a path item's `$ref` is not followed");
    }
    message + " (edit `operations` in openapi/upstream.toml)"
}

/// The operations at or below the paths of the selected ones that are not selected themselves.
pub(crate) fn unlisted<'a>(
    all: &[Operation<'a>],
    selected: &[Operation<'a>],
) -> Vec<Operation<'a>> {
    let is_below = |path: &str, known: &Operation<'_>| {
        let rest = path.strip_prefix(known.path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut found = all.to_vec();
    found.retain(|entry| {
        selected.iter().any(|known| is_below(entry.path, known))
            && !selected.iter().any(|known| entry.is_at(known))
    });
    found
}
