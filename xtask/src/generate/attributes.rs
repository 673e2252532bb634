//! What typify adds to the types that it generates.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, TypePatch};
use serde_json::Value;

use super::prepare::{retain_responses, retain_schemas};

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
    retain_schemas(&mut requests, |used| used.in_request);
    retain_responses(&mut requests, |_, _, _| false);
    requests
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::client::generate;
    use super::super::prepare::prepare;
    use super::*;

    #[test]
    fn what_is_sent_is_exhaustive_and_what_is_only_received_is_not() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let body = |schema: Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
        let of = |properties: Value| json!({"type": "object", "properties": properties});
        let merged = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"post": {
                "operationId": "make_a_thing",
                "requestBody": {"$ref": "#/components/requestBodies/Thing"},
                "responses": {"200": body(to("made_thing"))}
            }}},
            "components": {
                "requestBodies": {"Thing": body(to("thing"))},
                "schemas": {
                    "thing": of(json!({"parts": to("Parts"), "made": of(json!({"by": {"type": "string"}}))})),
                    "Parts": {"type": "array", "items": to("part")},
                    "part": of(json!({"parts": to("Parts")})),
                    "made_thing": of(json!({"thing": to("thing"), "by": of(json!({"name": {"type": "string"}}))})),
                    "Error": of(json!({"code": {"type": "string"}}))
                }
            }
        });
        let client = generate(&prepare(&merged)).unwrap().client;
        let code = prettyplease::unparse(&syn::parse2(client).unwrap());
        for (name, is_sent) in [
            ("Thing", true),
            ("ThingMade", true),
            ("Parts", true),
            ("Part", true),
            ("MadeThing", false),
            ("MadeThingBy", false),
            ("Error", false),
        ] {
            let (before, _) = code.split_once(&format!("pub struct {name}")).unwrap();
            let attributes = before.rsplit("}\n").next().unwrap();
            assert_eq!(
                !attributes.contains("non_exhaustive"),
                is_sent,
                "{name}: {attributes}"
            );
            assert!(
                attributes.contains("schemars::JsonSchema"),
                "{name}: {attributes}"
            );
        }
    }
}
