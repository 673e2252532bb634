//! The walk over two documents side by side, along references: what is found is kept with its operation and place.

use std::collections::BTreeSet;

use super::change::{Finding, Found, quoted};
use super::rules::RULES;
use super::rules::pair::Pair;
use super::side::Side;
use super::view::{Place, Schema};
use crate::openapi::pointer::Pointer;

/// Compares one part of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Comparison<'a> {
    /// What the part is, for messages: `request body`, `response 200`.
    part: &'a str,
    side: Side,
    /// Pairs of schemas that were met: a schema may recurse.
    met: BTreeSet<(String, String)>,
    /// What was found, with its place.
    found: Vec<(String, Finding)>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(part: &'a str, side: Side) -> Self {
        Self {
            part,
            side,
            met: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    pub(crate) fn side(&self) -> Side {
        self.side
    }

    /// Keeps what was found at a place.
    pub(crate) fn note(&mut self, at: &Pointer, finding: Finding) {
        self.found.push((at.to_string(), finding));
    }

    /// What was found.
    pub(crate) fn found(self) -> Vec<Found> {
        let part = self.part;
        let found = self.found.into_iter().map(|(pointer, finding)| Found {
            part: part.to_owned(),
            pointer,
            finding,
        });
        found.collect()
    }

    /// Compares what stands below `schema`, where one may stand.
    pub(crate) fn optional_schema(&mut self, old: &Place<'_>, new: &Place<'_>) {
        match (old.child("schema"), new.child("schema")) {
            (Some(old), Some(new)) => self.schema(&old, &new, ""),
            (None, None) => {}
            (_, schema) => {
                let effect = format!("{}; its Rust type changes", self.side.fails());
                let (message, at) = match schema {
                    Some(schema) => ("has a schema now, where it had none", schema.at),
                    None => ("has no schema any more", new.at.clone()),
                };
                self.note(&at, Finding::breaking(message, effect));
            }
        }
    }

    /// Compares two schemas and all that is in them; `trail` leads there from the top of the part.
    pub(crate) fn schema(&mut self, old: &Place<'_>, new: &Place<'_>, trail: &str) {
        let (old, new) = (Schema::of(old), Schema::of(new));
        let pair = (old.at.to_string(), new.at.to_string());
        if !self.met.insert(pair) {
            return;
        }
        let judged = Pair {
            side: self.side,
            old: &old,
            new: &new,
        };
        for finding in RULES.iter().flat_map(|rule| rule(judged)) {
            self.keep(&old, &new, trail, finding);
        }
        for name in old.properties() {
            if let (Some(old), Some(new)) =
                (old.below("properties", name), new.below("properties", name))
            {
                let below = if trail.is_empty() {
                    name.to_owned()
                } else {
                    format!("{trail}.{name}")
                };
                self.schema(&old, &new, &below);
            }
        }
        self.element(&old, &new, trail);
        let other = "additionalProperties";
        if let (Some(old), Some(new)) = (old.place(other), new.place(other))
            && old.value.is_object()
            && new.value.is_object()
        {
            self.schema(old, new, &format!("{trail}{{}}"));
        }
        self.negation(&old, &new, trail);
        for keyword in ["allOf", "anyOf", "oneOf"] {
            self.branches(&old, &new, trail, keyword);
        }
    }

    /// The elements of a list.
    fn element(&mut self, old: &Schema<'_>, new: &Schema<'_>, trail: &str) {
        match (old.place("items"), new.place("items")) {
            (Some(old), Some(new)) => self.schema(old, new, &format!("{trail}[]")),
            (None, None) => {}
            _ => {
                let effect = format!("{}; its Rust type changes", self.side.fails());
                let finding = Finding::breaking("the type of the elements came or went", effect);
                self.keep(old, new, trail, finding.at(["items"]));
            }
        }
    }

    /// What a value must not be.
    fn negation(&mut self, old: &Schema<'_>, new: &Schema<'_>, trail: &str) {
        let is_same = match (old.place("not"), new.place("not")) {
            (Some(old), Some(new)) => self.is_same(old, new),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            self.keep(
                old,
                new,
                trail,
                Finding::unclear("`not` changed").at(["not"]),
            );
        }
    }

    /// The branches of a union or an intersection, whatever their order.
    fn branches(&mut self, old: &Schema<'_>, new: &Schema<'_>, trail: &str, keyword: &str) {
        let (old_branches, mut come) = match (branches(old, keyword), branches(new, keyword)) {
            (None, None) => return,
            (Some(old), Some(new)) => (old, new),
            _ => {
                let finding = Finding::unclear(format!("`{keyword}` came or went"));
                return self.keep(old, new, trail, finding.at([keyword]));
            }
        };
        let mut gone = Vec::new();
        for branch in old_branches {
            match come.iter().position(|new| self.is_same(&branch, new)) {
                Some(index) => {
                    come.remove(index);
                }
                None => gone.push(branch),
            }
        }
        let is_union = keyword != "allOf";
        let finding = match (gone.as_slice(), come.as_slice()) {
            ([], []) => return,
            ([old], [new]) => return self.schema(old, new, &format!("{trail}({keyword})")),
            ([], _) if is_union && self.side.is_request() => Finding::compatible(
                format!("`{keyword}` has another variant"),
                "nothing for released clients; regeneration adds the variant",
            ),
            ([], _) if is_union => Finding::breaking(
                format!("`{keyword}` has another variant"),
                format!("where it comes, {}", self.side.fails()),
            ),
            (_, []) if is_union => Finding::breaking(
                format!("`{keyword}` lost a variant"),
                "regeneration drops the variant; a server may refuse it",
            ),
            _ => Finding::unclear(format!("the branches of `{keyword}` changed")),
        };
        self.keep(old, new, trail, finding.at([keyword]));
    }

    /// Whether two schemas differ in nothing.
    fn is_same(&self, old: &Place<'_>, new: &Place<'_>) -> bool {
        let mut trial = self.clone();
        trial.found.clear();
        trial.schema(old, new, "");
        trial.found.is_empty()
    }

    /// Keeps what was found in a schema.
    fn keep(&mut self, old: &Schema<'_>, new: &Schema<'_>, trail: &str, mut finding: Finding) {
        let schema = if finding.is_gone { old } else { new };
        let at = schema.pointer_to(&finding.below);
        if !trail.is_empty() {
            finding.message = format!("{}: {}", quoted(trail), finding.message);
        }
        self.note(&at, finding);
    }
}

/// Every key of two objects that no rule looks at and that differs: never passed over in silence.
pub(crate) fn unknown_keys(old: &Place<'_>, new: &Place<'_>, known: &[&str]) -> Vec<Finding> {
    let (old, new) = (old.entries(), new.entries());
    let keys: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let differs = |key: &str| {
        let value = |place: Option<&Place<'_>>| place.map(|place| place.value.clone());
        value(old.get(key)) != value(new.get(key))
    };
    keys.into_iter()
        .filter(|key| !known.contains(key) && differs(key))
        .map(|key| Finding::unclear(format!("the keyword {} changed", quoted(key))))
        .collect()
}

fn branches<'a>(schema: &Schema<'a>, keyword: &str) -> Option<Vec<Place<'a>>> {
    schema.place(keyword).map(Place::elements)
}
