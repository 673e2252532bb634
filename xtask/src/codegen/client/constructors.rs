//! `new` for all that a request is made of: being non-exhaustive, none of it can be written as a literal elsewhere.

use std::collections::BTreeSet;

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Field, Fields, FnArg, Item, parse_quote};

/// What progenitor calls the request body among a method's parameters.
const BODY: &str = "body";

/// A `new` for each struct of `types` that a method of `file` takes as its request body, and for each that is in one.
pub(super) fn constructors(file: &syn::File, types: &[Item]) -> Result<Vec<Item>> {
    let sent = sent(file, types);
    let structs = types.iter().filter_map(|item| match item {
        Item::Struct(item) if sent.contains(&item.ident.to_string()) => Some(item),
        _ => None,
    });
    let constructors: Result<Vec<Option<Item>>> = structs.map(constructor).collect();
    Ok(constructors?.into_iter().flatten().collect())
}

/// The names of the request bodies' types and of all that is in them.
fn sent(file: &syn::File, types: &[Item]) -> BTreeSet<String> {
    let mut names = Names::default();
    for item in &file.items {
        if let Item::Impl(block) = item {
            names.bodies(block);
        }
    }
    // Until there is no more: types may refer to types that stand before them, and to themselves.
    loop {
        let known = names.0.len();
        for item in types {
            if name_of(item).is_some_and(|name| names.0.contains(&name)) {
                names.visit_item_mut(&mut item.clone());
            }
        }
        if names.0.len() == known {
            return names.0;
        }
    }
}

fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Enum(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// The names of types that code mentions.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn bodies(&mut self, block: &syn::ItemImpl) {
        for item in &block.items {
            let syn::ImplItem::Fn(method) = item else {
                continue;
            };
            for input in &method.sig.inputs {
                if let FnArg::Typed(input) = input
                    && matches!(&*input.pat, syn::Pat::Ident(name) if name.ident == BODY)
                {
                    self.visit_type_mut(&mut input.ty.clone());
                }
            }
        }
    }
}

impl VisitMut for Names {
    fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
        visit_mut::visit_type_path_mut(self, path);
        let last = path.path.segments.last();
        self.0.extend(last.map(|segment| segment.ident.to_string()));
    }
}

