//! Edits that break requests, and edits that nobody can judge.

use serde_json::json;

use super::{EXPIRES, Mutation, PARAMETERS, USER, breaking};
use crate::drift::tests::{BODY, CREATE, REVOKE, TOKEN, at, set, take};

pub(super) const MUTATIONS: &[Mutation] = &[
    // A request part newly required, removed, retyped, narrowed.
    breaking(
        "request part required",
        "`org_id` is required from now on",
        |d| set(d, BODY, "required", json!(["user_id", "org_id"])),
    ),
    breaking(
        "other request part required",
        "`expires_in_seconds` is required",
        |d| {
            set(
                d,
                BODY,
                "required",
                json!(["user_id", "expires_in_seconds"]),
            )
        },
    ),
    breaking(
        "new required request part",
        "new required part `reason`",
        |d| {
            set(
                d,
                &format!("{BODY}/properties"),
                "reason",
                json!({ "type": "string" }),
            );
            set(d, BODY, "required", json!(["user_id", "reason"]));
        },
    ),
    breaking("request part removed", "part `org_id` is gone", |d| {
        take(d, &format!("{BODY}/properties"), "org_id");
    }),
    breaking(
        "required request part removed",
        "part `user_id` is gone",
        |d| {
            take(d, &format!("{BODY}/properties"), "user_id");
            take(d, BODY, "required");
        },
    ),
    breaking("request body removed", "request body: is gone", |d| {
        take(d, CREATE, "requestBody");
    }),
    breaking("request body required", "is required from now on", |d| {
        set(d, &format!("{CREATE}/requestBody"), "required", json!(true))
    }),
    breaking("new required request body", "new and required", |d| {
        set(
            d,
            REVOKE,
            "requestBody",
            json!({ "required": true, "content": { "application/json": { "schema": { "type": "object", "properties": { "a": { "type": "string" } } } } } }),
        )
    }),
    breaking(
        "request part retyped",
        "type changed from `string` to `integer`",
        |d| set(d, USER, "type", json!("integer")),
    ),
    breaking(
        "request part of another format",
        "format changed from none to `int32`",
        |d| set(d, EXPIRES, "format", json!("int32")),
    ),
    breaking(
        "request bound narrowed",
        "narrowed: `minimum` changed from `1` to `60`",
        |d| set(d, EXPIRES, "minimum", json!(60)),
    ),
    breaking(
        "request bound new",
        "narrowed: `maximum` changed from none to `86400`",
        |d| set(d, EXPIRES, "maximum", json!(86400)),
    ),
    breaking("request bound exclusive", "to `1` (exclusive)", |d| {
        set(d, EXPIRES, "exclusiveMinimum", json!(true))
    }),
    breaking(
        "request multiple",
        "`multipleOf` is `60` from now on",
        |d| set(d, EXPIRES, "multipleOf", json!(60)),
    ),
    breaking(
        "request length",
        "narrowed: `maxLength` changed from none to `32`",
        |d| set(d, USER, "maxLength", json!(32)),
    ),
    breaking("request least length", "narrowed: `minLength`", |d| {
        set(d, USER, "minLength", json!(5))
    }),
    breaking(
        "request pattern",
        "`pattern` is `^user_` from now on",
        |d| set(d, USER, "pattern", json!("^user_")),
    ),
    breaking("request enum", "takes only the values `a`, `b`", |d| {
        set(d, USER, "enum", json!(["a", "b"]))
    }),
    breaking("request null", "may no longer be null", |d| {
        take(d, EXPIRES, "nullable");
    }),
    breaking(
        "other request null",
        "`org_id`: may no longer be null",
        |d| {
            set(
                d,
                &format!("{BODY}/properties/org_id"),
                "nullable",
                json!(false),
            )
        },
    ),
    breaking("request closed", "closed: only the named parts", |d| {
        set(d, BODY, "additionalProperties", json!(false))
    }),
    // Parameters.
    breaking(
        "parameter required",
        "query parameter `reason`: new and required",
        |d| {
            at(d, PARAMETERS).as_array_mut().unwrap().push(json!({ "name": "reason", "in": "query", "required": true, "schema": { "type": "string" } }))
        },
    ),
    breaking(
        "header required",
        "header parameter `X-Reason`: new and required",
        |d| {
            at(d, PARAMETERS).as_array_mut().unwrap().push(json!({ "name": "X-Reason", "in": "header", "required": true, "schema": { "type": "string" } }))
        },
    ),
    breaking(
        "parameter retyped",
        "type changed from `string` to `integer`",
        |d| {
            set(
                d,
                &format!("{PARAMETERS}/0/schema"),
                "type",
                json!("integer"),
            )
        },
    ),
    breaking(
        "parameter narrowed",
        "`pattern` is `^sit_` from now on",
        |d| {
            set(
                d,
                &format!("{PARAMETERS}/0/schema"),
                "pattern",
                json!("^sit_"),
            )
        },
    ),
    breaking(
        "parameter written otherwise",
        "is written in another way",
        |d| set(d, &format!("{PARAMETERS}/0"), "style", json!("label")),
    ),
    // What stays unclear.
    breaking(
        "unknown keyword",
        "the keyword `const` changed (unclear)",
        |d| set(d, USER, "const", json!("a")),
    ),
    breaking(
        "unknown keyword in a response",
        "the keyword `patternProperties` changed (unclear)",
        |d| set(d, TOKEN, "patternProperties", json!({})),
    ),
    breaking("union", "`oneOf` came or went (unclear)", |d| {
        set(
            d,
            USER,
            "oneOf",
            json!([{ "maxLength": 3 }, { "minLength": 5 }]),
        )
    }),
    breaking("negation", "`not` changed (unclear)", |d| {
        set(d, USER, "not", json!({ "enum": ["x"] }))
    }),
];
