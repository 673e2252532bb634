//! The walk over two operations side by side. What a change means is in [`super::table`].

use std::collections::BTreeSet;

use serde_json::Value;

use super::bounds;
use super::change::{Change, Class, Side, merged, quoted};
use super::message::{Context, message};
use super::node::{Content, Key, Node, Parts, Position, Schema};
use super::rust_type::rust_type;
use super::schema::{Expanded, expand};
use super::table::judge;
use crate::openapi::pointer::Pointer;

/// All changes from one operation to the other.
pub(super) fn compare(operation: &str, old: &Parts<'_>, new: &Parts<'_>) -> Vec<Change> {
    let mut walk = Walk {
        operation,
        met: BTreeSet::new(),
        found: Vec::new(),
    };
    walk.parts(&Context::default(), old, new);
    let found = walk.found.into_iter();
    merged(found.map(|(context, change)| (context.part, change)))
}

/// A schema and what it describes, as an identity.
type Met = (Vec<Pointer>, Position);

#[derive(Clone)]
struct Walk<'a> {
    operation: &'a str,
    /// The pairs of schemas that were met in a part of the operation: a schema may contain itself.
    met: BTreeSet<(String, Side, Met, Met)>,
    found: Vec<(Context, Change)>,
}

impl Walk<'_> {
    fn parts(&mut self, context: &Context, old: &Parts<'_>, new: &Parts<'_>) {
        let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
        for key in keys {
            self.part(context, key, old.get(key), new.get(key));
        }
    }

    fn part<'n>(
        &mut self,
        context: &Context,
        key: &Key,
        old: Option<&'n Node<'_>>,
        new: Option<&'n Node<'_>>,
    ) {
        if let (Some(old), Some(new)) = (old, new) {
            let below = context.below(key, new);
            match (&old.content, &new.content) {
                (Content::Value(one), Content::Value(other)) if one == other => return,
                (Content::Parts(old), Content::Parts(new)) => return self.parts(&below, old, new),
                (Content::Schema(old), Content::Schema(new)) => {
                    return self.schema(&below, old, new);
                }
                (Content::Union(old), Content::Union(new)) => {
                    return self.union(&below, old.clone(), new.clone());
                }
                _ => {}
            }
        }
        let Some(node) = new.or(old) else { return };
        let value = |node: &'n Node<'_>| node.value().unwrap_or(&Value::Null);
        let edit = bounds::edit(&key.keyword, old.map(value), new.map(value));
        let path = match key.keyword.as_str() {
            "property" => &context.path_to(&key.name),
            _ => &context.path,
        };
        let (class, effect) = judge(&key.keyword, node.mark, edit, context.side, path);
        let message = match context.path.as_str() {
            "" => message(key, node, [old, new]),
            path => format!("{}: {}", quoted(path), message(key, node, [old, new])),
        };
        let change = Change {
            class,
            operation: self.operation.to_owned(),
            pointer: node.at.to_string(),
            message,
            effect,
        };
        self.found.push((context.clone(), change));
    }

    fn schema(&mut self, context: &Context, old: &Schema<'_>, new: &Schema<'_>) {
        let (old, new) = (expand(old), expand(new));
        let met = |schema: &Expanded<'_>| (schema.pointers.clone(), schema.position);
        let pair = (context.part.clone(), context.side, met(&old), met(&new));
        if !self.met.insert(pair) {
            return;
        }
        let start = self.found.len();
        self.parts(context, &old.parts, &new.parts);
        // Whatever breaks anyway says why.
        let is_breaking = |(at, change): &(Context, Change)| {
            at.path == context.path && change.class == Class::Breaking
        };
        if self.found[start..].iter().any(is_breaking) {
            return;
        }
        let types = [&old, &new].map(|schema| {
            let rust_type = rust_type(&schema.parts, schema.position)?;
            Some(Node::new(&schema.at, Content::Value(rust_type.into())))
        });
        if let [Some(old), Some(new)] = &types {
            self.part(context, &Key::of("Rust type", ""), Some(old), Some(new));
        }
    }

    /// Pairs the branches of two unions: by `$ref`, then those that are the same, then the last two that are left.
    fn union(&mut self, context: &Context, mut old: Vec<Schema<'_>>, mut new: Vec<Schema<'_>>) {
        // The target of a `$ref`; an inline branch has a longer pointer.
        let component = |branch: &Schema<'_>| {
            let at = expand(branch).at;
            (at.tokens().len() == 3).then_some(at)
        };
        for by_name in [true, false] {
            old.retain(|one| {
                let is_pair = |other: &Schema<'_>| match by_name {
                    true => component(one).is_some() && component(one) == component(other),
                    false => self.is_same(context, one, other),
                };
                let Some(index) = new.iter().position(is_pair) else {
                    return true;
                };
                self.schema(context, one, &new.remove(index));
                false
            });
        }
        if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
            return self.schema(context, old, new);
        }
        let branch = |branch: &Schema<'_>| {
            let at = expand(branch).at;
            let name = at.tokens().pop().unwrap_or_default();
            (Key::of("branch", &name), Node::name(&at))
        };
        for (key, node) in old.iter().map(branch) {
            self.part(context, &key, Some(&node), None);
        }
        for (key, node) in new.iter().map(branch) {
            self.part(context, &key, None, Some(&node));
        }
    }

    /// Whether two schemas differ in nothing.
    fn is_same(&self, context: &Context, old: &Schema<'_>, new: &Schema<'_>) -> bool {
        let mut trial = self.clone();
        trial.found.clear();
        trial.schema(context, old, new);
        trial.found.is_empty()
    }
}
