//! The ways to authenticate that an operation offers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::node::{canonical, plain};
use crate::openapi::operations::Operation;
use crate::openapi::place::Place;
use crate::openapi::refs;

/// A way without any key.
const NONE: &str = "no authentication";

/// The keywords of a scheme that describe it in short.
const SHORT: [&str; 4] = ["type", "scheme", "in", "name"];

/// What both documents have to be read with, so that the same way is the same in both.
pub(super) struct Security {
    /// The names that both documents define: there a name tells two schemes apart that look alike.
    shared: BTreeSet<String>,
    /// The way that a client of the contract uses.
    used: Option<String>,
}

impl Security {
    /// For an operation of the contract.
    pub(super) fn of<'a>(
        contract: &'a Value,
        upstream: &'a Value,
        operation: &Operation<'a>,
    ) -> Self {
        let names = |document| {
            let schemes = schemes(document).map_or_else(Vec::new, |schemes| schemes.children());
            let names = schemes.into_iter().map(|(name, _)| name);
            names.collect::<BTreeSet<String>>()
        };
        let shared = &names(contract) & &names(upstream);
        let mut security = Self { shared, used: None };
        let holders = [operation.place(contract), Some(Place::root(contract))];
        let mut holders = holders.into_iter().flatten();
        if let Some(requirements) = holders.find_map(|holder| holder.child("security")) {
            let ways = requirements.children();
            let bearer = ways.iter().find(|(_, way)| is_bearer(way));
            let used = bearer.or(ways.first());
            security.used = used.map(|(_, way)| security.id(way));
        }
        security
    }

    /// Every alternative of a `security`, with the mark of the one that the client uses.
    pub(super) fn alternatives(&self, requirements: &Place<'_>) -> Vec<(String, &'static str)> {
        let mut ids: Vec<String> = Vec::new();
        if requirements.value.is_array() {
            ids.extend(requirements.children().iter().map(|(_, way)| self.id(way)));
        }
        if ids.is_empty() {
            ids.push(NONE.to_owned());
        }
        let marked = ids.into_iter().map(|id| match self.used.as_ref() {
            Some(used) if *used == id => (id, "used"),
            _ => (id, ""),
        });
        marked.collect()
    }

    /// A text that tells a way from all others, but not from itself with its scheme renamed.
    fn id(&self, way: &Place<'_>) -> String {
        let mut ids: Vec<String> = Vec::new();
        for (name, scopes) in way.children() {
            let mut id = description(&scheme(way.document, &name));
            if self.shared.contains(&name) {
                id = format!("{name}: {id}");
            }
            if scopes.value != &Value::Array(Vec::new()) {
                id = format!("{id} {}", scopes.value);
            }
            ids.push(id);
        }
        ids.sort_unstable();
        if ids.is_empty() {
            return NONE.to_owned();
        }
        ids.join(" and ")
    }
}

/// Whether this is how our client authenticates: with a bearer token, and nothing else.
fn is_bearer(way: &Place<'_>) -> bool {
    let schemes = way.children();
    let [(name, _)] = schemes.as_slice() else {
        return false;
    };
    description(&scheme(way.document, name)).starts_with("http bearer")
}

fn schemes(document: &Value) -> Option<Place<'_>> {
    let components = Place::root(document).child("components");
    components.and_then(|components| components.child("securitySchemes"))
}

fn scheme<'a>(document: &'a Value, name: &str) -> Option<Place<'a>> {
    let scheme = schemes(document)?.child(name)?;
    Some(refs::resolved(&scheme))
}

/// All that a scheme says; the name of an HTTP scheme is the same in upper and lower case.
fn description(scheme: &Option<Place<'_>>) -> String {
    let Some(scheme) = scheme else {
        return "an unknown scheme".to_owned();
    };
    let mut words = Vec::new();
    for key in SHORT {
        words.extend(scheme.text(key).map(|word| match key {
            "scheme" => word.to_ascii_lowercase(),
            _ => word.to_owned(),
        }));
    }
    for (key, child) in scheme.children() {
        if !SHORT.contains(&key.as_str()) && key != "description" && !key.starts_with("x-") {
            words.push(format!("({key} {})", plain(&canonical(child.value))));
        }
    }
    words.join(" ")
}
