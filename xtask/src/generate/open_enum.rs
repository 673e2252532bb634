//! The Rust code of open enums: progenitor's own enums fail on a value that they don't know.

use anyhow::{Result, bail};
use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::prepare::OpenEnum;

/// The variant that holds what no other variant does.
const FALLBACK: &str = "UnknownValue";

/// The type for one open enum.
pub(super) fn code(open_enum: &OpenEnum) -> Result<TokenStream> {
    let name = format_ident!("{}", open_enum.name);
    let mut variants: Vec<syn::Ident> = Vec::new();
    for (value, _) in &open_enum.values {
        let Some(variant) = variant_name(value) else {
            bail!(
                "enum `{}`: the value {value:?} makes no Rust name",
                open_enum.name
            );
        };
        if variant == FALLBACK || variants.contains(&variant) {
            bail!(
                "enum `{}`: the value {value:?} makes the Rust name `{variant}`, which is taken",
                open_enum.name
            );
        }
        variants.push(variant);
    }
    let values: Vec<&str> = open_enum
        .values
        .iter()
        .map(|(value, _)| value.as_str())
        .collect();
    let documentation = open_enum
        .values
        .iter()
        .map(|(value, meaning)| match meaning {
            Some(meaning) => format!(" `{value}`: {meaning}"),
            None => format!(" `{value}`."),
        });
    let description = format!(
        " {}",
        open_enum
            .description
            .as_deref()
            .unwrap_or("One of several values.")
    );
    let fallback = format_ident!("{FALLBACK}");
    Ok(quote! {
        #[doc = #description]
        ///
        /// A value that this version doesn't know decodes too, is kept, and serializes as it came.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #documentation] #variants,)*
            /// A value that this version of the crate doesn't know, as the server sent it.
            #fallback(String),
        }

        impl #name {
            /// The value as it goes over the wire.
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

/// The Rust name of a value. Signs that distinguish values are spelled out, so that `-name` is not `name`.
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
    // What begins with a digit, and `Self`.
    identifier(&name).or_else(|| identifier(&format!("Value{name}")).filter(|_| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_enum(values: &[&str]) -> OpenEnum {
        OpenEnum {
            name: "Status".to_owned(),
            description: None,
            values: values
                .iter()
                .map(|&value| (value.to_owned(), None))
                .collect(),
            component: None,
        }
    }

    #[test]
    fn values_that_make_no_name_or_one_that_is_taken_are_errors() {
        for (values, part) in [
            (&["in_use", "inUse"][..], "`InUse`, which is taken"),
            (&["unknown_value"], "`UnknownValue`, which is taken"),
            (&["%"], "\"%\" makes no Rust name"),
        ] {
            let error = code(&open_enum(values)).unwrap_err().to_string();
            assert!(error.replace("` `", "").contains(part), "{error}");
        }
        assert!(code(&open_enum(&["pending", "in_use"])).is_ok());
    }

    #[test]
    fn what_is_no_word_gets_a_name_all_the_same() {
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
