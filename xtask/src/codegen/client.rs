//! progenitor, and what we change in what it makes.

mod constructors;
mod methods;

use std::panic::{self, AssertUnwindSafe};

use anyhow::{Context, Result, anyhow, bail};
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, TypeImpl};
use quote::{ToTokens, quote};
use serde_json::{Value, json};
use syn::visit_mut::VisitMut;
use syn::{Item, parse_quote};

use super::prepare::{Prepared, SECRET_FORMAT};
use crate::schemas::{METHODS, escape};

/// Progenitor's part of the generated code.
pub(super) struct Generated {
    pub(super) client: TokenStream,
    pub(super) httpmock: TokenStream,
}

/// Runs progenitor. Its errors and its panics name no operation, so on either the operations are tried one by one.
pub(super) fn generate(prepared: &Prepared) -> Result<Generated> {
    let failure = match attempt(&prepared.document, prepared) {
        Ok(generated) => return Ok(generated),
        Err(failure) => failure,
    };
    let mut culprits = Vec::new();
    for (path, method, operation) in operations(&prepared.document) {
        let alone = only(&prepared.document, &path, &method);
        if let Err(failure) = attempt(&alone, prepared) {
            let pointer = format!("#/paths/{}/{method}", escape(&path));
            culprits.push(format!("  {operation}: {pointer}: {failure:#}"));
        }
    }
    if culprits.is_empty() {
        return Err(
            failure.context("progenitor fails on the document, though on no operation alone")
        );
    }
    bail!(
        "progenitor can't take these operations; leave them out of openapi/upstream.toml, or correct them in openapi/overlay.yml:\n{}",
        culprits.join("\n")
    );
}

fn attempt(document: &Value, prepared: &Prepared) -> Result<Generated> {
    let spec: OpenAPI = serde_json::from_value(document.clone())
        .context("the document is not what OpenAPI 3.0 allows")?;
    let settings = settings(prepared)?;
    without_panic(|| {
        let client = Generator::new(&settings).generate_tokens(&spec)?;
        let httpmock = Generator::new(&settings).httpmock(&spec, "crate::generated::client")?;
        Ok(Generated {
            client: adapt(client)?,
            httpmock,
        })
    })
}

/// Turns a panic into an error with its message, and keeps it off the standard error stream.
fn without_panic<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    result.unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().cloned().or_else(|| {
            payload
                .downcast_ref::<&str>()
                .map(|message| (*message).to_owned())
        });
        Err(anyhow!(
            "progenitor panicked: {}",
            message.unwrap_or_default()
        ))
    })
}

fn settings(prepared: &Prepared) -> Result<GenerationSettings> {
    let mut settings = GenerationSettings::new();
    settings
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::call::Call });
    let string = |format: &str| {
        serde_json::from_value(json!({"type": "string", "format": format}))
            .with_context(|| format!("the schema of format {format}"))
    };
    settings.with_conversion(string(SECRET_FORMAT)?, "crate::Secret", std::iter::empty());
    for open_enum in &prepared.open_enums {
        let path = format!("crate::generated::open_enums::{}", open_enum.name);
        let implements = [TypeImpl::Display].into_iter();
        settings.with_conversion(string(&open_enum.format())?, &path, implements.clone());
        if let Some(component) = &open_enum.component {
            settings.with_replacement(component, &path, implements);
        }
    }
    Ok(settings)
}

/// What progenitor has no setting for.
fn adapt(code: TokenStream) -> Result<TokenStream> {
    let mut file: syn::File = syn::parse2(code).context("progenitor's code doesn't parse")?;
    let types = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let constructors = match types {
        Some((_, types)) => constructors::constructors(&file, types)?,
        None => Vec::new(),
    };
    for item in &mut file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                let Some((_, items)) = &mut module.content else {
                    continue;
                };
                drop_unused_errors(items);
                items.iter_mut().for_each(open);
                items.extend(constructors.iter().cloned());
            }
            Item::Impl(block) if block.trait_.is_none() => {
                // `Client::new` panics where TLS can't be set up; `clerk_api::ClerkBuilder` makes the clients.
                for item in &mut block.items {
                    // One made with an HTTP client of the caller's would have redirects followed, unseen.
                    if let syn::ImplItem::Fn(item) = item
                        && item.sig.ident == "new_with_client"
                    {
                        item.vis = parse_quote!(pub(crate));
                    }
                }
                block.items.retain(
                    |item| !matches!(item, syn::ImplItem::Fn(item) if item.sig.ident == "new"),
                );
            }
            _ => {}
        }
    }
    OurFunctions.visit_file_mut(&mut file);
    methods::Leaner.visit_file_mut(&mut file);
    Ok(file.into_token_stream())
}

