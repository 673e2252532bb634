//! Attributes of generated types.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, TypePatch};
use serde_json::Value;

use super::prepare::retain_responses;
use crate::openapi::pointer::Pointer;
use crate::openapi::uses::uses;

/// For every type.
const SCHEMARS: &str = r#"#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]"#;

/// For types that are only received, so that a new field doesn't break callers. Types that are sent don't have it:
/// callers construct them.
const RECEIVED: &str = "#[non_exhaustive]";

/// Adds the attributes of each type of the client to the settings.
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

/// The names of all types that typify uses for a document.
fn type_names(settings: &GenerationSettings, document: &Value) -> Result<BTreeSet<String>> {
    let mut generator = Generator::new(settings);
    generator.generate_tokens(&parsed(document)?)?;
    let types = generator.get_type_space().iter_types();
    Ok(types.map(|kind| kind.name()).collect())
}

/// Parses a document for progenitor.
pub(super) fn parsed(document: &Value) -> Result<OpenAPI> {
    serde_json::from_value(document.clone()).context("the document is not what OpenAPI 3.0 allows")
}

/// The document without responses, and without schemas that only responses use.
fn requests(document: &Value) -> Value {
    let mut requests = document.clone();
    retain_responses(&mut requests, |_, _| false);
    let used: BTreeSet<Pointer> = uses(&requests).into_keys().collect();
    if let Some(Value::Object(schemas)) = requests.pointer_mut("/components/schemas") {
        schemas.retain(|name, _| used.contains(&Pointer::component("schemas", name)));
    }
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
        let operation = json!({
            "operationId": "make_a_thing",
            "requestBody": {"$ref": "#/components/requestBodies/Thing"},
            "responses": {"200": body(to("made_thing"))}
        });
        let schemas = json!({
            "thing": of(json!({"parts": to("Parts"), "made": of(json!({"by": {"type": "string"}}))})),
            "Parts": {"type": "array", "items": to("part")},
            "part": of(json!({"parts": to("Parts")})),
            "made_thing": of(json!({"thing": to("thing"), "by": of(json!({"name": {"type": "string"}}))})),
            "Error": of(json!({"code": {"type": "string"}}))
        });
        let merged = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"post": operation}},
            "components": {"requestBodies": {"Thing": body(to("thing"))}, "schemas": schemas}
        });
        let client = generate(&prepare(&merged)).unwrap().client;
        let code = prettyplease::unparse(&syn::parse2(client).unwrap());
        let sent = ["Thing", "ThingMade", "Parts", "Part"];
        for name in sent.iter().chain(&["MadeThing", "MadeThingBy", "Error"]) {
            let (before, _) = code.split_once(&format!("pub struct {name}")).unwrap();
            let attributes = before.rsplit("}\n").next().unwrap();
            let is_exhaustive = !attributes.contains("non_exhaustive");
            assert_eq!(is_exhaustive, sent.contains(name), "{name}: {attributes}");
            assert!(
                attributes.contains("schemars::JsonSchema"),
                "{name}: {attributes}"
            );
        }
    }
}
