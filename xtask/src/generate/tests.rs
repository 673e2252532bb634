//! Generates the operations of a real document.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::{files, names, prepare};
use crate::openapi::operations::{Operation, SAFE_METHODS, operations};
use crate::openapi::slice::slice;
use crate::openapi::{keywords, lint, load, overlay};

/// Operations that can't be generated unless the overlay corrects them, and why.
const FAILING: [(&str, &str); 4] = [
    (
        "GetPublicInterstitial",
        "`frontendApi` and `frontend_api` have the same name",
    ),
    ("SetUserProfileImage", MULTIPART),
    ("UploadOAuthApplicationLogo", MULTIPART),
    ("UploadOrganizationLogo", MULTIPART),
];

const MULTIPART: &str = "unexpected content type: multipart/form-data";

/// The contract of these operations with a minimal overlay.
fn merged(document: &Value, selected: &[Operation<'_>]) -> Value {
    let contract = slice(document, selected).unwrap();
    let objects = "$..[?@.type == 'object' && @.additionalProperties == false]".to_owned();
    let enums = "$..[?@.type == 'string' && @.enum]".to_owned();
    let mut updates = vec![
        (
            objects,
            json!({"additionalProperties": true, "x-unknown-fields": "ignore"}),
        ),
        (enums, json!({"x-open-enum": true})),
    ];
    updates.extend(selected.iter().map(|operation| {
        let target = format!("$.paths['{}'].{}", operation.path, operation.method);
        let is_safe = SAFE_METHODS.contains(&operation.method);
        (target, json!({"x-idempotent": is_safe}))
    }));
    let actions = updates.into_iter().map(|(target, update)| {
        json!({"target": target, "description": "d", "x-optional": true, "update": update})
    });
    let actions: Vec<Value> = actions.collect();
    let info = json!({"title": "t", "version": "1"});
    let overlay = json!({"overlay": "1.0.0", "info": info, "actions": actions});
    overlay::apply(&contract, overlay, "overlay").unwrap()
}

/// The name of the type that starts in a line, if it is in the module `types`.
fn type_name(line: &str) -> Option<&str> {
    let item = line.strip_prefix("    pub struct ");
    let item = item.or_else(|| line.strip_prefix("    pub enum "))?;
    item.split(|sign: char| !sign.is_alphanumeric()).next()
}

#[test]
fn nearly_all_operations_of_the_real_document_generate_with_one_error_type() {
    let name = "../../shared/upstream/bapi/2026-05-12.yml";
    let Ok(bytes) = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)) else {
        println!("skipped: {name} is not there");
        return;
    };
    let document = load::openapi(&bytes, "upstream").unwrap();
    let all: Vec<Operation<'_>> = operations(&document).collect();
    assert_eq!(all.len(), 249);
    let contract = slice(&document, &all).unwrap();
    assert_eq!(keywords::problems(&document, &contract), []);

    let reason = |operation: &Operation<'_>| FAILING.iter().find(|(id, _)| *id == operation.id);
    let (failing, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| reason(one).is_some());
    for operation in failing {
        let error = files(&merged(&document, std::slice::from_ref(&operation)))
            .unwrap_err()
            .to_string();
        let line = error.lines().nth(1).unwrap_or_default();
        let (id, reason) = reason(&operation).unwrap();
        assert!(
            line.contains(&format!("{id}: #/")) && line.contains(reason),
            "{error}"
        );
    }

    let mut merged = merged(&document, &kept);
    let secrets = lint::problems(&merged);
    assert_eq!(secrets.len(), 16);
    for secret in secrets {
        secret.pointer.value_in_mut(&mut merged).unwrap()["format"] = json!("password");
    }
    let error = files(&merged).unwrap_err().to_string();
    let verification = "/components/schemas/OrganizationDomain/properties/verification";
    assert!(
        error.contains("`OrganizationDomainVerification`") && error.contains(verification),
        "{error}"
    );
    assert_eq!(error.lines().count(), 2, "{error}");
    merged.pointer_mut(verification).unwrap()["title"] = json!("VerificationOfOrganizationDomain");

    let generated = files(&merged).unwrap();
    let client = &generated[1].1;
    assert_eq!(client.matches("Error<()>").count(), 245);
    // `names` knows the names of all types, except for an `allOf` of `oneOf`s, which typify merges, and nullable types.
    let document = prepare::prepare(&merged).document;
    let names = names::names(&document).into_iter().map(|named| named.name);
    let names: BTreeSet<String> = names.collect();
    let is_known = |name: &str| {
        names.contains(name)
            || name.ends_with("Inner")
            || name.starts_with("CreateSamlConnectionBodyVariant")
    };
    let types: Vec<&str> = client.lines().filter_map(type_name).collect();
    assert!(types.len() > 300, "{}", types.len());
    let unknown: Vec<&&str> = types.iter().filter(|name| !is_known(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
