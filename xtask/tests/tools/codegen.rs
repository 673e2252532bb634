//! What `cargo xtask codegen` refuses, and what it gets right: it never exits with 0 and wrong code.

use std::fs;

use serde_json::{Value, json};

use super::{Scratch, fixture, read, shared};

const TOKEN: &str = "/components/schemas/SignInToken/properties";
const CREATE: &str = "/paths/~1sign_in_tokens/post";
const BODY: &str =
    "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema/properties";

/// A repository whose contract has these values set.
fn edited(edits: &[(&str, Value)]) -> Scratch {
    let scratch = Scratch::new();
    let mut contract = read(&fixture("contract/sign-in-tokens.yml"));
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/");
        contract.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    scratch.write("openapi/sign-in-tokens.yml", contract.to_string());
    scratch
}

/// Generation must fail with all parts in the message.
#[track_caller]
fn assert_refused(edits: &[(&str, Value)], parts: &[&str]) {
    edited(edits).fail(&["codegen"], parts);
}

/// The generated files, without what the formatter adds.
#[track_caller]
fn generated(scratch: &Scratch) -> String {
    scratch.succeed(&["codegen"]);
    let files = ["client.rs", "open_enums.rs", "operations.rs"];
    let files = files.map(|name| scratch.text(&format!("clerk-api/src/generated/{name}")));
    let words: Vec<&str> = files
        .iter()
        .flat_map(|text| text.split_whitespace())
        .collect();
    words.join(" ")
}

/// The generated code of one struct.
fn structure(code: &str, name: &str) -> String {
    let start = code.find(&format!("pub struct {name} {{")).unwrap();
    code[start..].split_once('}').unwrap().0.to_owned()
}

fn string() -> Value {
    json!({"type": "string"})
}

fn object(property: &str) -> Value {
    json!({"type": "object", "properties": {property: string()}})
}

fn json_body(schema: Value) -> Value {
    json!({"description": "", "content": {"application/json": {"schema": schema}}})
}

#[test]
fn properties_that_make_one_name_are_refused() {
    for (pointer, name) in [(TOKEN, "_url"), (TOKEN, "userId"), (BODY, "userId")] {
        let at = format!("{pointer}/{name}");
        assert_refused(
            &[(&at, string())],
            &[
                "CreateSignInToken: #/",
                "make one name in Rust",
                name,
                "openapi/overlay.yml",
            ],
        );
    }
}

#[test]
fn parameters_that_make_one_name_are_refused() {
    let query = |name: &str| json!({"name": name, "in": "query", "schema": string()});
    for names in [["userId", "user_id"], ["limit", "body"]] {
        let parameters = format!("{CREATE}/parameters");
        assert_refused(
            &[(&parameters, json!(names.map(query)))],
            &[
                "CreateSignInToken: #/paths/~1sign_in_tokens/post/parameters/",
                "make one name in Rust",
            ],
        );
    }
}

#[test]
fn schemas_that_make_one_type_are_refused() {
    let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let owners = [
        (&*format!("{TOKEN}/owner"), to("User_Type")),
        (&*format!("{TOKEN}/other"), to("UserType")),
        ("/components/schemas/User_Type", object("a")),
        ("/components/schemas/UserType", object("b")),
    ];
    assert_refused(
        &owners,
        &[
            "`UserType`",
            "#/components/schemas/User_Type",
            "openapi/overlay.yml",
        ],
    );
    // A component and a schema in place; two schemas in place.
    let owner = (&*format!("{TOKEN}/owner"), object("a"));
    let of_name = ("/components/schemas/SignInTokenOwner", object("b"));
    let used = (&*format!("{TOKEN}/user"), to("SignInTokenOwner"));
    assert_refused(&[owner, of_name, used], &["`SignInTokenOwner`"]);
    let nested = json!({"type": "object", "properties": {"b": object("d")}});
    assert_refused(
        &[
            (&format!("{TOKEN}/a_b"), object("c")),
            (&format!("{TOKEN}/a"), nested),
        ],
        &["CreateSignInToken: ", "`SignInTokenAB`"],
    );
}

#[test]
fn operations_that_make_one_name_are_refused() {
    let operation = json!({"operationId": "createSignInToken", "x-idempotent": true, "responses": {"204": {"description": ""}}});
    assert_refused(
        &[("/paths/~1other", json!({"post": operation}))],
        &[
            "`createSignInToken`",
            "`CreateSignInToken`",
            "make one name in Rust",
        ],
    );
}

#[test]
fn a_success_and_an_error_that_are_described_in_place_do_not_become_one_type() {
    let state = |value: &str| json!({"type": "object", "properties": {"state": {"type": "string", "enum": [value]}}});
    let scratch = edited(&[
        (&format!("{CREATE}/responses/200"), json_body(state("made"))),
        (&format!("{CREATE}/responses/404"), json_body(state("gone"))),
    ]);
    let code = generated(&scratch);
    assert!(structure(&code, "CreateSignInTokenResponse").contains("state"));
    assert!(code.contains("enum CreateSignInTokenResponseState"));
    assert!(
        code.contains("Made,") && !code.contains("Gone,"),
        "the error's values are not the success's"
    );
}

