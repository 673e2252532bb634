//! The types' JSON schemas against the contract's, so that neither can change without the other.
//!
//! Both sides are brought to one form, a map of facts for each property, and must then be equal:
//! - a keyword that this test doesn't know is a fact as well, so that a new one can't go unseen;
//! - a property may be null where the contract says so, or where it isn't required: null then decodes as absent;
//! - the values of an enum are the examples of the Rust type, which takes others too;
//! - where the contract forbids further properties, the Rust type ignores them.
//!
//! What else differs on purpose is listed in [`NOT_REQUIRED`] and [`FORMATS`].
//!
//! It is about the operations in [`PATHS`] and the schemas that these lead to; whatever else the contract has makes no
//! difference. An operation is taken in by its path, and by its types in [`types`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use clerk_api::types::{ClerkError, ClerkErrors, CreateSignInTokenBody, SignInToken};
use schemars::schema_for;
use serde_json::{Map, Value, json};

/// The paths whose schemas are compared.
const PATHS: [&str; 2] = [
    "/sign_in_tokens",
    "/sign_in_tokens/{sign_in_token_id}/revoke",
];

/// Required by the contract, not by the types: (schema, property, reason).
const NOT_REQUIRED: [(&str, &str, &str); 1] = [(
    "ClerkError",
    "long_message",
    "overlay.yml: error bodies leave it out",
)];

/// Formats that the contract doesn't have: (schema, property, format, reason).
const FORMATS: [(&str, &str, &str, &str); 3] = [
    (
        "SignInToken",
        "token",
        "password",
        "overlay.yml: whoever holds it can sign in",
    ),
    (
        "SignInToken",
        "url",
        "password",
        "overlay.yml: it carries the ticket",
    ),
    (
        "CreateSignInTokenBody",
        "expires_in_seconds",
        "uint64",
        "the Rust type's width",
    ),
];

/// The request's schema has no name in the contract.
const BODY: &str = "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema";

type Facts = BTreeMap<String, Value>;

/// The contract, with nothing but [`PATHS`] and the schemas that they lead to.
fn contract() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/sign-in-tokens.yml");
    let all = yaml_serde::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    of_paths(all)
}

fn of_paths(mut contract: Value) -> Value {
    let paths = contract["paths"].as_object_mut().unwrap();
    paths.retain(|path, _| PATHS.contains(&path.as_str()));
    let mut targets = BTreeSet::new();
    references(&contract["paths"], &contract, &mut targets);
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    schemas.retain(|name, _| targets.contains(&format!("#/components/schemas/{name}")));
    contract
}

/// All that a part of the contract refers to, directly and further on.
fn references(part: &Value, contract: &Value, targets: &mut BTreeSet<String>) {
    if let Some(target) = part["$ref"].as_str()
        && targets.insert(target.to_owned())
    {
        let target = contract.pointer(target.trim_start_matches('#')).unwrap();
        references(target, contract, targets);
    }
    let (values, elements) = (object(part).values(), part.as_array().into_iter().flatten());
    for inner in values.chain(elements) {
        references(inner, contract, targets);
    }
}

/// The types with a schema: their names, where the contract has theirs, and what schemars derives.
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

/// All in which the types differ from a contract.
fn differences(contract: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let named: BTreeSet<&String> = object(&contract["components"]["schemas"]).keys().collect();
    let types = types();
    for (name, pointer, derived) in &types {
        match contract.pointer(pointer) {
            Some(schema) => differences.extend(compare(name, schema, derived)),
            None => differences.push(format!("{name}: only in Rust")),
        }
    }
    let unknown = named
        .into_iter()
        .filter(|&schema| types.iter().all(|(name, ..)| name != schema));
    differences.extend(unknown.map(|schema| format!("{schema}: only in the contract")));
    differences
}

