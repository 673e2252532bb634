//! What becomes of the operations of a real document.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::{files, names, prepare};
use crate::openapi::operations::{Operation, SAFE_METHODS, operations};
use crate::openapi::slice::slice;
use crate::openapi::{lint, load, overlay};

/// Operations that can't be generated without a correction of the contract, and why.
const REFUSED: [(&str, &str); 4] = [
    (
        "GetPublicInterstitial",
        "the parameters `frontendApi` and `frontend_api` make one name",
    ),
    (
        "SetUserProfileImage",
        "unexpected content type: multipart/form-data",
    ),
    (
        "UploadOAuthApplicationLogo",
        "unexpected content type: multipart/form-data",
    ),
    (
        "UploadOrganizationLogo",
        "unexpected content type: multipart/form-data",
    ),
];

/// The contract of these operations with a minimal overlay: whether each may be repeated, and what keeps it open.
fn merged(document: &Value, selected: &[Operation<'_>]) -> Value {
    let contract = slice(document, selected).unwrap();
    let action = |target: String, update: Value| json!({"target": target, "description": "d", "x-optional": true, "update": update});
    let mut actions = vec![
        action(
            "$..[?@.type == 'object' && @.additionalProperties == false]".to_owned(),
            json!({"additionalProperties": true, "x-unknown-fields": "ignore"}),
        ),
        action(
            "$..[?@.type == 'string' && @.enum]".to_owned(),
            json!({"x-open-enum": true}),
        ),
    ];
    for operation in selected {
        let target = format!("$.paths['{}'].{}", operation.path, operation.method);
        let is_safe = SAFE_METHODS.contains(&operation.method);
        actions.push(action(target, json!({"x-idempotent": is_safe})));
    }
    let overlay =
        json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
    overlay::apply(&contract, overlay, "overlay").unwrap()
}

/// The names of the types in the code of a client.
fn types(client: &str) -> BTreeSet<String> {
    let file: syn::File = syn::parse_str(client).unwrap();
    let types = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let names = types.unwrap().1.into_iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item.ident.to_string()),
        syn::Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    });
    names.collect()
}

#[test]
fn nearly_all_operations_of_the_real_document_generate_with_one_error_type() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/upstream/bapi/2026-05-12.yml");
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let document = load::openapi(&bytes, "upstream").unwrap();
    let all: Vec<Operation<'_>> = operations(&document).collect();
    assert_eq!(all.len(), 249);

    let (refused, kept): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|operation| REFUSED.iter().any(|(id, _)| *id == operation.id));
    for operation in refused {
        let error = files(&merged(&document, &[operation]))
            .unwrap_err()
            .to_string();
        let line = error.lines().nth(1).unwrap_or_default();
        let told = |(id, reason): &(&str, &str)| {
            line.contains(&format!("{id}: #/")) && line.contains(reason)
        };
        assert!(REFUSED.iter().any(told), "{error}");
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
    // The names by which collisions are found are those that types really get; but typify names what it merges out of an
    // `allOf` of `oneOf`s, and what may be null, in its own way.
    let document = prepare::prepare(&merged).document;
    let names: BTreeSet<String> = names::names(&document)
        .into_iter()
        .map(|named| named.name)
        .collect();
    let types = types(client);
    let unknown: Vec<&String> = types
        .difference(&names)
        .filter(|name| {
            !name.ends_with("Inner") && !name.starts_with("CreateSamlConnectionBodyVariant")
        })
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
