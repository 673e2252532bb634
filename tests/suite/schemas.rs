//! The JSON schemas of the types (feature `schemars`) against the contract's: neither can change without the other.
//!
//! Both sides are brought to one form and must then be equal, so that a keyword that nobody thought of is noticed too.
//! In that form a property may be null if the contract says so or if it isn't required, because null then means what
//! its absence means; the values of an enum are examples, because the Rust type takes others too; and unknown fields
//! are never forbidden. What else differs on purpose is in [`contract`].

use std::collections::BTreeSet;
use std::path::Path;

use clerk_api::types::{ClerkError, ClerkErrors, CreateSignInTokenBody, SignInToken};
use schemars::schema_for;
use serde_json::{Value, json};

/// The operations whose types are compared. Whatever else the contract has makes no difference.
const PATHS: [&str; 2] = [
    "/sign_in_tokens",
    "/sign_in_tokens/{sign_in_token_id}/revoke",
];

/// The request's schema has no name in the contract.
const BODY: &str = "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema";

/// The types: their names, where the contract has their schemas, and what schemars derives.
fn types() -> [(&'static str, String, Value); 4] {
    let component = |name: &str| format!("/components/schemas/{name}");
    [
        (
            "ClerkError",
            component("ClerkError"),
            schema_for!(ClerkError).to_value(),
        ),
        (
            "ClerkErrors",
            component("ClerkErrors"),
            schema_for!(ClerkErrors).to_value(),
        ),
        (
            "SignInToken",
            component("SignInToken"),
            schema_for!(SignInToken).to_value(),
        ),
        (
            "CreateSignInTokenBody",
            BODY.to_owned(),
            schema_for!(CreateSignInTokenBody).to_value(),
        ),
    ]
}

/// The contract, with the differences that are meant. Each must still be one.
fn contract() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/sign-in-tokens.yml");
    let mut contract: Value =
        yaml_serde::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let schemas = &mut contract["components"]["schemas"];
    // Error bodies leave it out.
    let required = schemas["ClerkError"]["required"].as_array_mut().unwrap();
    let before = required.len();
    required.retain(|name| name != "long_message");
    assert_eq!(required.len(), before - 1);
    for (property, format) in [
        // Secrets.
        (
            "/components/schemas/SignInToken/properties/token".to_owned(),
            "password",
        ),
        (
            "/components/schemas/SignInToken/properties/url".to_owned(),
            "password",
        ),
        // The width of the Rust type.
        (format!("{BODY}/properties/expires_in_seconds"), "uint64"),
    ] {
        let property = contract.pointer_mut(&property).unwrap();
        assert_eq!(property["format"], Value::Null);
        property["format"] = json!(format);
    }
    contract
}

/// A schema of the contract in the common form.
fn from_contract(schema: &Value, required: bool) -> Value {
    let mut schema = schema.as_object().unwrap().clone();
    if let Some(target) = schema.get("$ref") {
        return json!({"$ref": last_segment(target)});
    }
    schema.remove("default");
    if schema.get("additionalProperties") == Some(&json!(false)) {
        schema.remove("additionalProperties");
    }
    let nullable = schema.remove("nullable") == Some(json!(true));
    if nullable || !required {
        schema["type"] = json!([schema["type"], "null"]);
    }
    if let Some(values) = schema.remove("enum") {
        schema.insert("examples".to_owned(), values);
    }
    if let Some(items) = schema.get_mut("items") {
        *items = from_contract(items, true);
    }
    let names = schema.get("required").cloned().unwrap_or_default();
    for (name, property) in schema
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        let required = names
            .as_array()
            .is_some_and(|names| names.contains(&json!(name)));
        *property = from_contract(property, required);
    }
    Value::Object(schema)
}

/// A derived schema in the common form.
fn from_rust(schema: &Value, definitions: &Value) -> Value {
    if let Some(target) = schema.get("$ref") {
        let target = last_segment(target);
        let definition = &definitions[target];
        // An object is compared on its own; anything smaller is a part of the property.
        return match definition["properties"] {
            Value::Object(_) => json!({"$ref": target}),
            _ => from_rust(definition, definitions),
        };
    }
    let mut schema = schema.as_object().unwrap().clone();
    for words in ["$schema", "$defs", "title", "description"] {
        schema.remove(words);
    }
    if let Some(items) = schema.get_mut("items") {
        *items = from_rust(items, definitions);
    }
    for property in schema
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        *property.1 = from_rust(property.1, definitions);
    }
    Value::Object(schema)
}

