//! Follows the examples in CONTRIBUTING.md, except for those that need a compiler.

use std::fs;

use super::{Scratch, assert_contains, fixture, on_one_line, read, root};

/// The name of the upstream document.
const NAME: &str = "2026-05-12.json";

/// The code blocks of a language in a section of the page, without indentation.
fn blocks(section: &str, language: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = page.split_once(&format!("\n## {section}\n")).unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let fence = format!("```{language}\n");
    let blocks = section.split(&fence).skip(1).map(|rest| {
        let (block, _) = rest.split_once("```").unwrap();
        let (block, indentation) = block.rsplit_once('\n').unwrap();
        let lines = block
            .lines()
            .map(|line| line.strip_prefix(indentation).unwrap_or(line));
        lines.map(|line| format!("{line}\n")).collect()
    });
    blocks.collect()
}

/// A repository whose contract has the page's operations, with no actions for them in the overlay.
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
        blocks("Adding an operation", "toml").concat(),
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
    let operations = ["CreateActorToken: ", "RevokeActorToken: "];
    let message = scratch.fail(&["codegen"], &operations);
    assert_contains(&message, &["x-idempotent", "has no description"]);
    extend_overlay(&scratch, &blocks("Adding an operation", "yaml"));
    assert_eq!(scratch.succeed(&["codegen"]), "", "everything is described");
    // The example call uses the names that are generated.
    let client = on_one_line(&scratch.text("clerk-api/src/generated/client.rs"));
    let call = blocks("Adding an operation", "rust,ignore").concat();
    let shown = [
        "CreateActorTokenBody {",
        "CreateActorTokenBodyActor {",
        "extra: ",
        "session_max_duration_in_seconds: None",
        "api.create_actor_token(&body)",
        "api.revoke_actor_token(&token.id)",
    ];
    assert_contains(&call, &shown);
    let generated = [
        "pub struct CreateActorTokenBody {",
        "pub struct CreateActorTokenBodyActor {",
        "pub extra: ::serde_json::Map",
        "pub session_max_duration_in_seconds: ::std::option::Option<",
        "async fn create_actor_token<'a>( &'a self, body: &'a",
        "async fn revoke_actor_token<'a>( &'a self, actor_token_id: &'a str",
    ];
    assert_contains(&client, &generated);
}

#[test]
fn a_big_operation_can_be_trimmed() {
    let scratch = synced();
    extend_overlay(&scratch, &blocks("Adding an operation", "yaml")[..1]);
    scratch.succeed(&["codegen"]);
    let fields = [
        "pub session_max_duration_in_seconds:",
        "pub actor: ::serde_json::Map<",
    ];
    let client = || scratch.text("clerk-api/src/generated/client.rs");
    assert!(fields.iter().all(|field| client().contains(field)));
    extend_overlay(&scratch, &blocks("Trimming a large operation", "yaml"));
    scratch.succeed(&["codegen"]);
    assert!(!fields.iter().any(|field| client().contains(field)));
}
