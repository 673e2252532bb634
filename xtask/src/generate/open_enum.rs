//! The Rust code of open enums. progenitor's own enums fail on unknown values.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::names::Named;
use crate::openapi::lint::is_string_enum;

/// The variant for unknown values.
const FALLBACK: &str = "UnknownValue";

/// Whether a schema becomes an open enum.
pub(super) fn is_open(schema: &Value) -> bool {
    schema.get("x-open-enum") == Some(&Value::Bool(true)) && is_string_enum(schema)
}

/// The format by which progenitor recognizes the enum.
pub(super) fn format(named: &Named<'_>) -> String {
    format!("x-open-enum:{}", named.name)
}

/// The type of an open enum, or the reason why one of its values can't be a variant.
pub(super) fn code(named: &Named<'_>) -> Result<TokenStream, String> {
    let schema = named.place.value;
    let values = schema.get("enum").and_then(Value::as_array);
    let values = values.into_iter().flatten();
    let values: Vec<&str> = values.filter_map(Value::as_str).collect();
    let mut variants: Vec<syn::Ident> = Vec::new();
    for value in &values {
        let Some(variant) = variant_name(value) else {
            return Err(format!("the value {value:?} has no name in Rust"));
        };
        if variant == FALLBACK || variants.contains(&variant) {
            return Err(format!(
                "the value {value:?} has the name `{variant}` in Rust, which is already used"
            ));
        }
        variants.push(variant);
    }
    let meanings = schema.get("x-enum-descriptions");
    let documentation = values.iter().map(|value| {
        match meanings.and_then(|meanings| meanings.get(value)?.as_str()) {
            Some(meaning) => format!(" `{value}`: {meaning}"),
            None => format!(" `{value}`."),
        }
    });
    let description = named.place.text("description");
    let description = format!(" {}", description.unwrap_or("One of several values."));
    let name = format_ident!("{}", named.name);
    let fallback = format_ident!("{FALLBACK}");
    let conversions = conversions(&name, &variants, &values);
    Ok(quote! {
        #[doc = #description]
        ///
        /// Unknown values are kept: they decode, and serialize as they were received.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #documentation] #variants,)*
            /// A value that this version of the crate doesn't know.
            #fallback(String),
        }

        #conversions

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for #name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!(#name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                // No `enum`: other values are valid too.
                schemars::json_schema!({
                    "type": "string",
                    "examples": [#(#values),*],
                })
            }
        }
    })
}

/// Conversions from and to strings, including those of serde.
fn conversions(name: &syn::Ident, variants: &[syn::Ident], values: &[&str]) -> TokenStream {
    let fallback = format_ident!("{FALLBACK}");
    quote! {
        impl #name {
            /// The value as it is sent and received.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    Self::#fallback(value) => value,
                }
            }
        }

        impl From<&str> for #name {
            fn from(value: &str) -> Self {
                match value {
                    #(#values => Self::#variants,)*
                    _ => Self::#fallback(value.to_owned()),
                }
            }
        }

        impl From<String> for #name {
            fn from(value: String) -> Self {
                match value.as_str() {
                    #(#values => Self::#variants,)*
                    _ => Self::#fallback(value),
                }
            }
        }

        impl std::fmt::Display for #name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    }
}

/// The Rust name of a value. Signs at the start are spelled out, so that `-name` and `name` differ.
fn variant_name(value: &str) -> Option<syn::Ident> {
    let (sign, rest) = match value.chars().next() {
        None => ("Empty", ""),
        Some('*') if value == "*" => ("Asterisk", ""),
        Some('-') => ("Minus", &value[1..]),
        Some('+') => ("Plus", &value[1..]),
        Some(_) => ("", value),
    };
    let name = format!("{sign}{}", rest.to_upper_camel_case());
    let identifier = |name: &str| syn::parse_str::<syn::Ident>(name).ok();
    // A name can't start with a digit or be `Self`.
    identifier(&name).or_else(|| identifier(&format!("Value{name}")).filter(|_| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_not_words_get_names() {
        for (value, name) in [
            ("", "Empty"),
            ("*", "Asterisk"),
            ("-created_at", "MinusCreatedAt"),
            ("+created_at", "PlusCreatedAt"),
            ("2fa", "Value2fa"),
            ("self", "ValueSelf"),
        ] {
            assert_eq!(variant_name(value).unwrap(), name);
        }
    }
}
