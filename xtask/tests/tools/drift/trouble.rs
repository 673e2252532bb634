//! Bad inputs: exit code 2, one clear line, nothing on standard output, nothing written. Documents that can't be read are
//! tested with the loader and the source.

use std::fs;

use super::{NAME, Scratch, document, standard_error};

/// A comparison must fail with all parts in the first line of its message.
#[track_caller]
fn assert_trouble(scratch: &Scratch, against: &str, parts: &[&str]) {
    let before = scratch.contents();
    let output = scratch.drift(against, &["--format", "json"]);
    let message = standard_error(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(output.stdout, b"", "{message}");
    let lines: Vec<&str> = message.lines().collect();
    let [first, last] = lines.as_slice() else {
        panic!("not one line and the command to run: {message}");
    };
    for part in ["error: "].iter().chain(parts) {
        assert!(first.contains(part), "no {part:?} in: {message}");
    }
    assert!(last.contains("cargo xtask drift --against"), "{message}");
    assert_eq!(scratch.contents(), before);
}

#[test]
fn bad_documents() {
    let scratch = Scratch::synced();
    let bad = |text: &str, parts: &[&str]| {
        scratch.write(NAME, text);
        assert_trouble(&scratch, NAME, &[&[NAME], parts].concat());
    };
    bad("openapi: 3.1.0\npaths: {}", &["not OpenAPI 3.0.x", "3.1.0"]);
    bad("openapi: 3.0.3", &["`#/paths` is missing"]);
    let pets = "openapi: 3.0.3\npaths: {/pets: {get: {operationId: ListPets, responses: {}}}}\n";
    for servers in ["", "servers: [{url: https://pets.example.com}]"] {
        let operations = "(CreateSignInToken, RevokeSignInToken) is among the 1 operations";
        let question = "a document of another API?";
        bad(&format!("{pets}{servers}"), &[operations, question]);
    }
    let item = "  /sign_in_tokens:\n    $ref: paths/tokens.yml\n  /moved:\n";
    let text = document().replacen("  /sign_in_tokens:\n", item, 1);
    bad(
        &text.replace("operationId: CreateSignInToken", "x-id: 1"),
        &[
            "operation `CreateSignInToken`",
            "a path item's `$ref` is not followed",
        ],
    );
    let response = "'#/components/responses/SignInToken'";
    let component = "    SignInToken:\n      description: ''\n";
    let cycle = format!("    SignInToken:\n      $ref: {response}\n");
    let path = "  /sign_in_tokens:\n";
    let reference = format!("{path}    $ref: paths/tokens.yml\n");
    for (from, to, part) in [
        (path, &*reference, "a path item's `$ref` is not followed"),
        (response, "'#/components/responses/Gone'", "leads nowhere"),
        (response, "'other.yml#/a'", "out of the document"),
        (component, &cycle, "reference cycle"),
        (
            "operationId: RevokeSignInToken",
            "operationId: CreateSignInToken",
            "is there twice",
        ),
    ] {
        let text = document();
        assert!(text.contains(from), "{from}");
        bad(
            &text.replacen(from, to, 1),
            &["operation `CreateSignInToken`", part],
        );
    }
}

#[test]
fn bad_arguments_and_a_bad_repository() {
    let scratch = Scratch::synced();
    assert_trouble(&scratch, "gone.yml", &["cannot read gone.yml"]);
    assert_trouble(
        &scratch,
        "http://example.com/2026-05-12.yml",
        &["use https"],
    );
    for arguments in [["--format", "xml"], ["--fail-on", "anything"]] {
        assert_eq!(scratch.drift(NAME, &arguments).status.code(), Some(2));
    }
    scratch.edit_list(
        "\"RevokeSignInToken\"]",
        "\"RevokeSignInToken\", \"RevokeSignInTokens\"]",
    );
    let nearest = "did you mean `RevokeSignInToken`?";
    assert_trouble(&scratch, NAME, &["operation `RevokeSignInTokens`", nearest]);
    fs::remove_file(scratch.path("openapi/sign-in-tokens.yml")).unwrap();
    assert_trouble(&scratch, NAME, &["sign-in-tokens.yml", "cargo xtask sync"]);
    scratch.write("openapi/upstream.toml", "operations = []");
    assert_trouble(
        &scratch,
        NAME,
        &["upstream.toml is not usable", "`operations` is empty"],
    );
}
