//! Edits that released clients survive.

use serde_json::json;

use super::{ERROR, ERRORS, EXPIRES, Mutation, PARAMETERS, compatible};
use crate::drift::tests::{BODY, CREATE, REVOKE, TOKEN, at, set, take};

pub(super) const MUTATIONS: &[Mutation] = &[
    // Compatible: a new optional request part or parameter.
    compatible(
        "new request part",
        "a new builder method `redirect_url`",
        |d| {
            set(
                d,
                &format!("{BODY}/properties"),
                "redirect_url",
                json!({ "type": "string" }),
            )
        },
    ),
    compatible(
        "other new request part",
        "new optional part `locale`",
        |d| {
            set(
                d,
                &format!("{BODY}/properties"),
                "locale",
                json!({ "type": "string", "nullable": true }),
            )
        },
    ),
    compatible(
        "new parameter",
        "query parameter `reason`: new and optional",
        |d| {
            at(d, PARAMETERS)
                .as_array_mut()
                .unwrap()
                .push(json!({ "name": "reason", "in": "query", "schema": { "type": "string" } }))
        },
    ),
    compatible(
        "new parameter of the path",
        "header parameter `X-Trace`: new and optional",
        |d| {
            set(
                d,
                "/paths/~1sign_in_tokens",
                "parameters",
                json!([{ "name": "X-Trace", "in": "header", "schema": { "type": "string" } }]),
            )
        },
    ),
    compatible("new request body", "request body: new and optional", |d| {
        set(
            d,
            REVOKE,
            "requestBody",
            json!({ "content": { "application/json": { "schema": { "type": "object", "properties": { "reason": { "type": "string" } } } } } }),
        )
    }),
    // A loosened bound.
    compatible(
        "bound gone",
        "loosened: `minimum` changed from `1` to none",
        |d| {
            take(d, EXPIRES, "minimum");
        },
    ),
    compatible(
        "bound loosened",
        "loosened: `minimum` changed from `1` to `0`",
        |d| set(d, EXPIRES, "minimum", json!(0)),
    ),
    compatible(
        "request part no longer required",
        "`user_id` is no longer required",
        |d| {
            take(d, BODY, "required");
        },
    ),
    compatible("request opened", "opened: any further parts", |d| {
        set(d, BODY, "additionalProperties", json!(true))
    }),
    // A new response part.
    compatible("new response part", "new part `ticket_id`", |d| {
        set(
            d,
            &format!("{TOKEN}/properties"),
            "ticket_id",
            json!({ "type": "string" }),
        )
    }),
    compatible(
        "new required response part",
        "they ignore fields that they don't know",
        |d| {
            set(
                d,
                &format!("{TOKEN}/properties"),
                "org_id",
                json!({ "type": "string" }),
            );
            set(
                d,
                TOKEN,
                "required",
                json!([
                    "created_at",
                    "id",
                    "object",
                    "org_id",
                    "status",
                    "updated_at",
                    "user_id"
                ]),
            );
        },
    ),
    compatible("new error part", "new part `doc_url`", |d| {
        set(
            d,
            &format!("{ERROR}/properties"),
            "doc_url",
            json!({ "type": "string" }),
        )
    }),
    compatible("new response header", "new header `X-Left`", |d| {
        set(
            d,
            "/components/responses/SignInToken",
            "headers",
            json!({ "X-Left": { "schema": { "type": "integer" } } }),
        )
    }),
    compatible("response bound", "what still comes, they take", |d| {
        set(
            d,
            &format!("{TOKEN}/properties/created_at"),
            "maximum",
            json!(9_000_000_000_000_i64),
        )
    }),
    // A new error status, a new operation under the same paths.
    compatible("new error status", "response 429: new error status", |d| {
        set(
            d,
            &format!("{CREATE}/responses"),
            "429",
            json!({ "$ref": "#/components/responses/ClerkErrors" }),
        )
    }),
    compatible(
        "other new error status",
        "response 401: new error status",
        |d| {
            set(
                d,
                &format!("{REVOKE}/responses"),
                "401",
                json!({ "$ref": "#/components/responses/ClerkErrors" }),
            )
        },
    ),
    compatible(
        "error status gone",
        "error status is no longer named",
        |d| {
            take(d, &format!("{CREATE}/responses"), "403");
        },
    ),
    compatible(
        "new operation",
        "new operation `GET /sign_in_tokens`",
        |d| {
            set(
                d,
                "/paths/~1sign_in_tokens",
                "get",
                json!({ "operationId": "ListSignInTokens", "responses": {} }),
            )
        },
    ),
    compatible(
        "new operation below",
        "new operation `GET /sign_in_tokens/{sign_in_token_id}`",
        |d| {
            set(
                d,
                "/paths",
                "/sign_in_tokens/{sign_in_token_id}",
                json!({ "get": { "operationId": "GetSignInToken", "responses": {} } }),
            )
        },
    ),
    compatible(
        "another server",
        "another server `https://eu.clerk.com/v1`",
        |d| {
            at(d, "/servers")
                .as_array_mut()
                .unwrap()
                .push(json!({ "url": "https://eu.clerk.com/v1" }))
        },
    ),
    // A deprecation, a changed default, a new value, a part that became required.
    compatible("operation deprecated", "the operation is deprecated", |d| {
        set(d, REVOKE, "deprecated", json!(true))
    }),
    compatible("request part deprecated", "`org_id`: is deprecated", |d| {
        set(
            d,
            &format!("{BODY}/properties/org_id"),
            "deprecated",
            json!(true),
        )
    }),
    compatible("parameter deprecated", "is deprecated", |d| {
        set(d, &format!("{PARAMETERS}/0"), "deprecated", json!(true))
    }),
    compatible(
        "default changed",
        "default changed from `2592000` to `3600`",
        |d| set(d, EXPIRES, "default", json!(3600)),
    ),
    compatible(
        "default gone",
        "default changed from `2592000` to none",
        |d| {
            take(d, EXPIRES, "default");
        },
    ),
    compatible(
        "response enum value",
        "released clients keep values that they don't know",
        |d| {
            at(d, &format!("{TOKEN}/properties/status/enum"))
                .as_array_mut()
                .unwrap()
                .push(json!("expired"))
        },
    ),
    compatible(
        "other response enum value",
        "has the new values `ticket`",
        |d| {
            at(d, &format!("{TOKEN}/properties/object/enum"))
                .as_array_mut()
                .unwrap()
                .push(json!("ticket"))
        },
    ),
    compatible(
        "response part required",
        "`token` is always there from now on",
        |d| {
            at(d, &format!("{TOKEN}/required"))
                .as_array_mut()
                .unwrap()
                .push(json!("token"))
        },
    ),
    compatible(
        "error part required",
        "`clerk_trace_id` is always there",
        |d| set(d, ERRORS, "required", json!(["errors", "clerk_trace_id"])),
    ),
    compatible("response part never null", "is no longer null", |d| {
        take(d, &format!("{TOKEN}/properties/url"), "nullable");
    }),
    compatible("response opened", "released clients ignore fields", |d| {
        take(d, TOKEN, "additionalProperties");
        set(d, TOKEN, "additionalProperties", json!(true));
    }),
];
