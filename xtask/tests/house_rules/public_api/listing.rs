//! Everything public that can be reached from lib.rs.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, ImplItem, Item, TraitItem, Visibility};

use super::names::{Meaning, leaves, name_of};
use super::render;
use super::source::{Found, Source, attributes, features_of};

/// A listing of items, each with its parts.
#[derive(Default)]
pub(super) struct Listing {
    blocks: Vec<String>,
    /// What the public API names of other crates, the standard library aside.
    pub(super) foreign: BTreeSet<String>,
}

impl Listing {
    pub(super) fn of(source: &Source) -> Self {
        let mut listing = Self::default();
        listing.module(source, "clerk_api", &[], &[]);
        listing.blocks.sort();
        listing
    }

    pub(super) fn text(&self) -> String {
        self.blocks.join("\n")
    }

    /// All that is public in a module.
    fn module(&mut self, source: &Source, public: &str, module: &[String], features: &[String]) {
        for found in &source.modules[module] {
            let features = union(features, &found.features);
            match &found.item {
                Item::Mod(item) if is_public(&item.vis) => {
                    let path = format!("{public}::{}", item.ident);
                    self.blocks
                        .push(format!("{path}{}\n    mod\n", needs(&features)));
                    let inner = [module, &[item.ident.to_string()]].concat();
                    self.module(source, &path, &inner, &features);
                }
                Item::Use(item) if is_public(&item.vis) => {
                    for (alias, path) in leaves(&item.tree) {
                        let meaning = source.meaning(module, &path).unwrap();
                        match meaning {
                            Meaning::Ours(parent, name) if alias == "*" => {
                                self.module(
                                    source,
                                    public,
                                    &[parent, vec![name]].concat(),
                                    &features,
                                );
                            }
                            meaning => self.reexported(
                                source,
                                &format!("{public}::{alias}"),
                                meaning,
                                &features,
                            ),
                        }
                    }
                }
                item if name_of(item).is_some() && is_public(visibility(item)) => {
                    let name = name_of(item).unwrap_or_default();
                    self.item(
                        source,
                        &format!("{public}::{name}"),
                        module,
                        found,
                        &features,
                    );
                }
                _ => {}
            }
        }
    }

    fn reexported(&mut self, source: &Source, public: &str, meaning: Meaning, features: &[String]) {
        match meaning {
            Meaning::Foreign(path) => {
                self.blocks
                    .push(format!("{public}{}\n    use {path}\n", needs(features)));
                self.foreign.insert(path);
            }
            Meaning::Ours(parent, name) => {
                let inner = [parent.clone(), vec![name.clone()]].concat();
                if source.modules.contains_key(&inner) {
                    self.blocks
                        .push(format!("{public}{}\n    mod\n", needs(features)));
                    return self.module(source, public, &inner, features);
                }
                let items = &source.modules[&parent];
                let found = items
                    .iter()
                    .find(|found| name_of(&found.item).as_ref() == Some(&name))
                    .unwrap();
                let features = union(features, &found.features);
                self.item(source, public, &parent, found, &features);
            }
        }
    }

    /// An item, its parts, and what is implemented for it.
    fn item(
        &mut self,
        source: &Source,
        public: &str,
        module: &[String],
        found: &Found,
        features: &[String],
    ) {
        let mut lines = Vec::new();
        let mut parts = Parts {
            source,
            module,
            foreign: &mut self.foreign,
        };
        let name = name_of(&found.item).unwrap_or_default();
        let kind = match &found.item {
            Item::Struct(item) => {
                parts.fields(&item.fields, "", true, &mut lines);
                format!("struct {}", render::generic(&name, &item.generics))
            }
            Item::Enum(item) => {
                for variant in &item.variants {
                    lines.push(format!("variant {}", variant.ident));
                    parts.fields(
                        &variant.fields,
                        &format!("variant {}: ", variant.ident),
                        false,
                        &mut lines,
                    );
                }
                format!("enum {}", render::generic(&name, &item.generics))
            }
            Item::Trait(item) => {
                for part in &item.items {
                    if let TraitItem::Fn(part) = part {
                        parts.names(&part.sig);
                        lines.push(render::signature(&part.sig));
                    }
                }
                format!("trait {}", render::generic(&name, &item.generics))
            }
            Item::Const(item) => {
                parts.names(&item.ty);
                format!("const {name}: {}", render::kind(&item.ty))
            }
            Item::Type(item) => {
                parts.names(&item.ty);
                format!("type {name} = {}", render::kind(&item.ty))
            }
            Item::Fn(item) => {
                parts.names(&item.sig);
                render::signature(&item.sig)
            }
            other => panic!("{public}: {} can't be listed", other.to_token_stream()),
        };
        for (feature, path) in render::derived(attributes(&found.item)) {
            parts.path(&path);
            let feature: Vec<String> = feature.into_iter().collect();
            let name = &path.segments.last().unwrap().ident;
            lines.push(format!("derive {name}{}", needs(&feature)));
        }
        parts.implementations(&Meaning::Ours(module.to_vec(), name), features, &mut lines);
        lines.sort();
        let open = if is_non_exhaustive(attributes(&found.item)) {
            "non-exhaustive "
        } else {
            ""
        };
        let mut block = format!("{public}{}\n    {open}{kind}\n", needs(features));
        for line in lines {
            block.push_str(&format!("    | {line}\n"));
        }
        self.blocks.push(block);
    }
}