#[test]
fn an_enum_of_other_values_than_strings_stays_open() {
    let scratch = edited(&[
        (
            &format!("{TOKEN}/version"),
            json!({"type": "integer", "enum": [1, 2]}),
        ),
        (
            &format!("{TOKEN}/fixed"),
            json!({"type": "boolean", "enum": [true, false]}),
        ),
        (&format!("{TOKEN}/mixed"), json!({"enum": [1, "a"]})),
    ]);
    let token = structure(&generated(&scratch), "SignInToken");
    for field in [
        "version: ::std::option::Option<i64>",
        "fixed: ::std::option::Option<bool>",
        "mixed: ::std::option::Option<::serde_json::Value>",
    ] {
        assert!(token.contains(field), "no {field:?} in: {token}");
    }
    assert_refused(
        &[(&format!("{TOKEN}/kind"), json!({"enum": ["a", "b"]}))],
        &[
            "#/components/schemas/SignInToken/properties/kind",
            "a value that upstream adds",
            "x-open-enum",
        ],
    );
}

#[test]
fn the_server_is_one_absolute_url() {
    let variables = json!({"env": {"default": "api", "enum": ["api", "api-eu"]}});
    let server = json!({"url": "https://{env}.clerk.com/v1", "variables": variables});
    let scratch = edited(&[("/servers", json!([server]))]);
    let code = generated(&scratch);
    assert!(code.contains("SERVER: &str = \"https://api.clerk.com/v1\""));
    for (servers, part) in [
        (json!([{"url": "/v1"}]), "not an absolute URL"),
        (json!([server, server]), "2 servers"),
        (json!([]), "no server"),
    ] {
        assert_refused(
            &[("/servers", servers)],
            &["#/servers: ", part, "openapi/overlay.yml"],
        );
    }
    assert_refused(
        &[(
            &format!("{CREATE}/servers"),
            json!([{"url": "https://other.example"}]),
        )],
        &["CreateSignInToken: #/paths/~1sign_in_tokens/post/servers: "],
    );
}

#[test]
fn a_value_with_a_default_is_left_out_when_it_is_unset() {
    // The contract has a default for `expires_in_seconds`, which may be null.
    let plain = format!("{BODY}/limit");
    let code = generated(&edited(&[(
        &plain,
        json!({"type": "integer", "default": 10}),
    )]));
    let body = structure(&code, "CreateSignInTokenBody");
    for field in ["expires_in_seconds", "limit"] {
        let (before, _) = body
            .split_once(&format!("pub {field}: ::std::option::Option<"))
            .unwrap();
        let attribute = before.rsplit("#[serde(").next().unwrap();
        assert!(
            attribute.contains("skip_serializing_if"),
            "{field}: {attribute}"
        );
    }
}

#[test]
fn a_secret_by_its_name_has_to_be_marked() {
    for name in ["ticket", "access_token", "clientSecret", "password"] {
        let at = format!("{TOKEN}/{name}");
        let refusal = [
            &at[1..],
            "is a secret by its name",
            "format: password",
            "x-secret: false",
        ];
        assert_refused(&[(&at, string())], &refusal);
        for marked in [
            json!({"type": "string", "format": "password"}),
            json!({"type": "string", "x-secret": false}),
            json!({"type": "boolean"}),
        ] {
            edited(&[(&at, marked)]).succeed(&["codegen"]);
        }
        // What is sent is the caller's own.
        edited(&[(&format!("{BODY}/{name}"), string())]).succeed(&["codegen"]);
    }
    // The overlay marks `url`, which stands beside a token; elsewhere it is no secret.
    let scratch = Scratch::new();
    let overlay = scratch
        .text("openapi/overlay.yml")
        .replace("['token', 'url']", "['token']");
    scratch.write("openapi/overlay.yml", overlay);
    scratch.fail(
        &["codegen"],
        &["SignInToken/properties/url: `url` is a secret"],
    );
    edited(&[(&format!("{TOKEN}/image"), object("url"))]).succeed(&["codegen"]);
}

#[test]
fn check_writes_nothing_and_tells_what_is_stale() {
    let scratch = Scratch::new();
    scratch.succeed(&["codegen"]);
    scratch.succeed(&["codegen", "--check"]);
    let path = "clerk-api/src/generated/client.rs";
    scratch.write(path, "stale");
    let output = scratch.run(&["codegen", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    let message = super::standard_error(&output);
    assert!(
        message.contains(path) && message.ends_with("run: cargo xtask codegen\n"),
        "{message}"
    );
    assert_eq!(scratch.text(path), "stale");
}

#[test]
fn documents_that_once_went_wrong_are_refused_or_right() {
    let Some(cases) = shared("cases/drift") else {
        return;
    };
    for (name, outcome) in [
        ("dup-field", Err("`_url` and `url` make one name")),
        ("field-case", Err("`userId` and `user_id` make one name")),
        ("type-names", Err("`SignInTokenOwner`")),
        ("untyped-enum-new", Err("x-open-enum")),
        ("untyped-enum-wider", Err("x-open-enum")),
        ("int-enum-new", Ok("pub version: i64,")),
        ("int-enum-wider", Ok("pub version: i64,")),
        (
            "server-vars",
            Ok("SERVER: &str = \"https://api.clerk.com/v1\""),
        ),
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
            Ok(code) => assert!(generated(&scratch).contains(code), "{name}: no {code}"),
            Err(part) => {
                scratch.fail(&["codegen"], &[part]);
            }
        }
    }
}
