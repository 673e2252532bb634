//! Runs progenitor. Its output isn't changed.

use std::panic::{self, AssertUnwindSafe};

use anyhow::{Context, Result, anyhow};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, TypeImpl};
use quote::quote;
use serde_json::{Value, json};

use super::prepare::{self, Prepared, SECRET_FORMAT};
use super::{attributes, mocks, open_enum};
use crate::openapi::operations::operations;
use crate::openapi::problem::{CORRECT, fail_on};
use crate::openapi::slice::slice;
use crate::openapi::uses::{problem, uses};

/// The code that progenitor generates.
pub(super) struct Generated {
    pub(super) client: TokenStream,
    pub(super) httpmock: TokenStream,
}

/// Runs progenitor. Its errors and panics don't name the operation, so after one, each operation is tried alone.
pub(super) fn generate(prepared: &Prepared<'_>) -> Result<Generated> {
    let failure = match attempt(&prepared.document, prepared) {
        Ok(generated) => return Ok(generated),
        Err(failure) => failure,
    };
    let uses = uses(&prepared.document);
    let mut problems = Vec::new();
    for operation in operations(&prepared.document) {
        let alone = slice(&prepared.document, std::slice::from_ref(&operation));
        if let Err(failure) = alone.and_then(|alone| attempt(&alone, prepared)) {
            let place = &operation.place;
            problems.push(problem(&uses, place, format!("{failure:#}"), CORRECT));
        }
    }
    fail_on(
        &problems,
        "progenitor can't take these operations (it takes one media type for a request, one type for all success \
         responses, and no cookies)",
    )?;
    Err(failure.context("progenitor fails on the document, though on no operation alone"))
}

fn attempt(document: &Value, prepared: &Prepared<'_>) -> Result<Generated> {
    let mut client = document.clone();
    prepare::keep_successes(&mut client);
    let mocks = attributes::parsed(&mocks::document(document))?;
    let mut settings = settings(prepared)?;
    without_panic(|| {
        attributes::add(&mut settings, &client)?;
        let client = attributes::parsed(&client)?;
        Ok(Generated {
            client: Generator::new(&settings).generate_tokens(&client)?,
            httpmock: Generator::new(&settings).httpmock(&mocks, "crate::generated::client")?,
        })
    })
}

/// Turns a panic into an error, and doesn't print it.
fn without_panic<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    result.unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        let message = message.unwrap_or_default();
        Err(anyhow!("progenitor panicked: {message}"))
    })
}

fn settings(prepared: &Prepared<'_>) -> Result<GenerationSettings> {
    let mut settings = GenerationSettings::new();
    settings
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::exchange::Exchange });
    let string = |format: &str| {
        serde_json::from_value(json!({"type": "string", "format": format}))
            .with_context(|| format!("the schema of format {format}"))
    };
    settings.with_conversion(
        string(SECRET_FORMAT)?,
        "crate::secret::Secret",
        std::iter::empty(),
    );
    for named in &prepared.open_enums {
        let path = format!("crate::generated::open_enums::{}", named.name);
        let implements = [TypeImpl::Display].into_iter();
        let format = open_enum::format(named);
        settings.with_conversion(string(&format)?, &path, implements.clone());
        if let [_, section, component] = named.place.pointer.tokens().as_slice()
            && section == "schemas"
        {
            settings.with_replacement(component, &path, implements);
        }
    }
    Ok(settings)
}
