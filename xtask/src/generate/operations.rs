//! The Rust code of the operations table, which the handwritten layer uses.

use anyhow::{Context, Result};
use heck::{ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::openapi::operations::{SAFE_METHODS, operations};
use crate::openapi::server;

/// The table for the merged document.
pub(super) fn code(merged: &Value) -> Result<TokenStream> {
    let version = merged.pointer("/info/version").and_then(Value::as_str);
    let api_version = version
        .context("#/info/version: the contract has no API version; run `cargo xtask sync`")?;
    let server = server::url(merged).map_err(|problem| anyhow::anyhow!("#/servers: {problem}"))?;
    let mut constants = Vec::new();
    let mut names = Vec::new();
    for operation in operations(merged) {
        let (id, path) = (operation.id, operation.path);
        let name = id.to_snake_case();
        let constant = format_ident!("{}", id.to_shouty_snake_case());
        let stated = operation.place.value.get("x-idempotent");
        let stated = stated.and_then(Value::as_bool);
        let idempotent = stated.unwrap_or(SAFE_METHODS.contains(&operation.method));
        let method = operation.method.to_uppercase();
        let documentation = format!(" `{}`", operation.endpoint());
        constants.push(quote! {
            #[doc = #documentation]
            pub(crate) const #constant: Operation = Operation {
                id: #id,
                name: #name,
                method: #method,
                path: #path,
                idempotent: #idempotent,
            };
        });
        names.push(constant);
    }
    Ok(quote! {
        use crate::operation::Operation;

        /// The version of the API that the contract describes.
        pub const API_VERSION: &str = #api_version;

        /// The server that the contract names.
        pub(crate) const SERVER: &str = #server;

        #(#constants)*

        /// Every operation of the contract.
        pub(crate) const OPERATIONS: &[Operation] = &[#(#names),*];
    })
}
