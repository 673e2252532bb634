//! Edits of operations, and of where and by whom they are reached.

use serde_json::json;

use super::{Mutation, breaking};
use crate::drift::tests::{CREATE, REVOKE, set, take};

pub(super) const MUTATIONS: &[Mutation] = &[
    // Operation, path, method, operationId.
    breaking("operation removed", "the operation is gone", |d| {
        take(d, "/paths", "/sign_in_tokens");
    }),
    breaking("other operation removed", "the operation is gone", |d| {
        take(
            d,
            "/paths/~1sign_in_tokens~1{sign_in_token_id}~1revoke",
            "post",
        );
    }),
    breaking(
        "path changed",
        "path changed from `/sign_in_tokens` to `/signin_tokens`",
        |d| {
            let item = take(d, "/paths", "/sign_in_tokens");
            set(d, "/paths", "/signin_tokens", item);
        },
    ),
    breaking("path moved below", "they call the old path", |d| {
        let item = take(d, "/paths", "/sign_in_tokens/{sign_in_token_id}/revoke");
        set(d, "/paths", "/tokens/{sign_in_token_id}/revoke", item);
    }),
    breaking(
        "path parameter renamed",
        "only a parameter's name changed",
        |d| {
            let mut item = take(d, "/paths", "/sign_in_tokens/{sign_in_token_id}/revoke");
            item["post"]["parameters"][0]["name"] = json!("id");
            set(d, "/paths", "/sign_in_tokens/{id}/revoke", item);
        },
    ),
    breaking(
        "method changed",
        "method changed from `POST` to `PUT`",
        |d| {
            let post = take(d, "/paths/~1sign_in_tokens", "post");
            set(d, "/paths/~1sign_in_tokens", "put", post);
        },
    ),
    breaking(
        "other method changed",
        "method changed from `POST` to `DELETE`",
        |d| {
            let post = take(
                d,
                "/paths/~1sign_in_tokens~1{sign_in_token_id}~1revoke",
                "post",
            );
            set(
                d,
                "/paths/~1sign_in_tokens~1{sign_in_token_id}~1revoke",
                "delete",
                post,
            );
        },
    ),
    breaking(
        "operationId renamed",
        "renamed from `CreateSignInToken` to `CreateToken`",
        |d| set(d, CREATE, "operationId", json!("CreateToken")),
    ),
    breaking(
        "other operationId renamed",
        "renamed from `RevokeSignInToken`",
        |d| set(d, REVOKE, "operationId", json!("revokeSignInToken")),
    ),
    breaking(
        "operationId removed",
        "operationId `CreateSignInToken` is gone",
        |d| {
            take(d, CREATE, "operationId");
        },
    ),
    // Success status, media type.
    breaking("success status changed", "success status is gone", |d| {
        let response = take(d, &format!("{CREATE}/responses"), "200");
        set(d, &format!("{CREATE}/responses"), "201", response);
    }),
    breaking(
        "success status removed",
        "response 200: success status is gone",
        |d| {
            take(d, &format!("{REVOKE}/responses"), "200");
        },
    ),
    breaking("success status added", "new success status", |d| {
        set(
            d,
            &format!("{REVOKE}/responses"),
            "202",
            json!({ "description": "" }),
        )
    }),
    breaking(
        "request media type changed",
        "media type changed from `application/json`",
        |d| {
            let json = take(
                d,
                &format!("{CREATE}/requestBody/content"),
                "application/json",
            );
            set(
                d,
                &format!("{CREATE}/requestBody/content"),
                "application/x-www-form-urlencoded",
                json,
            );
        },
    ),
    breaking(
        "response media type changed",
        "to `application/vnd.clerk+json`",
        |d| {
            let json = take(
                d,
                "/components/responses/SignInToken/content",
                "application/json",
            );
            set(
                d,
                "/components/responses/SignInToken/content",
                "application/vnd.clerk+json",
                json,
            );
        },
    ),
    breaking(
        "response body removed",
        "media type `application/json` is gone",
        |d| {
            take(d, "/components/responses/SignInToken", "content");
        },
    ),
    breaking("error body removed", "response 400: media type", |d| {
        take(d, "/components/responses/ClerkErrors", "content");
    }),
    // Security, server.
    breaking(
        "security scheme changed",
        "security changed from `http bearer` to `http basic`",
        |d| {
            set(
                d,
                "/components/securitySchemes/bearerAuth",
                "scheme",
                json!("basic"),
            )
        },
    ),
    breaking(
        "security scheme moved to a header",
        "apiKey header X-Key",
        |d| {
            set(
                d,
                "/components/securitySchemes",
                "bearerAuth",
                json!({ "type": "apiKey", "in": "header", "name": "X-Key" }),
            )
        },
    ),
    breaking("security removed", "to none", |d| {
        take(d, "", "security");
    }),
    breaking("security off for an operation", "to none", |d| {
        set(d, CREATE, "security", json!([]))
    }),
    breaking(
        "server changed",
        "server changed from `https://api.clerk.com/v1` to `https://api.clerk.com/v2`",
        |d| set(d, "/servers/0", "url", json!("https://api.clerk.com/v2")),
    ),
    breaking(
        "server gone",
        "server `https://api.clerk.com/v1` is gone",
        |d| {
            take(d, "", "servers");
        },
    ),
    breaking("server of an operation", "server changed", |d| {
        set(
            d,
            REVOKE,
            "servers",
            json!([{ "url": "https://eu.clerk.com/v1" }]),
        )
    }),
    breaking("servers reordered", "the first server is", |d| {
        set(
            d,
            "",
            "servers",
            json!([{ "url": "https://eu.clerk.com" }, { "url": "https://api.clerk.com/v1" }]),
        )
    }),
];