fn compare(name: &str, contract: &Value, derived: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let (mut contract_required, derived_required) = (required(contract), required(derived));
    for (schema, property, reason) in NOT_REQUIRED {
        if schema == name && !contract_required.remove(property) {
            differences.push(format!("{name}.{property}: no longer needs ({reason})"));
        }
    }
    if contract_required != derived_required {
        differences.push(format!(
            "{name}: required: {contract_required:?} in the contract, {derived_required:?} in Rust"
        ));
    }
    let own = ["properties", "required", "additionalProperties"];
    let contract_facts = without(object(contract), &own);
    let derived_own = [
        "properties",
        "required",
        "description",
        "title",
        "$schema",
        "$defs",
    ];
    let derived_facts = without(object(derived), &derived_own);
    differences.extend(unequal(name, &contract_facts, &derived_facts));

    let (in_contract, in_rust) = (
        object(&contract["properties"]),
        object(&derived["properties"]),
    );
    let properties: BTreeSet<&String> = in_contract.keys().chain(in_rust.keys()).collect();
    for property in properties {
        let of = format!("{name}.{property}");
        match (in_contract.get(property), in_rust.get(property)) {
            (Some(contract), Some(rust)) => {
                let required = contract_required.contains(property.as_str());
                let mut contract = contract_facts_of(contract, required);
                for (schema, _, format, reason) in FORMATS
                    .iter()
                    .filter(|(schema, of, ..)| (*schema, *of) == (name, property.as_str()))
                {
                    let before = contract.insert("format".to_owned(), json!(format));
                    if before.is_some() {
                        let text = format!("{schema}.{property}: no longer needs ({reason})");
                        differences.push(text);
                    }
                }
                let rust = derived_facts_of(rust, &derived["$defs"]);
                differences.extend(unequal(&of, &contract, &rust));
            }
            (Some(_), None) => differences.push(format!("{of}: only in the contract")),
            (None, _) => differences.push(format!("{of}: only in Rust")),
        }
    }
    differences
}

fn contract_facts_of(schema: &Value, required: bool) -> Facts {
    let mut facts = without(object(schema), &["default", "nullable", "$ref", "enum"]);
    let nullable = schema["nullable"] == true || !required;
    facts.insert("nullable".to_owned(), json!(nullable));
    if let Some(target) = schema["$ref"].as_str() {
        facts.insert("schema".to_owned(), json!(last_segment(target)));
    }
    if let Some(values) = schema["enum"].as_array() {
        facts.insert("values".to_owned(), sorted(values));
    }
    if let Some(items) = facts.get_mut("items") {
        *items = json!(contract_facts_of(items, true));
    }
    facts
}

fn derived_facts_of(schema: &Value, definitions: &Value) -> Facts {
    if let Some(target) = schema["$ref"].as_str() {
        let target = last_segment(target);
        let definition = &definitions[target];
        // An object is compared on its own; anything smaller is a part of the property.
        if definition["properties"].is_object() {
            let nullable = ("nullable".to_owned(), json!(false));
            return [nullable, ("schema".to_owned(), json!(target))].into();
        }
        return derived_facts_of(definition, definitions);
    }
    let mut facts = without(
        object(schema),
        &["description", "title", "examples", "type"],
    );
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        other => vec![other.clone()],
    };
    let (null, mut others): (Vec<Value>, Vec<Value>) =
        types.into_iter().partition(|name| name == "null");
    facts.insert("nullable".to_owned(), json!(!null.is_empty()));
    let only = others.pop().filter(|_| others.is_empty());
    facts.insert("type".to_owned(), only.unwrap_or(Value::Null));
    if let Some(values) = schema["examples"].as_array() {
        facts.insert("values".to_owned(), sorted(values));
    }
    if let Some(items) = facts.get_mut("items") {
        *items = json!(derived_facts_of(items, definitions));
    }
    facts
}

