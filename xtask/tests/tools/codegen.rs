//! `cargo xtask codegen` generates correct code, or fails.

use std::fs;

use serde_json::{Map, Value, json};

use super::{Scratch, assert_contains, check_table, edited, on_one_line, read, shared};

const TOKEN: &str = "/components/schemas/SignInToken/properties";
const CREATE: &str = "/paths/~1sign_in_tokens/post";
const BODY: &str =
    "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema/properties";
const CONTRACT: &str = "openapi/sign-in-tokens.yml";
const GENERATED: &str = "clerk-api/src/generated";

/// A repository whose contract has this value set.
fn repository(place: &str, value: Value) -> Scratch {
    let scratch = Scratch::new();
    let edits = Map::from_iter([(place.to_owned(), value)]);
    let contract = edited(&read(&scratch.path(CONTRACT)), &edits);
    scratch.write(CONTRACT, contract.to_string());
    scratch
}

/// The generated files, with all white space as single spaces.
#[track_caller]
fn generated(scratch: &Scratch) -> String {
    scratch.succeed(&["codegen"]);
    let files = ["client.rs", "open_enums.rs", "operations.rs"];
    let files = files.map(|name| scratch.text(&format!("{GENERATED}/{name}")));
    on_one_line(&files.concat())
}

/// The generated code of one struct.
fn structure(code: &str, name: &str) -> String {
    let start = code.find(&format!("pub struct {name} {{")).unwrap();
    code[start..].split_once('}').unwrap().0.to_owned()
}

#[test]
fn fails_if_the_code_would_be_wrong() {
    let scratch = Scratch::new();
    let contract = read(&scratch.path(CONTRACT));
    let variables = [("$TOKEN", TOKEN), ("$BODY", BODY), ("$CREATE", CREATE)];
    let table = include_str!("codegen.yml");
    check_table(table, &variables, &contract, |contract| {
        scratch.write(CONTRACT, contract.to_string());
        scratch.fail(&["codegen"], &[])
    });
}

#[test]
fn inline_schemas_of_a_success_and_an_error_do_not_become_one_type() {
    let response = |value: &str| {
        let state = json!({"type": "string", "enum": [value]});
        let schema = json!({"type": "object", "properties": {"state": state}});
        json!({"description": "", "content": {"application/json": {"schema": schema}}})
    };
    let responses = json!({"200": response("made"), "404": response("gone")});
    let code = generated(&repository(&format!("{CREATE}/responses"), responses));
    assert!(structure(&code, "CreateSignInTokenResponse").contains("state"));
    // The error's enum is not generated.
    assert_contains(&code, &["enum CreateSignInTokenResponseState", "Made,"]);
    assert!(!code.contains("Gone,"));
}

#[test]
fn an_enum_of_values_that_are_not_strings_stays_open() {
    let properties = json!({
        "version": {"type": "integer", "enum": [1, 2]},
        "fixed": {"type": "boolean", "enum": [true, false]},
        "mixed": {"enum": [1, "a"]},
    });
    let parts = json!({"type": "object", "properties": properties});
    let code = generated(&repository(&format!("{TOKEN}/parts"), parts));
    let fields = [
        "version: ::std::option::Option<i64>",
        "fixed: ::std::option::Option<bool>",
        "mixed: ::std::option::Option<::serde_json::Value>",
    ];
    assert_contains(&structure(&code, "SignInTokenParts"), &fields);
}

#[test]
fn the_defaults_of_variables_are_in_the_url_of_the_server() {
    let variables = json!({"env": {"default": "api", "enum": ["api", "api-eu"]}});
    let server = json!({"url": "https://{env}.clerk.com/v1", "variables": variables});
    let code = generated(&repository("/servers", json!([server])));
    assert_contains(&code, &["SERVER: &str = \"https://api.clerk.com/v1\""]);
}

#[test]
fn an_unset_value_with_a_default_is_not_sent() {
    // The contract has a default for `expires_in_seconds`, which may be null.
    let limit = json!({"type": "integer", "default": 10});
    let code = generated(&repository(&format!("{BODY}/limit"), limit));
    let body = structure(&code, "CreateSignInTokenBody");
    for field in ["expires_in_seconds", "limit"] {
        let (before, _) = body
            .split_once(&format!("pub {field}: ::std::option::Option<"))
            .unwrap();
        let attribute = before.rsplit("#[serde(").next().unwrap();
        assert_contains(attribute, &["skip_serializing_if"]);
    }
}

