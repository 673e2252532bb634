//! Small edits of a contract, each with what has to be said of it.

mod mutations;
mod second_opinion;
mod thorough;
mod walk;

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::change::Change;
use super::differences::{Known, differences};
use crate::openapi::load;
use crate::openapi::operations::{Operation as Selected, find, operations};
use crate::upstream::digest;
use crate::upstream::manifest::Recorded as Beside;

/// The paths and schemas of the contract, as pointers.
const CREATE: &str = "/paths/~1sign_in_tokens/post";
const REVOKE: &str = "/paths/~1sign_in_tokens~1{sign_in_token_id}~1revoke/post";
const BODY: &str = "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema";
const TOKEN: &str = "/components/schemas/SignInToken";

/// The contract for tests, not that of this repository: the edits go by what is in it.
const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/contract");

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FIXTURE}/{name}")).unwrap()
}

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| load::openapi(&fixture("sign-in-tokens.yml"), "contract").unwrap());

static BESIDE: LazyLock<Beside> = LazyLock::new(|| beside(&upstream()));

fn contract() -> Value {
    CONTRACT.clone()
}

/// A document that the contract could be cut from: the contract with words of ours, and with other operations.
fn upstream() -> Value {
    let mut document = contract();
    for (pointer, key, value) in [
        (CREATE, "description", json!("Makes a token.")),
        (CREATE, "tags", json!(["Tokens"])),
        (CREATE, "x-group", json!("tokens")),
        (REVOKE, "summary", json!("Revokes a token.")),
        (
            &format!("{REVOKE}/parameters/0"),
            "description",
            json!("Which token."),
        ),
        (
            &format!("{BODY}/properties/user_id"),
            "description",
            json!("Who."),
        ),
        (
            &format!("{BODY}/properties/user_id"),
            "example",
            json!("user_1"),
        ),
        (
            "/components/responses/SignInToken",
            "description",
            json!("A token."),
        ),
        (TOKEN, "title", json!("Token")),
        (
            "/components/securitySchemes/bearerAuth",
            "description",
            json!("sk_…"),
        ),
        (
            "",
            "tags",
            json!([{ "name": "Tokens", "description": "On tokens." }, { "name": "Other" }]),
        ),
        (
            "/paths",
            "/other",
            json!({ "get": { "operationId": "GetOther", "responses": {} } }),
        ),
        ("/components/schemas", "Other", json!({ "type": "string" })),
    ] {
        set(&mut document, pointer, key, value);
    }
    document
}

/// What `sync` records beside the contract.
fn beside(upstream: &Value) -> Beside {
    let all: Vec<Selected<'_>> = operations(upstream).collect();
    let words = listed().into_iter().map(|id| {
        let operation = find(&all, &id).unwrap().unwrap();
        (id, digest::words(upstream, &operation))
    });
    Beside {
        unlisted: Vec::new(),
        words: words.collect(),
    }
}

fn listed() -> Vec<String> {
    vec![
        "CreateSignInToken".to_owned(),
        "RevokeSignInToken".to_owned(),
    ]
}

/// The changes of an edited document.
fn changes_of(edited: &Value) -> anyhow::Result<Vec<Change>> {
    let listed = listed();
    let known = Known {
        contract: &CONTRACT,
        beside: &BESIDE,
        listed: &listed,
    };
    differences(known, edited)
}

/// The value at a pointer.
#[track_caller]
fn at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    let found = document.pointer_mut(pointer);
    found.unwrap_or_else(|| panic!("nothing at {pointer}"))
}

/// Sets a key of the object at a pointer.
#[track_caller]
fn set(document: &mut Value, pointer: &str, key: &str, value: Value) {
    at(document, pointer)
        .as_object_mut()
        .unwrap()
        .insert(key.to_owned(), value);
}

/// Takes a key of the object at a pointer away.
#[track_caller]
fn take(document: &mut Value, pointer: &str, key: &str) -> Value {
    let object = at(document, pointer).as_object_mut().unwrap();
    object
        .remove(key)
        .unwrap_or_else(|| panic!("no {key} at {pointer}"))
}
