//! Edits of words, and edits that change nothing.

use serde_json::{Value, json};

use super::{ERRORS, Mutation, PARAMETERS, USER, docs, none};
use crate::drift::tests::{BODY, CREATE, REVOKE, TOKEN, at, set, take};

pub(super) const MUTATIONS: &[Mutation] = &[
    // Words.
    docs("description", "words changed", |d| {
        set(d, CREATE, "description", json!("Creates a token."))
    }),
    docs("summary", "words changed", |d| {
        set(d, REVOKE, "summary", json!("Withdraws a token."))
    }),
    docs("title", "words changed", |d| {
        set(d, TOKEN, "title", json!("Sign-in token"))
    }),
    docs("title of a request", "words changed", |d| {
        set(d, BODY, "title", json!("What to create"))
    }),
    docs("tag", "words changed", |d| {
        set(d, CREATE, "tags", json!(["Sign-in tokens"]))
    }),
    docs("description of a tag", "words changed", |d| {
        set(d, "/tags/0", "description", json!("All on tokens."))
    }),
    docs("example", "words changed", |d| {
        set(d, USER, "example", json!("user_2"))
    }),
    docs("new example", "words changed", |d| {
        set(
            d,
            "/components/responses/SignInToken/content/application~1json",
            "example",
            json!({ "id": "sit_1" }),
        )
    }),
    docs("x- key", "words changed", |d| {
        set(d, CREATE, "x-group", json!("signInTokens"))
    }),
    docs("new x- key", "words changed", |d| {
        set(
            d,
            &format!("{TOKEN}/properties/status"),
            "x-names",
            json!(["A"]),
        )
    }),
    docs("description of a parameter", "words changed", |d| {
        set(
            d,
            &format!("{PARAMETERS}/0"),
            "description",
            json!("The token's id."),
        )
    }),
    docs("description of a response", "words changed", |d| {
        set(
            d,
            "/components/responses/ClerkErrors",
            "description",
            json!("It failed."),
        )
    }),
    docs("description of a security scheme", "words changed", |d| {
        take(d, "/components/securitySchemes/bearerAuth", "description");
    }),
    // Nothing.
    none("nothing", |_| {}),
    none("other operation changed", |d| {
        set(d, "/paths/~1other/get", "operationId", json!("GetAnother"))
    }),
    none("other operation gone", |d| {
        take(d, "/paths", "/other");
    }),
    none("new operation elsewhere", |d| {
        set(
            d,
            "/paths",
            "/sign_in_tokens_archive",
            json!({ "get": { "operationId": "GetArchive", "responses": {} } }),
        )
    }),
    none("other schema changed", |d| {
        set(
            d,
            "/components/schemas",
            "Other",
            json!({ "type": "integer" }),
        )
    }),
    none("other tag", |d| {
        set(d, "/tags/1", "description", json!("Other things."))
    }),
    none("title and version of the document", |d| {
        set(
            d,
            "",
            "info",
            json!({ "title": "Other", "version": "v1", "description": "Prose." }),
        )
    }),
    none("key order", |d| {
        let text = d.to_string();
        let Value::Object(map) = serde_json::from_str(&text).unwrap() else {
            unreachable!()
        };
        *d = Value::Object(map.into_iter().rev().collect());
    }),
    none("order of required and enum", |d| {
        at(d, &format!("{TOKEN}/required"))
            .as_array_mut()
            .unwrap()
            .reverse();
        at(d, &format!("{TOKEN}/properties/status/enum"))
            .as_array_mut()
            .unwrap()
            .reverse();
    }),
    none("schema inlined", |d| {
        let schema = at(d, TOKEN).clone();
        set(
            d,
            "/components/responses/SignInToken/content/application~1json",
            "schema",
            schema,
        );
    }),
    none("response inlined", |d| {
        let response = at(d, "/components/responses/SignInToken").clone();
        set(d, &format!("{CREATE}/responses"), "200", response);
    }),
    none("schema renamed", |d| {
        let text = d
            .to_string()
            .replace("schemas/SignInToken", "schemas/Ticket")
            .replace("\"SignInToken\":{\"additional", "\"Ticket\":{\"additional");
        *d = serde_json::from_str(&text).unwrap();
        assert!(d.pointer("/components/schemas/Ticket").is_some());
    }),
    none("request made a component", |d| {
        let schema = at(d, BODY).take();
        set(d, "/components/schemas", "Body", schema);
        *at(d, BODY) = json!({ "$ref": "#/components/schemas/Body" });
    }),
    none("parameter made a component", |d| {
        let parameter = at(d, &format!("{PARAMETERS}/0")).take();
        set(d, "/components", "parameters", json!({ "Id": parameter }));
        *at(d, &format!("{PARAMETERS}/0")) = json!({ "$ref": "#/components/parameters/Id" });
    }),
    none("single allOf", |d| {
        set(
            d,
            "/components/responses/SignInToken/content/application~1json",
            "schema",
            json!({ "allOf": [{ "$ref": "#/components/schemas/SignInToken" }] }),
        );
    }),
    none("single allOf in a list", |d| {
        set(
            d,
            &format!("{ERRORS}/properties/errors"),
            "items",
            json!({ "allOf": [{ "$ref": "#/components/schemas/ClerkError" }] }),
        )
    }),
    none("security scheme renamed", |d| {
        let scheme = take(d, "/components/securitySchemes", "bearerAuth");
        set(d, "/components/securitySchemes", "secretKey", scheme);
        set(d, "", "security", json!([{ "secretKey": [] }]));
    }),
    none("security said by the operation", |d| {
        set(d, CREATE, "security", json!([{ "bearerAuth": [] }]))
    }),
    none("what goes without saying is said", |d| {
        set(d, USER, "nullable", json!(false));
        set(d, USER, "minLength", json!(0));
        set(d, CREATE, "deprecated", json!(false));
        set(
            d,
            &format!("{CREATE}/requestBody"),
            "required",
            json!(false),
        );
        set(d, &format!("{PARAMETERS}/0"), "style", json!("simple"));
    }),
];
