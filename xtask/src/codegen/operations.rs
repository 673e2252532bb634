//! The Rust code of the operations table: what the handwritten layer has to know of each operation.

use anyhow::{Context, Result};
use heck::{ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::schemas::METHODS;

/// Methods that change nothing on the server, and so may always be repeated.
const SAFE_METHODS: [&str; 4] = ["get", "head", "options", "trace"];

/// The table for the merged document.
pub(super) fn code(merged: &Value) -> Result<TokenStream> {
    let api_version = merged["info"]["version"]
        .as_str()
        .context("#/info/version: the contract has no API version; run `cargo xtask sync`")?;
    let server = merged["servers"][0]["url"]
        .as_str()
        .context("#/servers/0/url: the contract has no server; run `cargo xtask sync`")?;
    let mut constants = Vec::new();
    let mut names = Vec::new();
    for (path, item) in merged["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap_or_default();
            let name = id.to_snake_case();
            let constant = format_ident!("{}", id.to_shouty_snake_case());
            let idempotent = operation["x-idempotent"]
                .as_bool()
                .unwrap_or(SAFE_METHODS.contains(&method.as_str()));
            let upper_method = method.to_uppercase();
            let documentation = format!(" `{upper_method} {path}`");
            constants.push(quote! {
                #[doc = #documentation]
                pub(crate) const #constant: Operation = Operation {
                    id: #id,
                    name: #name,
                    method: #upper_method,
                    path: #path,
                    idempotent: #idempotent,
                };
            });
            names.push(constant);
        }
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
