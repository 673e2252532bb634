//! The JSON schemas of the types (feature `schemars`) against the contract's: neither can change without the other.
//!
//! Both sides are brought to one form and must then be equal, so that a keyword that nobody thought of is noticed too.
//! In that form a property may be null if the contract says so or if it isn't required, because null then means what
//! its absence means; the values of an enum are examples, because the Rust type takes others too; and unknown fields
//! are never forbidden. What else differs on purpose is in [`contract`]. A new type is added to [`NAMES`] and
//! [`derived`].

use std::path::Path;

use clerk_api::types::{ClerkError, ClerkErrors, CreateSignInTokenBody, SignInToken};
use schemars::schema_for;
use serde_json::{Map, Value, json};

/// The request's schema has no name in the contract.
const BODY: &str = "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema";

const NAMES: [&str; 4] = [
    "ClerkError",
    "ClerkErrors",
    "SignInToken",
    "CreateSignInTokenBody",
];

/// What schemars derives for each of these types.
fn derived() -> [Value; 4] {
    [
        schema_for!(ClerkError).to_value(),
        schema_for!(ClerkErrors).to_value(),
        schema_for!(SignInToken).to_value(),
        schema_for!(CreateSignInTokenBody).to_value(),
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
    let required = schema.get("required").cloned().unwrap_or_default();
    for_each_part(&mut schema, |name, part| {
        let names = required.as_array().into_iter().flatten();
        *part = from_contract(
            part,
            name == ITEMS || names.into_iter().any(|other| other == name),
        );
    });
    Value::Object(schema)
}

/// The name of an array's items among the parts of a schema.
const ITEMS: &str = "items";

/// Changes the schemas of the properties and of the items.
fn for_each_part(schema: &mut Map<String, Value>, change: impl Fn(&str, &mut Value)) {
    if let Some(items) = schema.get_mut(ITEMS) {
        change(ITEMS, items);
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties {
            change(name, property);
        }
    }
}

/// A derived schema in the common form.
fn from_rust(schema: &Value, definitions: &Value) -> Value {
    if let Some(target) = schema.get("$ref") {
        let target = last_segment(target);
        let definition = &definitions[target];
        // An object is compared on its own; anything smaller is a part of the property.
        if definition["properties"].is_null() {
            return from_rust(definition, definitions);
        }
        assert!(NAMES.contains(&target), "{target} must be compared too");
        return json!({"$ref": target});
    }
    let mut schema = schema.as_object().unwrap().clone();
    for words in ["$schema", "$defs", "title", "description"] {
        schema.remove(words);
    }
    for_each_part(&mut schema, |_, part| *part = from_rust(part, definitions));
    Value::Object(schema)
}

fn last_segment(reference: &Value) -> &str {
    reference.as_str().unwrap().rsplit('/').next().unwrap()
}

/// Everything in which the types differ from a contract.
fn differences(contract: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, schema) in NAMES.into_iter().zip(derived()) {
        let in_rust = from_rust(&schema, &schema["$defs"]);
        let schema = match name {
            "CreateSignInTokenBody" => contract.pointer(BODY),
            _ => contract.pointer(&format!("/components/schemas/{name}")),
        };
        let in_contract = schema.map_or(Value::Null, |schema| from_contract(schema, true));
        if in_contract != in_rust {
            let both = format!("{in_contract:#} in the contract, {in_rust:#} in Rust");
            differences.push(format!("{name}: {both}"));
        }
    }
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
    let properties = "/components/schemas/SignInToken/properties";
    let reference = json!({"$ref": "#/components/schemas/SignInToken"});
    for (pointer, member, value) in [
        (token, "required", json!(["id"])),
        (token, "minProperties", json!(1)),
        (token, "properties", json!({})),
        (properties, "new", json!({"type": "string"})),
        (properties, "user_id", reference),
        (status, "enum", json!(["pending", "paused"])),
        (status, "enum", Value::Null),
        (status, "type", json!("integer")),
        (status, "nullable", json!(true)),
        (status, "maxLength", json!(7)),
        (BODY, "required", json!(["org_id", "user_id"])),
        (BODY, "additionalProperties", json!(true)),
    ] {
        let mut contract = contract();
        contract.pointer_mut(pointer).unwrap()[member] = value;
        let differences = differences(&contract);
        assert_eq!(differences.len(), 1, "{pointer}/{member}: {differences:#?}");
    }
}