/// Has functions of ours do two things:
/// - decode answers, since the error of progenitor's prints the body of what it can't decode, and with it a ticket;
/// - make URLs, since parsing the base URL anew for each request costs more than anything else in making it.
struct OurFunctions;

impl VisitMut for OurFunctions {
    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        syn::visit_mut::visit_expr_mut(self, expression);
        if let syn::Expr::Macro(call) = expression
            && let Some(url) = url(&call.mac)
        {
            *expression = url;
        }
    }

    fn visit_expr_call_mut(&mut self, call: &mut syn::ExprCall) {
        syn::visit_mut::visit_expr_call_mut(self, call);
        if call.func.to_token_stream().to_string() == "ResponseValue :: from_response" {
            *call.func = parse_quote!(crate::hooks::from_response);
            call.args.insert(0, parse_quote!(self));
        }
    }
}

/// typify writes an error type for conversions, whether one uses it or not.
fn drop_unused_errors(items: &mut Vec<Item>) {
    let is_error = |item: &Item| matches!(item, Item::Mod(module) if module.ident == "error");
    let uses_error = |item: &Item| {
        item.to_token_stream()
            .to_string()
            .contains("ConversionError")
    };
    if !items.iter().any(|item| !is_error(item) && uses_error(item)) {
        items.retain(|item| !is_error(item));
    }
}

/// Leaves room for fields that upstream adds, and derives the JSON schema where the feature asks for it.
fn open(item: &mut Item) {
    let attributes = match item {
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        _ => return,
    };
    let goes_over_the_wire = attributes.iter().any(|attribute| {
        attribute.path().is_ident("derive")
            && attribute
                .to_token_stream()
                .to_string()
                .contains("Serialize")
    });
    if goes_over_the_wire {
        attributes
            .push(parse_quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]));
        attributes.push(parse_quote!(#[non_exhaustive]));
    }
}

/// Path, method and operationId of every operation.
fn operations(document: &Value) -> impl Iterator<Item = (String, String, String)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(move |(method, operation)| {
                let id = operation["operationId"].as_str().unwrap_or_default();
                (path.clone(), method.clone(), id.to_owned())
            })
    })
}

/// The document with one operation left.
fn only(document: &Value, path: &str, method: &str) -> Value {
    let mut alone = document.clone();
    if let Some(paths) = alone["paths"].as_object_mut() {
        paths.retain(|known, _| known == path);
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.retain(|known, _| known == method || !METHODS.contains(&known.as_str()));
        }
    }
    alone
}

/// What `format!("{}/path/{}", self.baseurl, parameter)` becomes.
fn url(call: &syn::Macro) -> Option<syn::Expr> {
    if !call.path.is_ident("format") {
        return None;
    }
    let parse = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
    let mut arguments = call.parse_body_with(parse).ok()?.into_iter();
    let (template, base) = (arguments.next()?, arguments.next()?);
    let syn::Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Str(template),
        ..
    }) = template
    else {
        return None;
    };
    let path = template.value();
    let path = path.strip_prefix("{}")?;
    if base.to_token_stream().to_string() != "self . baseurl" {
        return None;
    }
    Some(parse_quote! { crate::hooks::url(self, format_args!(#path #(, #arguments)*)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(responses: Value) -> Prepared {
        Prepared {
            document: json!({
                "openapi": "3.0.3",
                "info": {"title": "t", "version": "1"},
                "paths": {
                    "/good": {"get": {"operationId": "Good", "responses": {"200": {"description": ""}}}},
                    "/bad": {"get": {"operationId": "Bad", "responses": responses}}
                }
            }),
            open_enums: Vec::new(),
        }
    }

    #[test]
    fn a_panic_of_progenitor_names_the_operation() {
        let schema = |kind: &str| json!({"description": "", "content": {"application/json": {"schema": {"type": kind}}}});
        let prepared = document(json!({"200": schema("string"), "201": schema("boolean")}));
        let message = generate(&prepared).err().unwrap().to_string();
        assert!(
            message.contains("Bad: #/paths/~1bad/get: progenitor panicked: "),
            "{message}"
        );
        assert!(!message.contains("Good"), "{message}");
    }

    #[test]
    fn what_openapi_does_not_allow_names_the_operation() {
        let message = generate(&document(json!("nonsense")))
            .err()
            .unwrap()
            .to_string();
        assert!(message.contains("Bad: #/paths/~1bad/get: "), "{message}");
        assert!(!message.contains("Good"), "{message}");
    }
}
