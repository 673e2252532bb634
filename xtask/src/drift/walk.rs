//! The walk over two operations side by side. What a change means is in [`super::table`].

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::bounds;
use super::change::{Class, Edit, Finding, Side, quoted};
use super::message::{Context, came_or_went, value_message};
use super::node::{Content, Key, Node, Parts, Position, Schema};
use super::schema::{expand, identity, pointer};
use super::table::{Judgement, judge};
use crate::openapi::pointer::Pointer;

/// All changes from one operation to the other.
pub(super) fn compare(old: &Parts<'_>, new: &Parts<'_>) -> Vec<Finding> {
    let mut walk = Walk::default();
    walk.parts(&Context::default(), old, new);
    walk.found
}

/// A schema and what it describes, as an identity.
type Met = (Vec<Pointer>, Position);

#[derive(Clone, Default)]
struct Walk {
    /// The pairs of schemas that were met in a part of the operation: a schema may contain itself.
    met: BTreeSet<(String, Side, Met, Met)>,
    found: Vec<Finding>,
}

impl Walk {
    /// Compares all parts; whether a change of one of them, and not of what is in it, is breaking.
    fn parts(&mut self, context: &Context, old: &Parts<'_>, new: &Parts<'_>) -> bool {
        let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
        let mut is_breaking = false;
        for key in keys {
            let narrows = bounds::narrows(&key.keyword);
            let edit = match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => {
                    is_breaking |= self.pair(context, key, old, new);
                    continue;
                }
                (Some(_), None) if narrows => Edit::Widened,
                (Some(_), None) => Edit::Removed,
                (None, _) if narrows => Edit::Narrowed,
                (None, _) => Edit::Added,
            };
            is_breaking |= self.change(context, key, edit, old.get(key), new.get(key));
        }
        is_breaking
    }

    /// Compares a part that is there on both sides; whether a change of itself is breaking.
    fn pair(&mut self, context: &Context, key: &Key, old: &Node<'_>, new: &Node<'_>) -> bool {
        let below = || context.below(key, new);
        match (&old.content, &new.content) {
            (Content::Value(one), Content::Value(other)) if one == other => false,
            (Content::Set(one), Content::Set(other)) => self.set(context, &new.at, one, other),
            (Content::Parts(old), Content::Parts(new)) => {
                self.parts(&below(), old, new);
                false
            }
            (Content::Schema(old), Content::Schema(new)) => {
                self.schema(&below(), old, new);
                false
            }
            (Content::Union(old), Content::Union(new)) => {
                self.union(&below(), old.clone(), new.clone())
            }
            (Content::Value(one), Content::Value(other)) => {
                let edit = match bounds::compare(&key.keyword, one, other) {
                    Some(Ordering::Less) => Edit::Narrowed,
                    Some(Ordering::Greater) => Edit::Widened,
                    _ => Edit::Changed,
                };
                self.change(context, key, edit, Some(old), Some(new))
            }
            _ => self.change(context, key, Edit::Changed, Some(old), Some(new)),
        }
    }

    fn schema(&mut self, context: &Context, old: &Schema<'_>, new: &Schema<'_>) {
        let met = |schema: &Schema<'_>| (identity(schema), schema.position);
        let pair = (context.part.clone(), context.side, met(old), met(new));
        if !self.met.insert(pair) {
            return;
        }
        let (mut old, mut new) = (expand(old), expand(new));
        let rust_type = Key::of("Rust type", "");
        let types = (old.remove(&rust_type), new.remove(&rust_type));
        let is_breaking = self.parts(context, &old, &new);
        // Whatever breaks anyway says why.
        if let ((Some(old), Some(new)), false) = (types, is_breaking) {
            self.pair(context, &rust_type, &old, &new);
        }
    }

    /// Values that came or went.
    fn set(&mut self, context: &Context, at: &Pointer, old: &[String], new: &[String]) -> bool {
        let mut is_breaking = false;
        for (edit, from, to) in [(Edit::Removed, old, new), (Edit::Added, new, old)] {
            let names = from.iter().filter(|name| !to.contains(name));
            let names: Vec<String> = names.map(|name| quoted(name)).collect();
            let plural = if names.len() > 1 { "s" } else { "" };
            let noun = format!("value{plural} {}", names.join(", "));
            is_breaking |= !names.is_empty() && self.note(context, "value", edit, &noun, at);
        }
        is_breaking
    }

    /// Pairs the branches of two unions: by `$ref`, then those that say the same, then the last two that are left.
    fn union(
        &mut self,
        context: &Context,
        mut gone: Vec<Schema<'_>>,
        mut come: Vec<Schema<'_>>,
    ) -> bool {
        // What a `$ref` leads to; an inline branch has a longer pointer.
        let is_component = |at: &Pointer| at.tokens().len() == 3;
        for by_name in [true, false] {
            gone.retain(|old| {
                let is_pair = |new: &Schema<'_>| {
                    let (one, other) = (pointer(old), pointer(new));
                    (by_name && is_component(&one) && one == other)
                        || (!by_name && self.is_same(context, old, new))
                };
                let Some(index) = come.iter().position(is_pair) else {
                    return true;
                };
                self.schema(context, old, &come.remove(index));
                false
            });
        }
        if let ([old], [new]) = (gone.as_slice(), come.as_slice()) {
            self.schema(context, old, new);
            return false;
        }
        let mut is_breaking = false;
        for (edit, branches) in [(Edit::Removed, gone), (Edit::Added, come)] {
            for branch in &branches {
                let at = pointer(branch);
                let name = at.tokens().last().map(|name| quoted(name));
                let noun = format!("branch {}", name.unwrap_or_default());
                is_breaking |= self.note(context, "branch", edit, &noun, &at);
            }
        }
        is_breaking
    }

    /// Whether two schemas differ in nothing.
    fn is_same(&self, context: &Context, old: &Schema<'_>, new: &Schema<'_>) -> bool {
        let mut trial = Self {
            met: self.met.clone(),
            found: Vec::new(),
        };
        trial.schema(context, old, new);
        trial.found.is_empty()
    }

    /// Notes the change of a part; whether it is breaking.
    fn change(
        &mut self,
        context: &Context,
        key: &Key,
        edit: Edit,
        old: Option<&Node<'_>>,
        new: Option<&Node<'_>>,
    ) -> bool {
        let Some(node) = new.or(old) else {
            return false;
        };
        let path = match key.keyword.as_str() {
            "property" => context.path_to(&key.name),
            _ => context.trail.clone(),
        };
        let judgement = judge(&key.keyword, node.mark, edit, context.side, &path);
        let message = value_message(key, old, new).unwrap_or_else(|| {
            let mark = match (edit, node.mark) {
                (Edit::Added, "required") => "required ",
                _ => "",
            };
            came_or_went(edit, &format!("{mark}{}", key.noun(node)))
        });
        self.found(context, judgement, message, &node.at)
    }

    /// Notes that something without a key of its own came or went.
    fn note(
        &mut self,
        context: &Context,
        keyword: &str,
        edit: Edit,
        noun: &str,
        at: &Pointer,
    ) -> bool {
        let judgement = judge(keyword, "", edit, context.side, &context.trail);
        self.found(context, judgement, came_or_went(edit, noun), at)
    }

    fn found(
        &mut self,
        context: &Context,
        judgement: Judgement,
        message: String,
        at: &Pointer,
    ) -> bool {
        let is_breaking = judgement.class == Class::Breaking;
        self.found.push(Finding {
            class: judgement.class,
            part: context.part.clone(),
            at: at.clone(),
            message: format!("{}{message}{}", context.prefix(), judgement.suffix),
            effect: judgement.effect,
        });
        is_breaking
    }
}
