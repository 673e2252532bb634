//! The crate's source: its modules with their items, macros expanded, tests left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quote::ToTokens as _;
use syn::{Attribute, Item, Meta};

use super::macros::Macros;
use crate::read;

const DIRECTORY: &str = "clerk-api/src";

/// The path of a module below the crate's root.
pub(super) type ModulePath = Vec<String>;

/// An item, and the features that it needs.
pub(super) struct Found {
    pub(super) item: Item,
    pub(super) features: Vec<String>,
}

pub(super) struct Source {
    pub(super) modules: BTreeMap<ModulePath, Vec<Found>>,
}

impl Source {
    pub(super) fn load() -> Self {
        let mut source = Self {
            modules: BTreeMap::new(),
        };
        let mut files = Vec::new();
        let lib = Path::new(DIRECTORY).join("lib.rs");
        collect(Vec::new(), &lib, Vec::new(), &mut files);
        let macros = Macros::of(files.iter().flat_map(|(_, items, _)| items));
        for (path, items, features) in files {
            source.add(path, items, &features, &macros);
        }
        source
    }

    fn add(&mut self, path: ModulePath, items: Vec<Item>, features: &[String], macros: &Macros) {
        let mut found = Vec::new();
        let items = items.into_iter().flat_map(|item| macros.expand(item));
        for item in items.filter(|item| !is_for_tests(attributes(item))) {
            let mut needed = features.to_vec();
            needed.extend(features_of(attributes(&item)));
            if let Item::Mod(module) = &item
                && let Some((_, inner)) = &module.content
            {
                let path = [path.clone(), vec![module.ident.to_string()]].concat();
                self.add(path, inner.clone(), &needed, macros);
            }
            found.push(Found {
                item,
                features: needed,
            });
        }
        self.modules.insert(path, found);
    }
}

/// Reads a file and those of its modules.
fn collect(
    module: ModulePath,
    file: &Path,
    features: Vec<String>,
    files: &mut Vec<(ModulePath, Vec<Item>, Vec<String>)>,
) {
    let items = syn::parse_file(&read(file)).unwrap().items;
    let name = file.file_stem().unwrap();
    let directory: PathBuf = if name == "lib" || name == "mod" {
        file.parent().unwrap().to_path_buf()
    } else {
        file.with_extension("")
    };
    for item in &items {
        if let Item::Mod(inner) = item
            && inner.content.is_none()
            && !is_for_tests(&inner.attrs)
        {
            let name = inner.ident.to_string();
            let candidates = [
                directory.join(format!("{name}.rs")),
                directory.join(&name).join("mod.rs"),
            ];
            let file = candidates
                .iter()
                .find(|file| crate::root().join(file).is_file());
            let path = [module.clone(), vec![name]].concat();
            let needed = [features.clone(), features_of(&inner.attrs)].concat();
            collect(path, file.unwrap(), needed, files);
        }
    }
    files.push((module, items, features));
}

pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn conditions(attributes: &[Attribute]) -> impl Iterator<Item = String> {
    let conditions = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.filter_map(|attribute| match &attribute.meta {
        Meta::List(list) => Some(list.tokens.to_token_stream().to_string()),
        _ => None,
    })
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    conditions(attributes).any(|condition| condition == "test" || condition == "doctest")
}

/// The features that `#[cfg(feature = "…")]` names; any other condition as it is written.
pub(super) fn features_of(attributes: &[Attribute]) -> Vec<String> {
    let name = |condition: String| match condition.strip_prefix("feature = ") {
        Some(name) => name.trim_matches('"').to_owned(),
        None => condition,
    };
    conditions(attributes).map(name).collect()
}