fn unequal(of: &str, contract: &Facts, derived: &Facts) -> Vec<String> {
    let keywords: BTreeSet<&String> = contract.keys().chain(derived.keys()).collect();
    let unequal = keywords
        .into_iter()
        .filter(|&keyword| contract.get(keyword) != derived.get(keyword));
    let text = |fact: Option<&Value>| fact.map_or("nothing".to_owned(), Value::to_string);
    unequal
        .map(|keyword| {
            let (contract, derived) = (text(contract.get(keyword)), text(derived.get(keyword)));
            format!("{of}: {keyword}: {contract} in the contract, {derived} in Rust")
        })
        .collect()
}

fn object(value: &Value) -> &Map<String, Value> {
    static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    value.as_object().unwrap_or(&EMPTY)
}

fn without(object: &Map<String, Value>, keywords: &[&str]) -> Facts {
    let rest = object
        .iter()
        .filter(|(keyword, _)| !keywords.contains(&keyword.as_str()));
    rest.map(|(keyword, value)| (keyword.clone(), value.clone()))
        .collect()
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

fn last_segment(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

fn sorted(values: &[Value]) -> Value {
    let values: BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
    json!(values)
}

#[test]
fn the_types_and_the_contract_agree() {
    let differences = differences(&contract());
    assert!(
        differences.is_empty(),
        "change the overlay or the exceptions of this test:\n{}",
        differences.join("\n")
    );
}

#[test]
fn other_operations_make_no_difference() {
    let mut contract = contract();
    let answer = json!({"$ref": "#/components/schemas/Other"});
    let content = json!({"application/json": {"schema": answer}});
    contract["paths"]["/others"] = json!({"get": {"responses": {"200": {"content": content}}}});
    contract["components"]["schemas"]["Other"] = json!({"type": "object"});
    assert_ne!(differences(&contract), [""; 0]);
    assert_eq!(differences(&of_paths(contract)), [""; 0]);
}

#[test]
fn each_exception_is_about_something_that_exists() {
    let contract = contract();
    let exceptions = NOT_REQUIRED.map(|(schema, property, _)| (schema, property));
    let formats = FORMATS.map(|(schema, property, ..)| (schema, property));
    for (schema, property) in exceptions.into_iter().chain(formats) {
        let types = types();
        let (_, pointer, _) = types.iter().find(|(name, ..)| *name == schema).unwrap();
        let place = format!("{pointer}/properties/{property}");
        assert!(contract.pointer(&place).is_some(), "{schema}.{property}");
    }
}

/// What the comparison says of the contract after a change at a place of it.
#[track_caller]
fn after(pointer: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut contract = contract();
    change(contract.pointer_mut(pointer).unwrap());
    differences(&contract)
}

fn remove(from: &mut Value, name: &str) -> Value {
    from.as_object_mut().unwrap().remove(name).unwrap()
}

#[test]
fn any_change_of_any_property_is_noticed() {
    let contract = contract();
    for (name, pointer, _) in types() {
        let properties = format!("{pointer}/properties");
        for (property, schema) in object(contract.pointer(&properties).unwrap()) {
            let of = format!("{name}.{property}");
            let place = format!("{properties}/{property}");
            let noticed = |differences: Vec<String>, prefix: &str| {
                let found = differences.iter().any(|text| text.starts_with(prefix));
                assert!(found, "{prefix} is not among {differences:#?}");
            };

            let removed = after(&properties, |properties| drop(remove(properties, property)));
            noticed(removed, &format!("{of}: only in Rust"));

            let renamed = after(&properties, |properties| {
                let schema = remove(properties, property);
                properties["renamed"] = schema;
            });
            noticed(renamed.clone(), &format!("{of}: only in Rust"));
            noticed(renamed, &format!("{name}.renamed: only in the contract"));

            let retyped = after(&place, |schema| schema["type"] = json!("boolean"));
            noticed(retyped, &format!("{of}: type: \"boolean\""));

            let reformatted = after(&place, |schema| schema["format"] = json!("int32"));
            let has_exception = FORMATS
                .iter()
                .any(|(schema, of, ..)| (*schema, *of) == (name, property));
            let what = if has_exception {
                "no longer needs"
            } else {
                "format: \"int32\""
            };
            noticed(reformatted, &format!("{of}: {what}"));

            let bounded = after(&place, |schema| schema["minimum"] = json!(7));
            noticed(bounded, &format!("{of}: minimum: 7"));

            let with_new_keyword = after(&place, |schema| schema["maxLength"] = json!(3));
            noticed(with_new_keyword, &format!("{of}: maxLength: 3"));

            let required = required(contract.pointer(&pointer).unwrap());
            let was_required = required.contains(property.as_str());
            let toggled = after(&pointer, |schema| {
                let mut required = required.clone();
                if !required.remove(property.as_str()) {
                    required.insert(property);
                }
                schema["required"] = json!(required);
            });
            let excepted = NOT_REQUIRED
                .iter()
                .any(|(schema, of, _)| (*schema, *of) == (name, property));
            if excepted {
                noticed(toggled, &format!("{of}: no longer needs"));
            } else {
                noticed(toggled, &format!("{name}: required: "));
            }
            // Of a property that isn't required, null means what its absence means.
            if was_required && !excepted {
                let nullable = after(&place, |schema| schema["nullable"] = json!(true));
                noticed(nullable, &format!("{of}: nullable: true"));
            }
            if schema["format"].is_string() {
                let formatless = after(&place, |schema| drop(remove(schema, "format")));
                noticed(formatless, &format!("{of}: format: nothing"));
            }
            if schema["enum"].is_array() {
                let more = after(&format!("{place}/enum"), |values| {
                    values.as_array_mut().unwrap().push(json!("paused"));
                });
                noticed(more, &format!("{of}: values: "));
                let any = after(&place, |schema| drop(remove(schema, "enum")));
                noticed(any, &format!("{of}: values: nothing"));
            }
        }
    }
}

#[test]
fn what_is_new_or_gone_is_noticed() {
    type Change = fn(&mut Value);
    let schemas = "/components/schemas";
    let changes: [(&str, Change, &str); 9] = [
        (
            "/components/schemas/SignInToken/properties",
            |properties| properties["expire_at"] = json!({"type": "integer", "format": "int64"}),
            "SignInToken.expire_at: only in the contract",
        ),
        (
            "/components/schemas/ClerkErrors/properties",
            |properties| properties["retry"] = json!({"type": "boolean"}),
            "ClerkErrors.retry: only in the contract",
        ),
        (
            "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema/properties",
            |properties| properties["reason"] = json!({"type": "string"}),
            "CreateSignInTokenBody.reason: only in the contract",
        ),
        (
            "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema/properties/expires_in_seconds",
            |schema| drop(remove(schema, "minimum")),
            "CreateSignInTokenBody.expires_in_seconds: minimum: nothing",
        ),
        (
            "/components/schemas/ClerkErrors/properties/errors/items",
            |items| items["$ref"] = json!("#/components/schemas/SignInToken"),
            "ClerkErrors.errors: items: ",
        ),
        (
            "/components/schemas/ClerkError/properties/meta",
            |schema| schema["additionalProperties"] = json!({"type": "string"}),
            "ClerkError.meta: additionalProperties: ",
        ),
        (
            "/components/schemas/SignInToken",
            |schema| schema["minProperties"] = json!(1),
            "SignInToken: minProperties: 1",
        ),
        (
            schemas,
            |schemas| schemas["ActorToken"] = json!({"type": "object"}),
            "ActorToken: only in the contract",
        ),
        (
            schemas,
            |schemas| drop(remove(schemas, "ClerkError")),
            "ClerkError: only in Rust",
        ),
    ];
    for (pointer, change, expected) in changes {
        let differences = after(pointer, change);
        let [difference] = &differences[..] else {
            panic!("{expected}: {differences:#?}");
        };
        assert!(difference.starts_with(expected), "{difference}");
    }
}