#[test]
fn a_name_that_suggests_a_secret_has_to_be_marked() {
    let string = json!({"type": "string"});
    for name in ["ticket", "access_token", "clientSecret", "password"] {
        let at = format!("{TOKEN}/{name}");
        let message = [
            &at[1..],
            "is probably a secret",
            "format: password",
            "x-secret: false",
        ];
        repository(&at, string.clone()).fail(&["codegen"], &message);
        for marked in [
            json!({"type": "string", "format": "password"}),
            json!({"type": "string", "x-secret": false}),
            json!({"type": "boolean"}),
        ] {
            repository(&at, marked).succeed(&["codegen"]);
        }
        // Requests aren't checked.
        repository(&format!("{BODY}/{name}"), string.clone()).succeed(&["codegen"]);
    }
    // The overlay marks the `url` beside a token. Any other `url` is not a secret.
    let image = json!({"type": "object", "properties": {"url": string}});
    let scratch = repository(&format!("{TOKEN}/image"), image);
    scratch.succeed(&["codegen"]);
    let overlay = scratch.text("openapi/overlay.yml");
    scratch.write(
        "openapi/overlay.yml",
        overlay.replace("['token', 'url']", "['token']"),
    );
    scratch.fail(
        &["codegen"],
        &["SignInToken/properties/url: `url` is probably a secret"],
    );
}

#[test]
fn check_writes_nothing_and_says_what_is_stale() {
    let scratch = Scratch::new();
    scratch.succeed(&["codegen"]);
    scratch.succeed(&["codegen", "--check"]);
    let path = format!("{GENERATED}/client.rs");
    scratch.write(&path, "stale");
    let output = scratch.run(&["codegen", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    let diff = String::from_utf8(output.stdout.clone()).unwrap();
    assert_contains(&diff, &["\n-stale\n", "\n+// @generated by"]);
    let message = super::standard_error(&output);
    assert_contains(&message, &[&path]);
    assert!(message.ends_with("run: cargo xtask codegen\n"), "{message}");
    assert_eq!(scratch.text(&path), "stale");
    // No temporary file is left.
    assert_eq!(fs::read_dir(scratch.path(GENERATED)).unwrap().count(), 5);
}

#[test]
fn a_file_that_is_not_generated_is_an_error_and_stays() {
    let scratch = Scratch::new();
    let path = format!("{GENERATED}/by_hand.rs");
    scratch.write(&path, "");
    for arguments in [&["codegen"][..], &["codegen", "--check"]] {
        scratch.fail(
            arguments,
            &[
                &path,
                "not a file that `cargo xtask codegen` writes",
                "remove it",
            ],
        );
        assert_eq!(fs::read_dir(scratch.path(GENERATED)).unwrap().count(), 1);
    }
}

#[test]
fn documents_that_gave_wrong_code_fail_or_give_correct_code() {
    let Some(cases) = shared("cases/drift") else {
        return;
    };
    let server = "SERVER: &str = \"https://api.clerk.com/v1\"";
    for (name, outcome) in [
        ("dup-field", Err("`_url` and `url` have the same name")),
        (
            "field-case",
            Err("`userId` and `user_id` have the same name"),
        ),
        ("type-names", Err("`SignInTokenOwner`")),
        ("untyped-enum-new", Err("x-open-enum")),
        ("untyped-enum-wider", Err("x-open-enum")),
        ("int-enum-new", Ok("pub version: i64,")),
        ("int-enum-wider", Ok("pub version: i64,")),
        ("server-vars", Ok(server)),
        (
            "float-default",
            Ok("pub expires_in_seconds: ::std::option::Option<"),
        ),
    ] {
        let scratch = Scratch::new();
        let document = fs::read(cases.join(format!("{name}.yml"))).unwrap();
        scratch.write("2026-05-12.yml", document);
        scratch.succeed(&["sync", "--from", "2026-05-12.yml"]);
        match outcome {
            Ok(code) => assert_contains(&generated(&scratch), &[code]),
            Err(part) => drop(scratch.fail(&["codegen"], &[part])),
        }
    }
}
