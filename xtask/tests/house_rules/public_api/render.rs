//! Signatures as one line of text.

use quote::ToTokens;
use syn::{Attribute, Generics, Item, Meta, Signature, Type, parse_quote};

/// One line of what prettyplease makes of an item.
fn line(item: Item) -> String {
    let file = syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: vec![item],
    };
    let text = prettyplease::unparse(&file);
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    for_people(&line)
}

/// A list that was broken into lines, on one.
fn for_people(line: &str) -> String {
    [
        ("( ", "("),
        (", )", ")"),
        ("< ", "<"),
        (", >", ">"),
        (" .", "."),
    ]
    .iter()
    .fold(line.to_owned(), |line, (from, to)| line.replace(from, to))
}

pub(super) fn signature(signature: &Signature) -> String {
    let text = line(parse_quote!(trait T { #signature; }));
    let text = text.trim_start_matches("trait T { ").trim_end_matches(" }");
    // Whether a function changes what it takes is its own affair.
    text.trim_end_matches(';').replace("(mut self", "(self")
}

pub(super) fn kind(kind: &Type) -> String {
    let text = line(parse_quote!(type T = #kind;));
    text.trim_start_matches("type T = ")
        .trim_end_matches(';')
        .to_owned()
}

/// `Name<T>`, with the bounds where the generics have them.
pub(super) fn generic(name: &str, generics: &Generics) -> String {
    let (parameters, clause) = (generics.params.to_token_stream(), &generics.where_clause);
    if generics.params.is_empty() {
        return name.to_owned();
    }
    let text = line(parse_quote!(trait T<#parameters> #clause {}));
    text.replacen("trait T", name, 1)
        .trim_end_matches(" {}")
        .to_owned()
}

/// `impl<T> Trait for Type`, without what is inside.
pub(super) fn implementation(item: &syn::ItemImpl) -> String {
    let mut empty = item.clone();
    empty.attrs.clear();
    empty.items.clear();
    line(Item::Impl(empty)).trim_end_matches(" {}").to_owned()
}

/// The traits that are derived, each with the feature that it needs.
pub(super) fn derived(attributes: &[Attribute]) -> Vec<(Option<String>, syn::Path)> {
    let mut found = Vec::new();
    for attribute in attributes {
        let Meta::List(list) = &attribute.meta else {
            continue;
        };
        let metas = list
            .parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
        if attribute.path().is_ident("derive") {
            let paths = metas
                .unwrap()
                .into_iter()
                .map(|meta| (None, meta.path().clone()));
            found.extend(paths);
        } else if attribute.path().is_ident("cfg_attr") {
            let metas: Vec<Meta> = metas.unwrap().into_iter().collect();
            let condition = metas[0].to_token_stream().to_string();
            let feature = condition
                .trim_start_matches("feature = ")
                .trim_matches('"')
                .to_owned();
            for meta in &metas[1..] {
                if let Meta::List(list) = meta
                    && list.path.is_ident("derive")
                {
                    let paths = list
                        .parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated)
                        .unwrap();
                    found.extend(paths.into_iter().map(|path| (Some(feature.clone()), path)));
                }
            }
        }
    }
    found
}