/// `new` with the required fields. A tuple struct needs none: it has `From`.
fn constructor(item: &syn::ItemStruct) -> Result<Option<Item>> {
    let Fields::Named(fields) = &item.fields else {
        return Ok(None);
    };
    let name = &item.ident;
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for field in &fields.named {
        let (ident, kind) = (&field.ident, &field.ty);
        if let Some(value) = unasked(field)? {
            values.push(quote! { #ident: #value });
        } else {
            arguments.push(quote! { #ident: impl Into<#kind> });
            values.push(quote! { #ident: #ident.into() });
        }
    }
    Ok(Some(parse_quote! {
        impl #name {
            /// With the required fields; the others are unset, or have the contract's default.
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }))
}

/// What `new` gives a field that it doesn't ask for: what decoding gives it where it is absent. `None` for a required
/// field, which may have attributes too, such as another name.
fn unasked(field: &Field) -> Result<Option<TokenStream>> {
    let mut value = None;
    for attribute in &field.attrs {
        if !attribute.path().is_ident("serde") {
            continue;
        }
        attribute.parse_nested_meta(|meta| {
            let text = if meta.input.peek(syn::Token![=]) {
                Some(meta.value()?.parse::<syn::LitStr>()?)
            } else {
                None
            };
            if meta.path.is_ident("default")
                && let Some(text) = text
            {
                let function: syn::ExprPath = text.parse()?;
                value = Some(quote! { #function() });
            } else if ["default", "flatten", "skip_serializing_if"]
                .iter()
                .any(|name| meta.path.is_ident(name))
            {
                value.get_or_insert(quote! { Default::default() });
            }
            Ok(())
        })?;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use serde_json::{Value, json};

    use super::super::{Prepared, generate};

    /// Each `new` in the client for an operation with this request body and these components.
    fn made(body: Value, components: Value) -> Vec<String> {
        let answer = json!({"$ref": "#/components/schemas/Answer"});
        let content = |schema: Value| json!({"application/json": {"schema": schema}});
        let mut document = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/things": {"post": {
                "operationId": "CreateThing",
                "requestBody": {"content": content(body)},
                "responses": {"200": {"description": "", "content": content(answer)}}
            }}},
            "components": {"schemas": components}
        });
        document["components"]["schemas"]["Answer"] = object(json!({"id": {"type": "string"}}));
        let open_enums = Vec::new();
        let prepared = Prepared {
            document,
            open_enums,
        };
        let file: syn::File = syn::parse2(generate(&prepared).unwrap().client).unwrap();
        let types = file.items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
            _ => None,
        });
        let (_, items) = types.unwrap();
        let blocks = items.iter().filter_map(|item| match item {
            syn::Item::Impl(block) if block.trait_.is_none() => Some(block),
            _ => None,
        });
        blocks
            .flat_map(|block| block.items.iter().map(move |item| (&block.self_ty, item)))
            .filter_map(|(kind, item)| match item {
                syn::ImplItem::Fn(item) if item.sig.ident == "new" => Some((kind, item)),
                _ => None,
            })
            .map(|(kind, item)| {
                let (inputs, block) = (&item.sig.inputs, &item.block);
                let text = format!(
                    "{}({}) {}",
                    kind.to_token_stream(),
                    inputs.to_token_stream(),
                    block.to_token_stream()
                );
                text.replace(' ', "")
            })
            .collect()
    }

    /// A schema whose first property is required.
    fn object(properties: Value) -> Value {
        let required = properties.as_object().unwrap().keys().next().cloned();
        json!({"type": "object", "required": [required], "properties": properties})
    }

    #[test]
    fn objects_in_a_body_have_one_as_the_body_has() {
        let actor = object(json!({"sub": {"type": "string"}}));
        let body = object(json!({"actor": actor, "note": {"type": "string"}}));
        assert_eq!(
            made(body, json!({})),
            [
                "CreateThingBody(actor:implInto<CreateThingBodyActor>){Self{actor:actor.into(),note:Default::default()}}",
                "CreateThingBodyActor(sub:implInto<::std::string::String>){Self{sub:sub.into()}}",
            ]
        );
    }

    #[test]
    fn components_have_one_where_a_body_leads_to_them() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let components = json!({
            "Thing": object(json!({"id": {"type": "string"}, "parts": {"type": "array", "items": reference("Part")}})),
            "Part": object(json!({"id": {"type": "string"}, "parts": {"type": "array", "items": reference("Part")}})),
            "Other": object(json!({"id": {"type": "string"}})),
        });
        let made = made(reference("Thing"), components);
        let names: Vec<&str> = made
            .iter()
            .map(|text| text.split('(').next().unwrap())
            .collect();
        assert_eq!(names, ["Part", "Thing"], "an answer has none");
    }

    #[test]
    fn what_is_not_asked_for_is_as_decoding_has_it() {
        let body = json!({"type": "object", "required": ["aName", "maybe"], "additionalProperties": {}, "properties": {
            "aName": {"type": "string"},
            "maybe": {"type": "string", "nullable": true},
            "days": {"type": "integer", "default": 30},
            "list": {"type": "array", "items": {"type": "string"}},
        }});
        assert_eq!(
            made(body, json!({})),
            [
                "CreateThingBody(a_name:implInto<::std::string::String>,maybe:implInto<::std::option::Option<::std::string::String>>)\
                {Self{a_name:a_name.into(),days:defaults::default_u64::<i64,30>(),list:Default::default(),maybe:maybe.into(),\
                extra:Default::default()}}"
            ]
        );
    }
}
