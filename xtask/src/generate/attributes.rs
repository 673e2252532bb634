//! What typify adds to the types that it generates.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, TypePatch};
use serde_json::Value;

use super::prepare::retain_responses;
use crate::openapi::pointer::Pointer;
use crate::openapi::uses::uses;

/// On every type.
const SCHEMARS: &str = r#"#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]"#;

/// On types that are only received, so that a field that upstream adds breaks no caller. A type that is sent has to be
/// written as a literal by those who call an operation that has no wrapper.
const RECEIVED: &str = "#[non_exhaustive]";

/// Has each type of the client get its attributes.
pub(super) fn add(settings: &mut GenerationSettings, client: &Value) -> Result<()> {
    let sent = type_names(settings, &requests(client))?;
    for name in type_names(settings, client)? {
        let mut patch = TypePatch::default();
        patch.with_attr(SCHEMARS);
        if !sent.contains(&name) {
            patch.with_attr(RECEIVED);
        }
        settings.with_patch(&name, &patch);
    }
    Ok(())
}

/// The names of the types that typify makes for a document, and of those of the language that it uses.
fn type_names(settings: &GenerationSettings, document: &Value) -> Result<BTreeSet<String>> {
    let mut generator = Generator::new(settings);
    generator.generate_tokens(&parsed(document)?)?;
    let types = generator.get_type_space().iter_types();
    Ok(types.map(|kind| kind.name()).collect())
}

/// The document as progenitor takes it.
pub(super) fn parsed(document: &Value) -> Result<OpenAPI> {
    serde_json::from_value(document.clone()).context("the document is not what OpenAPI 3.0 allows")
}

/// The document with nothing but what requests are made of.
fn requests(document: &Value) -> Value {
    let mut requests = document.clone();
    retain_responses(&mut requests, |_, _, _| false);
    let uses = uses(document);
    let schemas = Pointer::root().child("components").child("schemas");
    if let Some(Value::Object(kept)) = requests.pointer_mut("/components/schemas") {
        kept.retain(|name, _| {
            uses.get(&schemas.child(name))
                .is_some_and(|used| used.in_request)
        });
    }
    requests
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use quote::ToTokens;
    use serde_json::json;
    use syn::{Attribute, Item};

    use super::super::{client, prepare};
    use super::*;
    use crate::openapi::{load, overlay};

    /// Whether each generated type that goes over the wire may be written as a literal elsewhere. All must have the
    /// attribute for the feature.
    fn exhaustive_types(merged: &Value) -> BTreeSet<String> {
        let generated = client::generate(&prepare::prepare(merged)).unwrap();
        let file: syn::File = syn::parse2(generated.client).unwrap();
        let types = file.items.into_iter().find_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content,
            _ => None,
        });
        let mut exhaustive = BTreeSet::new();
        let mut seen = 0;
        for item in types.unwrap().1 {
            let (name, attributes) = match item {
                Item::Struct(item) => (item.ident, item.attrs),
                Item::Enum(item) => (item.ident, item.attrs),
                _ => continue,
            };
            let has = |text: &str| {
                let is_it = |attribute: &Attribute| {
                    attribute.to_token_stream().to_string().replace(' ', "") == text
                };
                attributes.iter().filter(|one| is_it(one)).count() == 1
            };
            assert!(has(&SCHEMARS.replace(' ', "")), "{name}");
            if !has(RECEIVED) {
                exhaustive.insert(name.to_string());
            }
            seen += 1;
        }
        assert!(seen > 2, "{seen} types");
        exhaustive
    }

    fn fixture(name: &str) -> Value {
        let path = Path::new("tests/fixtures").join(name);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        load::mapping(&std::fs::read(path).unwrap(), name).unwrap()
    }

    fn strings<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(str::to_owned).into()
    }

    #[test]
    fn every_type_of_a_contract_has_its_attributes() {
        let overlay = fixture("contract/overlay.yml");
        let contract = fixture("contract/sign-in-tokens.yml");
        let merged = overlay::apply(&contract, overlay, "overlay").unwrap();
        assert_eq!(
            exhaustive_types(&merged),
            strings(["CreateSignInTokenBody"])
        );
        // Without an overlay: closed enums, and objects that refuse what they don't know.
        assert_eq!(
            exhaustive_types(&fixture("actor-tokens.yml")),
            strings(["CreateActorTokenBody", "CreateActorTokenBodyActor"])
        );
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        exhaustive_types(&overlay::merged(root).unwrap());
    }

    #[test]
    fn what_a_request_leads_to_is_exhaustive_whatever_else_has_it() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let body = |schema: Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
        let of = |properties: Value| json!({"type": "object", "properties": properties});
        let kind = json!({"type": "string", "enum": ["a", "b"]});
        let merged = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {
                    "parameters": [{"name": "sort_by", "in": "query", "schema": kind}],
                    "post": {
                        "operationId": "make_a_thing",
                        "requestBody": {"$ref": "#/components/requestBodies/Thing"},
                        "responses": {"200": body(to("made_thing"))}
                    }
                },
                "/b": {"get": {
                    "operationId": "ListThings",
                    "responses": {"200": body(of(json!({"things": {"type": "array", "items": to("made_thing")}})))}
                }}
            },
            "components": {
                "requestBodies": {"Thing": body(to("thing"))},
                "schemas": {
                    "thing": of(json!({"part": to("Parts"), "made": of(json!({"by": {"type": "string"}}))})),
                    "Parts": {"type": "array", "items": to("part")},
                    "part": of(json!({"kind": to("Kind"), "parts": to("Parts")})),
                    "Kind": kind,
                    "made_thing": of(json!({"thing": to("thing"), "state": kind})),
                    "Error": of(json!({"code": {"type": "string"}}))
                }
            }
        });
        assert_eq!(
            exhaustive_types(&merged),
            strings(["Kind", "Part", "Parts", "Thing", "ThingMade"])
        );
    }
}