/// Looks through the parts of an item, for their text and for foreign names.
struct Parts<'a> {
    source: &'a Source,
    module: &'a [String],
    foreign: &'a mut BTreeSet<String>,
}

impl Parts<'_> {
    fn fields(
        &mut self,
        fields: &Fields,
        before: &str,
        only_public: bool,
        lines: &mut Vec<String>,
    ) {
        for (index, field) in fields.iter().enumerate() {
            if only_public && !is_public(&field.vis) {
                continue;
            }
            self.names(&field.ty);
            let name = field
                .ident
                .as_ref()
                .map_or(index.to_string(), ToString::to_string);
            lines.push(format!("{before}field {name}: {}", render::kind(&field.ty)));
        }
    }

    fn implementations(&mut self, of: &Meaning, features: &[String], lines: &mut Vec<String>) {
        for (module, items) in &self.source.modules {
            for found in items {
                let Item::Impl(item) = &found.item else {
                    continue;
                };
                let syn::Type::Path(kind) = &*item.self_ty else {
                    continue;
                };
                if self.source.meaning_of(module, &kind.path).as_ref() != Some(of) {
                    continue;
                }
                let mut parts = Parts {
                    source: self.source,
                    module,
                    foreign: self.foreign,
                };
                let further = difference(&found.features, features);
                if let Some((_, path, _)) = &item.trait_ {
                    parts.path(path);
                    let mut line = render::implementation(item);
                    for part in &item.items {
                        if let ImplItem::Type(part) = part {
                            parts.names(&part.ty);
                            line.push_str(&format!(" {} = {}", part.ident, render::kind(&part.ty)));
                        }
                    }
                    lines.push(format!("{line}{}", needs(&further)));
                    continue;
                }
                for part in &item.items {
                    match part {
                        ImplItem::Fn(part) if is_public(&part.vis) => {
                            parts.names(&part.sig);
                            let further = union(&further, &features_of(&part.attrs));
                            lines.push(format!(
                                "{}{}",
                                render::signature(&part.sig),
                                needs(&further)
                            ));
                        }
                        ImplItem::Const(part) if is_public(&part.vis) => {
                            parts.names(&part.ty);
                            lines.push(format!("const {}: {}", part.ident, render::kind(&part.ty)));
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Notes the foreign names in a piece of code.
    fn names(&mut self, code: &impl ToTokens) {
        let code = code.to_token_stream();
        // A signature or a type, whichever it is.
        if let Ok(mut code) = syn::parse2::<syn::Signature>(code.clone()) {
            self.visit_signature_mut(&mut code);
        } else {
            self.visit_type_mut(&mut syn::parse2(code).unwrap());
        }
    }

    fn path(&mut self, path: &syn::Path) {
        self.visit_path_mut(&mut path.clone());
    }
}

impl VisitMut for Parts<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if let Some(Meaning::Foreign(foreign)) = self.source.meaning_of(self.module, path) {
            let of_the_language = ["std::", "core::", "alloc::"];
            if !of_the_language
                .iter()
                .any(|start| foreign.starts_with(start))
            {
                self.foreign.insert(foreign);
            }
        }
        visit_mut::visit_path_mut(self, path);
    }
}

fn visibility(item: &Item) -> &Visibility {
    match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        _ => &Visibility::Inherited,
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_non_exhaustive(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

fn union(one: &[String], other: &[String]) -> Vec<String> {
    let mut all: Vec<String> = [one, other].concat();
    all.sort();
    all.dedup();
    all
}

fn difference(all: &[String], known: &[String]) -> Vec<String> {
    all.iter()
        .filter(|feature| !known.contains(feature))
        .cloned()
        .collect()
}

fn needs(features: &[String]) -> String {
    match features {
        [] => String::new(),
        features => format!(" [{}]", features.join(", ")),
    }
}
