//! The ways to authenticate that an operation offers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::node::{canonical, plain};
use crate::openapi::operations::Operation;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::refs;

/// What the client sends: a secret key as bearer token.
const CLIENT: (&str, &str) = ("http", "bearer");

/// What both documents have to be read with, so that the same way is the same in both.
pub(super) struct Security {
    /// The names of schemes that both documents define: there a name tells two schemes apart that look alike.
    shared: BTreeSet<String>,
    /// The way that a client of the contract uses, by operation.
    used: Option<String>,
}

impl Security {
    /// For an operation of the contract.
    pub(super) fn of<'a>(contract: &'a Value, upstream: &Value, operation: &Operation<'a>) -> Self {
        let schemes = |document: &Value| {
            let schemes = document.pointer("/components/securitySchemes");
            let schemes = schemes.and_then(Value::as_object).into_iter().flatten();
            schemes
                .map(|(name, _)| name.clone())
                .collect::<BTreeSet<String>>()
        };
        let shared = schemes(contract)
            .intersection(&schemes(upstream))
            .cloned()
            .collect();
        let mut security = Self { shared, used: None };
        let holders = [
            operation.place(contract),
            operation.item(contract),
            Some(Place::root(contract)),
        ];
        let requirements = holders
            .into_iter()
            .flatten()
            .find_map(|holder| holder.child("security"));
        if let Some(requirements) = requirements {
            let ways = requirements.children();
            let used = ways
                .iter()
                .find(|(_, way)| is_clients(way))
                .or(ways.first());
            security.used = used.map(|(_, way)| security.id(way));
        }
        security
    }

    /// Every alternative of a `security`, with the mark of the one that the client uses.
    pub(super) fn alternatives(&self, requirements: &Place<'_>) -> Vec<(String, &'static str)> {
        let ways = match requirements.value {
            Value::Array(_) => requirements.children(),
            _ => Vec::new(),
        };
        let mut ids: Vec<String> = ways.iter().map(|(_, way)| self.id(way)).collect();
        if ids.is_empty() {
            ids.push(NONE.to_owned());
        }
        let mark = |id: &String| {
            if self.used.as_ref() == Some(id) {
                "used"
            } else {
                ""
            }
        };
        ids.into_iter()
            .map(|id| {
                let mark = mark(&id);
                (id, mark)
            })
            .collect()
    }

    /// A text that tells a way from all others, but not from itself with its scheme renamed.
    fn id(&self, way: &Place<'_>) -> String {
        let mut schemes: Vec<String> = Vec::new();
        for (name, scopes) in way.children() {
            let mut text = describe(scheme(way.document, &name).as_ref());
            if self.shared.contains(&name) {
                text = format!("{name}: {text}");
            }
            if scopes
                .value
                .as_array()
                .is_some_and(|scopes| !scopes.is_empty())
            {
                text = format!("{text} {}", scopes.value);
            }
            schemes.push(text);
        }
        schemes.sort_unstable();
        if schemes.is_empty() {
            NONE.to_owned()
        } else {
            schemes.join(" and ")
        }
    }
}

/// The way of a request without any key.
const NONE: &str = "no authentication";

/// Whether this is how our client authenticates.
fn is_clients(way: &Place<'_>) -> bool {
    let schemes = way.children();
    let [(name, _)] = schemes.as_slice() else {
        return false;
    };
    scheme(way.document, name).is_some_and(|scheme| {
        let text = |key| scheme.text(key).unwrap_or_default().to_ascii_lowercase();
        (text("type").as_str(), text("scheme").as_str()) == CLIENT
    })
}

fn scheme<'a>(document: &'a Value, name: &str) -> Option<Place<'a>> {
    let schemes = Pointer::root().child("components").child("securitySchemes");
    Place::at(document, &schemes.child(name)).map(|scheme| refs::resolved(&scheme))
}

/// All that a scheme says.
fn describe(scheme: Option<&Place<'_>>) -> String {
    let Some(scheme) = scheme else {
        return "an unknown scheme".to_owned();
    };
    let mut words = Vec::new();
    for key in ["type", "scheme", "in", "name"] {
        words.extend(scheme.text(key).map(str::to_owned));
    }
    for (key, child) in scheme.children() {
        if !["type", "scheme", "in", "name", "description"].contains(&key.as_str())
            && !key.starts_with("x-")
        {
            words.push(format!("({key} {})", plain(&canonical(child.value))));
        }
    }
    words.join(" ")
}