fn last_segment(reference: &Value) -> &str {
    reference.as_str().unwrap().rsplit('/').next().unwrap()
}

/// The names of all schemas that a part of the contract refers to, directly and further on.
fn referenced(part: &Value, contract: &Value, names: &mut BTreeSet<String>) {
    if let Some(target) = part["$ref"].as_str() {
        let target = target.trim_start_matches('#');
        let schema = target.strip_prefix("/components/schemas/");
        if schema.is_none_or(|name| names.insert(name.to_owned())) {
            referenced(contract.pointer(target).unwrap(), contract, names);
        }
    }
    let members = part
        .as_object()
        .into_iter()
        .flat_map(|object| object.values());
    for inner in members.chain(part.as_array().into_iter().flatten()) {
        referenced(inner, contract, names);
    }
}

/// Everything in which the types differ from a contract.
fn differences(contract: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let mut names = BTreeSet::new();
    for path in PATHS {
        referenced(&contract["paths"][path], contract, &mut names);
    }
    for (name, pointer, derived) in types() {
        names.remove(name);
        let in_contract = contract
            .pointer(&pointer)
            .map(|schema| from_contract(schema, true));
        let in_rust = from_rust(&derived, &derived["$defs"]);
        if in_contract.as_ref() != Some(&in_rust) {
            let in_contract = in_contract.unwrap_or_default();
            differences.push(format!(
                "{name}: {in_contract:#} in the contract, {in_rust:#} in Rust"
            ));
        }
    }
    differences.extend(
        names
            .into_iter()
            .map(|name| format!("{name}: only in the contract")),
    );
    differences
}

#[test]
fn the_types_and_the_contract_agree() {
    let differences = differences(&contract());
    assert!(
        differences.is_empty(),
        "change the overlay, or what this test says of the contract:\n{}",
        differences.join("\n")
    );
}

#[test]
fn a_change_of_the_contract_is_noticed() {
    let token = "/components/schemas/SignInToken";
    let status = "/components/schemas/SignInToken/properties/status";
    for (pointer, member, value, name) in [
        (token, "required", json!(["id"]), "SignInToken"),
        (token, "minProperties", json!(1), "SignInToken"),
        (token, "properties", json!({}), "SignInToken"),
        (status, "enum", json!(["pending", "paused"]), "SignInToken"),
        (status, "enum", Value::Null, "SignInToken"),
        (status, "type", json!("integer"), "SignInToken"),
        (status, "nullable", json!(true), "SignInToken"),
        (status, "maxLength", json!(7), "SignInToken"),
        (
            "/components/schemas/SignInToken/properties",
            "new",
            json!({"type": "string"}),
            "SignInToken",
        ),
        (
            "/components/schemas/ClerkErrors/properties/errors",
            "items",
            json!({"$ref": "#/components/schemas/SignInToken"}),
            "ClerkErrors",
        ),
        (
            "/components/schemas/ClerkError/properties/meta",
            "additionalProperties",
            json!({"type": "string"}),
            "ClerkError",
        ),
        (
            BODY,
            "required",
            json!(["org_id", "user_id"]),
            "CreateSignInTokenBody",
        ),
    ] {
        let mut contract = contract();
        contract.pointer_mut(pointer).unwrap()[member] = value;
        let differences = differences(&contract);
        assert_eq!(differences.len(), 1, "{pointer}/{member}: {differences:#?}");
        assert!(
            differences[0].starts_with(&format!("{name}: ")),
            "{}",
            differences[0]
        );
    }
}

#[test]
fn only_the_schemas_of_the_operations_count() {
    let mut changed = contract();
    changed["components"]["schemas"]["Other"] = json!({"type": "object"});
    let response = json!({"schema": {"$ref": "#/components/schemas/Other"}});
    changed["paths"]["/others"] = json!({"get": {"responses": {"200": response}}});
    assert_eq!(differences(&changed), [""; 0]);
    changed["paths"][PATHS[0]]["get"] = changed["paths"]["/others"]["get"].clone();
    assert_eq!(differences(&changed), ["Other: only in the contract"]);
}
