//! The examples of CONTRIBUTING.md, done as the page says, as far as it goes without a compiler.

use std::fs;

use super::{Scratch, fixture, read, root};

/// The name of the document that the page cuts the operations out of.
const NAME: &str = "2026-05-12.json";

/// The blocks of a language in a section of the page, without a list's indentation.
fn blocks(section: &str, language: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = page.split_once(&format!("\n## {section}\n")).unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut found = Vec::new();
    for part in section.split(&format!("```{language}\n")).skip(1) {
        let (block, last) = part
            .split_once("```")
            .map(|(block, _)| (block, block.lines().last()))
            .unwrap();
        let indentation = last
            .filter(|last| last.trim().is_empty())
            .unwrap_or_default();
        let lines = block.lines().filter(|line| *line != indentation);
        found.push(
            lines
                .map(|line| format!("{}\n", line.strip_prefix(indentation).unwrap_or(line)))
                .collect(),
        );
    }
    found
}

/// A repository with the contract for tests and the page's operations, and an overlay without theirs.
fn synced() -> Scratch {
    let scratch = Scratch::new();
    let mut document = read(&fixture("contract/sign-in-tokens.yml"));
    let more = read(&fixture("actor-tokens.yml"));
    for place in ["/paths", "/components/responses", "/components/schemas"] {
        let more = more.pointer(place).unwrap().as_object().unwrap().clone();
        let object = document.pointer_mut(place).unwrap().as_object_mut();
        object.unwrap().extend(more);
    }
    scratch.write(NAME, document.to_string());
    scratch.write(
        "openapi/upstream.toml",
        blocks("To add an operation", "toml").concat(),
    );
    scratch.succeed(&["sync", "--from", NAME]);
    scratch
}

fn extend_overlay(scratch: &Scratch, blocks: &[String]) {
    let overlay = scratch.text("openapi/overlay.yml") + &blocks.concat();
    scratch.write("openapi/overlay.yml", overlay);
}

#[test]
fn an_operation_can_be_added_by_openapi_alone() {
    let scratch = synced();
    let missing = [
        "CreateActorToken: ",
        "RevokeActorToken: ",
        "x-idempotent",
        "has no description",
    ];
    scratch.fail(&["codegen"], &missing);
    extend_overlay(&scratch, &blocks("To add an operation", "yaml"));
    assert_eq!(scratch.succeed(&["codegen"]), "", "everything is described");
    // The call that the page shows has the names that are generated.
    let client = scratch.text("clerk-api/src/generated/client.rs");
    let call = blocks("To add an operation", "rust,ignore").concat();
    for (shown, generated) in [
        (
            "CreateActorTokenBody {",
            "pub struct CreateActorTokenBody {",
        ),
        (
            "CreateActorTokenBodyActor {",
            "pub struct CreateActorTokenBodyActor {",
        ),
        ("extra: ", "pub extra: ::serde_json::Map"),
        (
            "session_max_duration_in_seconds: None",
            "pub session_max_duration_in_seconds: ::std::option::Option<",
        ),
        (
            "api.create_actor_token(&body)",
            "async fn create_actor_token<'a>(\n        &'a self,\n        body: &'a",
        ),
        (
            "api.revoke_actor_token(&token.id)",
            "async fn revoke_actor_token<'a>(\n        &'a self,\n        actor_token_id: &'a str",
        ),
    ] {
        assert!(call.contains(shown), "no {shown:?} in: {call}");
        assert!(
            client.contains(generated),
            "nothing generated is {generated:?}"
        );
    }
}

#[test]
fn a_big_operation_can_be_trimmed() {
    let scratch = synced();
    extend_overlay(&scratch, &blocks("To add an operation", "yaml")[..1]);
    scratch.succeed(&["codegen"]);
    let fields = [
        "pub session_max_duration_in_seconds:",
        "pub actor: ::serde_json::Map<",
    ];
    let client = || scratch.text("clerk-api/src/generated/client.rs");
    assert!(fields.iter().all(|field| client().contains(field)));
    extend_overlay(&scratch, &blocks("To trim a big operation", "yaml"));
    scratch.succeed(&["codegen"]);
    assert!(!fields.iter().any(|field| client().contains(field)));
}
