//! Runs progenitor, and leaves what it writes as it is.

use std::panic::{self, AssertUnwindSafe};

use anyhow::{Context, Result, anyhow, bail};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, TypeImpl};
use quote::quote;
use serde_json::{Value, json};

use super::prepare::{self, Prepared, SECRET_FORMAT};
use super::{attributes, mocks};
use crate::openapi::operations::{METHODS, Operation, operations};

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
    for operation in operations(&prepared.document) {
        let alone = only(&prepared.document, &operation);
        if let Err(failure) = attempt(&alone, prepared) {
            let (id, pointer) = (operation.id, operation.pointer());
            culprits.push(format!("  {id}: {pointer}: {failure:#}"));
        }
    }
    if culprits.is_empty() {
        return Err(
            failure.context("progenitor fails on the document, though on no operation alone")
        );
    }
    bail!(
        "progenitor can't take these operations (it takes one media type for a request, one type for all success responses, and no \
         cookies); correct them in openapi/overlay.yml, or leave them out of openapi/upstream.toml:\n{}",
        culprits.join("\n")
    );
}

fn attempt(document: &Value, prepared: &Prepared) -> Result<Generated> {
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

/// The document with one operation left.
fn only(document: &Value, operation: &Operation<'_>) -> Value {
    let mut alone = document.clone();
    if let Some(paths) = alone["paths"].as_object_mut() {
        paths.retain(|path, _| path == operation.path);
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.retain(|key, _| key == operation.method || !METHODS.contains(&key.as_str()));
        }
    }
    prepare::retain_schemas(&mut alone, |_| true);
    alone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_or_panic_of_progenitor_names_the_operation() {
        let schema = |kind: &str| json!({"description": "", "content": {"application/json": {"schema": {"type": kind}}}});
        for (responses, part) in [
            (
                json!({"200": schema("string"), "201": schema("boolean")}),
                "progenitor panicked: ",
            ),
            (json!("nonsense"), ""),
        ] {
            let operation =
                |id: &str, responses| json!({"get": {"operationId": id, "responses": responses}});
            let good = operation("Good", json!({"200": {"description": ""}}));
            let document = json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
                "paths": {"/good": good, "/bad": operation("Bad", responses)}
            });
            let open_enums = Vec::new();
            let failure = generate(&Prepared {
                document,
                open_enums,
            })
            .err()
            .unwrap()
            .to_string();
            assert!(
                failure.contains(&format!("Bad: #/paths/~1bad/get: {part}")),
                "{failure}"
            );
            assert!(!failure.contains("Good"), "{failure}");
        }
    }
}
