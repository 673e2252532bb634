//! Bad inputs: exit code 2, one clear line, nothing on standard output, nothing written. Documents that can't be read are
//! tested at the loader and at the source.

use std::fs;
use std::process::Output;

use super::{NAME, Scratch, document, standard_error};

/// Must have failed with all parts in its first line.
#[track_caller]
fn assert_trouble(output: &Output, parts: &[&str]) {
    let message = standard_error(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(output.stdout, b"", "{message}");
    let lines: Vec<&str> = message.lines().collect();
    let [first, last] = lines.as_slice() else {
        panic!("not one line and the command to run: {message}");
    };
    for part in parts {
        assert!(first.contains(part), "no {part:?} in: {message}");
    }
    assert!(first.starts_with("error: "), "{message}");
    assert!(last.contains("cargo xtask drift --against"), "{message}");
}

#[test]
fn bad_documents() {
    let scratch = Scratch::synced();
    let bad = |text: &str, parts: &[&str]| {
        scratch.write(NAME, text);
        let before = scratch.contents();
        let output = scratch.drift(NAME, &["--format", "json"]);
        assert_trouble(&output, &[&[NAME], parts].concat());
        assert_eq!(scratch.contents(), before);
    };
    bad("", &["empty"]);
    bad("openapi: 3.1.0\npaths: {}", &["not OpenAPI 3.0.x", "3.1.0"]);
    bad("openapi: 3.0.3", &["`#/paths` is missing"]);
    let edited = |from: &str, to: &str| {
        let document = document();
        assert!(document.contains(from), "{from}");
        document.replacen(from, to, 1)
    };
    let operation = "operation `CreateSignInToken`";
    let response = "'#/components/responses/SignInToken'";
    bad(
        &edited(response, "'#/components/responses/Gone'"),
        &[operation, "leads nowhere"],
    );
    bad(
        &edited(response, "'other.yml#/a'"),
        &[operation, "out of the document"],
    );
    bad(
        &edited(
            "    SignInToken:\n      description: ''\n",
            "    SignInToken:\n      $ref: '#/components/responses/SignInToken'\n",
        ),
        &[operation, "reference cycle"],
    );
    bad(
        &edited(
            "operationId: RevokeSignInToken",
            "operationId: CreateSignInToken",
        ),
        &["is there twice"],
    );
    let item = "  /sign_in_tokens:\n    $ref: paths/tokens.yml\n  /moved:\n";
    bad(
        &edited("  /sign_in_tokens:\n", item).replace("operationId: CreateSignInToken", "x-id: 1"),
        &[operation, "a path item's `$ref` is not followed"],
    );
    bad(
        "openapi: 3.0.3\npaths: {/pets: {get: {operationId: ListPets, responses: {}}}}",
        &["among the 1 operations", "a document of another API?"],
    );
}

#[test]
fn bad_arguments_and_a_bad_repository() {
    let scratch = Scratch::synced();
    assert_trouble(&scratch.drift("gone.yml", &[]), &["cannot read gone.yml"]);
    let url = "http://example.com/2026-05-12.yml";
    assert_trouble(&scratch.drift(url, &[]), &["use https"]);
    for arguments in [["--format", "xml"], ["--fail-on", "anything"]] {
        let output = scratch.drift(NAME, &arguments);
        assert_eq!(output.status.code(), Some(2));
    }
    fs::remove_file(scratch.path("openapi/sign-in-tokens.yml")).unwrap();
    assert_trouble(
        &scratch.drift(NAME, &[]),
        &["sign-in-tokens.yml", "cargo xtask sync"],
    );
    scratch.write("openapi/upstream.toml", "operations = []");
    assert_trouble(
        &scratch.drift(NAME, &[]),
        &["upstream.toml is not usable", "`operations` is empty"],
    );
}

#[test]
fn an_operation_that_is_nowhere() {
    let scratch = Scratch::synced();
    scratch.edit_list(
        "\"RevokeSignInToken\"]",
        "\"RevokeSignInToken\", \"RevokeSignInTokens\"]",
    );
    assert_trouble(
        &scratch.drift(NAME, &[]),
        &[
            "operation `RevokeSignInTokens`",
            "did you mean `RevokeSignInToken`?",
        ],
    );
}
