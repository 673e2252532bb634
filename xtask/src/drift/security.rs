//! The alternatives for authentication that an operation offers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::node::{Key, Node, Parts, canonical, plain};
use crate::openapi::operations::Operation;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::refs;

/// An alternative without a scheme.
const NONE: &str = "no authentication";

/// The keywords that describe a scheme in short.
const SHORT: [&str; 4] = ["type", "scheme", "in", "name"];

/// What both documents have to be read with, so that the same alternative looks the same in both.
pub(super) struct Security {
    /// The scheme names that both documents define: such a name tells apart two schemes that look alike.
    shared: BTreeSet<String>,
    /// The alternative that a client of the contract uses.
    used: Option<String>,
}

impl Security {
    /// For an operation of the contract.
    pub(super) fn of(operation: &Operation<'_>, upstream: &Value) -> Self {
        let names = |document: &Value| -> BTreeSet<String> {
            let schemes = document.pointer("/components/securitySchemes");
            let schemes = schemes.and_then(Value::as_object).into_iter().flatten();
            schemes.map(|(name, _)| name.clone()).collect()
        };
        let shared = &names(operation.place.document) & &names(upstream);
        let mut security = Self { shared, used: None };
        let (_, alternatives) = alternatives(operation);
        let bearer = alternatives.iter().find(|each| is_bearer(each));
        let used = bearer.or(alternatives.first());
        security.used = used.map(|used| security.name(used));
        security
    }

    /// Every alternative of an operation; the one that the client uses is marked.
    pub(super) fn parts<'a>(&self, operation: &Operation<'a>) -> Parts<'a> {
        let (at, alternatives) = alternatives(operation);
        let mut names: Vec<String> = alternatives.iter().map(|each| self.name(each)).collect();
        if names.is_empty() {
            names.push(NONE.to_owned());
        }
        let parts = names.into_iter().map(|name| {
            let mark = if self.used.as_ref() == Some(&name) {
                "used"
            } else {
                ""
            };
            (Key::of("security", &name), Node::name(&at).marked(mark))
        });
        parts.collect()
    }

    /// A text that tells an alternative from all others, but not from itself with its scheme renamed.
    fn name(&self, alternative: &Place<'_>) -> String {
        let schemes = alternative.children().into_iter().map(|(name, scopes)| {
            let mut text = description(alternative.document, &name);
            if self.shared.contains(&name) {
                text = format!("{name}: {text}");
            }
            if *scopes.value != json!([]) {
                text.push_str(&format!(" {}", scopes.value));
            }
            text
        });
        let mut schemes: Vec<String> = schemes.collect();
        schemes.sort_unstable();
        match schemes.as_slice() {
            [] => NONE.to_owned(),
            schemes => schemes.join(" and "),
        }
    }
}

/// The alternatives that apply, and their place: the operation's own, or those of the document.
fn alternatives<'a>(operation: &Operation<'a>) -> (Pointer, Vec<Place<'a>>) {
    let root = Place::root(operation.place.document);
    let own = operation.place.child("security");
    let Some(list) = own.or_else(|| root.child("security")) else {
        return (root.pointer, Vec::new());
    };
    let alternatives = list.children().into_iter().map(|(_, each)| each);
    (list.pointer, alternatives.collect())
}

/// Whether this is how our client authenticates: with a bearer token, and nothing else.
fn is_bearer(alternative: &Place<'_>) -> bool {
    let schemes = alternative.children();
    let is_bearer = |name: &str| description(alternative.document, name).starts_with("http bearer");
    matches!(schemes.as_slice(), [(name, _)] if is_bearer(name))
}

/// All that a scheme says; the name of an HTTP scheme is the same in upper and lower case.
fn description(document: &Value, name: &str) -> String {
    let pointer = Pointer::component("securitySchemes", name);
    let Some(scheme) = Place::at(document, &pointer) else {
        return "an unknown scheme".to_owned();
    };
    let scheme = refs::resolved(&scheme);
    let mut words = Vec::new();
    for key in SHORT {
        words.extend(scheme.text(key).map(|word| match key {
            "scheme" => word.to_ascii_lowercase(),
            _ => word.to_owned(),
        }));
    }
    for (key, child) in scheme.children() {
        if !SHORT.contains(&key.as_str()) {
            words.push(format!("({key} {})", plain(&canonical(child.value))));
        }
    }
    words.join(" ")
}
