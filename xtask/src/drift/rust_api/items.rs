//! The public items of generated code: what a caller can name, build, match or call.

use std::collections::BTreeMap;

use anyhow::Context;
use quote::ToTokens;
use serde_json::Value;
use syn::{
    Attribute, Field, Fields, FnArg, Generics, ImplItem, Item, ItemImpl, Signature, TraitItem,
    Type, Visibility,
};

use crate::codegen;

/// Public items by path; a trait that a type implements is `Type as Trait`.
pub(super) type Items = BTreeMap<String, Entry>;

/// One public item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its type or signature, as far as callers see it.
    pub(super) signature: String,
    /// Whether it is a member of something that can be built or matched exhaustively.
    pub(super) is_exhaustive: bool,
}

/// The public items of the code that is generated for a document.
pub(super) fn items(merged: &Value) -> anyhow::Result<Items> {
    let mut all = Items::new();
    for (name, text) in codegen::generate_from(merged)? {
        let file = syn::parse_file(&text).with_context(|| format!("generated {name}"))?;
        all.extend(items_of(&file));
    }
    Ok(all)
}

/// The public items of one file.
pub(super) fn items_of(file: &syn::File) -> Items {
    let mut items = Items::new();
    collect(&mut items, "", &file.items);
    items
}

fn collect(found: &mut Items, module: &str, items: &[Item]) {
    for item in items {
        match item {
            Item::Mod(item) if is_public(&item.vis) => {
                let path = join(module, &item.ident);
                collect(
                    found,
                    &path,
                    item.content.as_ref().map_or(&[], |(_, items)| items),
                );
            }
            Item::Struct(item) if is_public(&item.vis) => {
                let path = join(module, &item.ident);
                let all_public = item.fields.iter().all(|field| is_public(&field.vis));
                let is_exhaustive = all_public && !is_non_exhaustive(&item.attrs);
                add(found, &path, generics(&item.generics), false);
                derives(found, &path, &item.attrs);
                fields(found, &path, &item.fields, is_exhaustive);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let path = join(module, &item.ident);
                let is_exhaustive = !is_non_exhaustive(&item.attrs);
                add(found, &path, generics(&item.generics), false);
                derives(found, &path, &item.attrs);
                for variant in &item.variants {
                    let content = variant.fields.to_token_stream().to_string();
                    add(
                        found,
                        &join(&path, &variant.ident),
                        tidy(&content),
                        is_exhaustive,
                    );
                }
            }
            Item::Trait(item) if is_public(&item.vis) => {
                let path = join(module, &item.ident);
                add(found, &path, generics(&item.generics), false);
                for member in &item.items {
                    if let TraitItem::Fn(member) = member {
                        add(
                            found,
                            &join(&path, &member.sig.ident),
                            signature(&member.sig),
                            false,
                        );
                    }
                }
            }
            Item::Fn(item) if is_public(&item.vis) => {
                add(
                    found,
                    &join(module, &item.sig.ident),
                    signature(&item.sig),
                    false,
                );
            }
            Item::Const(item) if is_public(&item.vis) => {
                add(found, &join(module, &item.ident), tokens(&item.ty), false);
            }
            Item::Type(item) if is_public(&item.vis) => {
                add(found, &join(module, &item.ident), tokens(&item.ty), false);
            }
            Item::Use(item) if is_public(&item.vis) => {
                add(
                    found,
                    &join(module, &format!("use {}", tokens(&item.tree))),
                    String::new(),
                    false,
                );
            }
            Item::Impl(item) => implementation(found, module, item),
            _ => {}
        }
    }
}

/// What a block of `impl` gives.
fn implementation(found: &mut Items, module: &str, block: &ItemImpl) {
    let Type::Path(owner) = block.self_ty.as_ref() else {
        return;
    };
    let owner = join(module, &tokens(owner));
    if let Some((_, implemented, _)) = &block.trait_ {
        return add(
            found,
            &format!("{owner} as {}", tokens(implemented)),
            String::new(),
            false,
        );
    }
    for member in &block.items {
        match member {
            ImplItem::Fn(member) if is_public(&member.vis) => {
                add(
                    found,
                    &join(&owner, &member.sig.ident),
                    signature(&member.sig),
                    false,
                );
            }
            ImplItem::Const(member) if is_public(&member.vis) => {
                add(
                    found,
                    &join(&owner, &member.ident),
                    tokens(&member.ty),
                    false,
                );
            }
            _ => {}
        }
    }
}

fn fields(found: &mut Items, path: &str, fields: &Fields, is_exhaustive: bool) {
    let public = fields
        .iter()
        .enumerate()
        .filter(|(_, field)| is_public(&field.vis));
    for (index, Field { ident, ty, .. }) in public {
        let name = ident
            .as_ref()
            .map_or(index.to_string(), ToString::to_string);
        add(found, &join(path, &name), tokens(ty), is_exhaustive);
    }
}

fn derives(found: &mut Items, path: &str, attributes: &[Attribute]) {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        // What isn't a list of paths doesn't compile either.
        let _ = attribute.parse_nested_meta(|derived| {
            add(
                found,
                &format!("{path} as {}", tokens(&derived.path)),
                String::new(),
                false,
            );
            Ok(())
        });
    }
}

fn add(found: &mut Items, path: &str, signature: String, is_exhaustive: bool) {
    let entry = Entry {
        signature,
        is_exhaustive,
    };
    found.insert(path.to_owned(), entry);
}

fn join(module: &str, name: &dyn ToString) -> String {
    match module {
        "" => name.to_string(),
        module => format!("{module}::{}", name.to_string()),
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

fn generics(generics: &Generics) -> String {
    tokens(generics)
}

/// A function's signature without the names of its arguments, which callers don't see.
fn signature(signature: &Signature) -> String {
    let arguments = signature.inputs.iter().map(|argument| match argument {
        FnArg::Receiver(receiver) => tokens(receiver),
        FnArg::Typed(argument) => tokens(&argument.ty),
    });
    let arguments: Vec<String> = arguments.collect();
    let keyword = if signature.asyncness.is_some() {
        "async fn"
    } else {
        "fn"
    };
    let generics = tokens(&signature.generics);
    let output = match tokens(&signature.output) {
        output if output.is_empty() => output,
        output => format!(" {output}"),
    };
    let bounds = match tokens(&signature.generics.where_clause) {
        bounds if bounds.is_empty() => bounds,
        bounds => format!(" {bounds}"),
    };
    format!(
        "{keyword}{generics}({}){output}{bounds}",
        arguments.join(", ")
    )
}

fn tokens(item: &impl ToTokens) -> String {
    tidy(&item.to_token_stream().to_string())
}

/// Tokens as people write them, with the paths of the standard library cut short.
fn tidy(text: &str) -> String {
    let mut text = text.replace(" :: ", "::").replace(":: ", "::");
    for (from, to) in [
        (" < ", "<"),
        ("< ", "<"),
        (" <", "<"),
        (" > ", "> "),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("' ", "'"),
        ("::std::string::String", "String"),
        ("::std::option::Option", "Option"),
        ("::std::vec::Vec", "Vec"),
    ] {
        text = text.replace(from, to);
    }
    text.trim()
        .replace("->", " -> ")
        .replace("  ", " ")
        .replace("  ", " ")
        .trim()
        .to_owned()
}
