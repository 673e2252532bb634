//! What a path means in a module: an item of the crate, or of another crate.

use syn::{Item, UseTree};

use super::source::{ModulePath, Source};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An item of this crate: its module and its name.
    Ours(ModulePath, String),
    /// A path into another crate.
    Foreign(String),
}

/// A use that is this far away goes in a circle.
const FARTHEST: usize = 16;

/// Crates that need not stand in the manifest.
const BUILT_IN: [&str; 3] = ["std", "core", "alloc"];

/// The leaves of a use tree: the name that each gives, `*` for all, and its path.
pub(super) fn leaves(tree: &UseTree) -> Vec<(String, Vec<String>)> {
    match tree {
        UseTree::Path(path) => {
            let inner = leaves(&path.tree).into_iter();
            let before = vec![path.ident.to_string()];
            inner
                .map(|(name, rest)| (name, [before.clone(), rest].concat()))
                .collect()
        }
        UseTree::Name(name) => vec![(name.ident.to_string(), vec![name.ident.to_string()])],
        UseTree::Rename(name) => vec![(name.rename.to_string(), vec![name.ident.to_string()])],
        UseTree::Glob(_) => vec![("*".to_owned(), Vec::new())],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

pub(super) fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Mod(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

impl Source {
    /// What a path means in this module; `None` for what the language brings along, and for generics.
    pub(super) fn meaning(&self, module: &[String], path: &[String]) -> Option<Meaning> {
        self.follow(module, path, 0)
    }

    /// As [`meaning`](Self::meaning), of syn's path.
    pub(super) fn meaning_of(&self, module: &[String], path: &syn::Path) -> Option<Meaning> {
        let segments = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        let segments: Vec<String> = segments.collect();
        if path.leading_colon.is_some() {
            return Some(Meaning::Foreign(segments.join("::")));
        }
        self.meaning(module, &segments)
    }

    fn follow(&self, module: &[String], path: &[String], distance: usize) -> Option<Meaning> {
        assert!(distance < FARTHEST, "{}: a circle", path.join("::"));
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => return self.inside(&[], rest, distance),
            "self" => return self.inside(module, rest, distance),
            "super" => return self.inside(module.split_last()?.1, rest, distance),
            _ => {}
        }
        match self.lookup(module, first, distance) {
            Some(Meaning::Ours(parent, name)) => self.go_on(parent, name, rest, distance),
            Some(Meaning::Foreign(base)) => Some(Meaning::Foreign(
                [vec![base], rest.to_vec()].concat().join("::"),
            )),
            None if BUILT_IN.contains(&first.as_str())
                || (!rest.is_empty() && is_a_crate(first)) =>
            {
                Some(Meaning::Foreign(path.join("::")))
            }
            None => None,
        }
    }

    /// A path in a module, not in what is around it.
    fn inside(&self, module: &[String], path: &[String], distance: usize) -> Option<Meaning> {
        let Some((first, rest)) = path.split_first() else {
            let (name, parent) = module.split_last()?;
            return Some(Meaning::Ours(parent.to_vec(), name.clone()));
        };
        match self.lookup(module, first, distance)? {
            Meaning::Ours(parent, name) => self.go_on(parent, name, rest, distance),
            Meaning::Foreign(base) => Some(Meaning::Foreign(
                [vec![base], rest.to_vec()].concat().join("::"),
            )),
        }
    }

    fn go_on(
        &self,
        parent: ModulePath,
        name: String,
        rest: &[String],
        distance: usize,
    ) -> Option<Meaning> {
        let module = [parent.clone(), vec![name.clone()]].concat();
        if rest.is_empty() || !self.modules.contains_key(&module) {
            // What follows a type's name is its own: a variant, an associated type.
            return Some(Meaning::Ours(parent, name));
        }
        self.inside(&module, rest, distance + 1)
    }

    /// What a name stands for in a module.
    fn lookup(&self, module: &[String], name: &str, distance: usize) -> Option<Meaning> {
        let items = self.modules.get(module)?;
        if items
            .iter()
            .any(|found| name_of(&found.item).as_deref() == Some(name))
        {
            return Some(Meaning::Ours(module.to_vec(), name.to_owned()));
        }
        for found in items {
            let Item::Use(item) = &found.item else {
                continue;
            };
            for (alias, path) in leaves(&item.tree) {
                if alias == name {
                    return self.follow(module, &path, distance + 1);
                }
                if alias == "*"
                    && let Some(Meaning::Ours(parent, last)) =
                        self.follow(module, &path, distance + 1)
                    && let Some(found) =
                        self.lookup(&[parent, vec![last]].concat(), name, distance + 1)
                {
                    return Some(found);
                }
            }
        }
        None
    }
}

/// Whether a path may begin so that leads out of the crate: it isn't a generic's or a type's name.
fn is_a_crate(name: &str) -> bool {
    name.chars().all(|character| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    })
}
