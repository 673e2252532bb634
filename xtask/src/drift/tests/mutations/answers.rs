//! Edits that break responses.

use serde_json::json;

use super::{ERROR, ERRORS, Mutation, breaking};
use crate::drift::tests::{TOKEN, set, take};

pub(super) const MUTATIONS: &[Mutation] = &[
    // A response part removed, retyped, newly optional or nullable.
    breaking(
        "required response part removed",
        "part `user_id` is gone",
        |d| {
            take(d, &format!("{TOKEN}/properties"), "user_id");
            set(
                d,
                TOKEN,
                "required",
                json!(["created_at", "id", "object", "status", "updated_at"]),
            );
        },
    ),
    breaking(
        "optional response part removed",
        "part `url` is gone",
        |d| {
            take(d, &format!("{TOKEN}/properties"), "url");
        },
    ),
    breaking("error part removed", "may lose this detail", |d| {
        take(d, &format!("{ERRORS}/properties"), "clerk_trace_id");
    }),
    breaking(
        "response part retyped",
        "type changed from `integer` to `string`",
        |d| {
            set(
                d,
                &format!("{TOKEN}/properties/created_at"),
                "type",
                json!("string"),
            )
        },
    ),
    breaking(
        "response part of another format",
        "format changed from `int64` to `int32`",
        |d| {
            set(
                d,
                &format!("{TOKEN}/properties/updated_at"),
                "format",
                json!("int32"),
            )
        },
    ),
    breaking(
        "response elements retyped",
        "`errors[]`: type changed",
        |d| {
            set(
                d,
                &format!("{ERRORS}/properties/errors"),
                "items",
                json!({ "type": "string" }),
            )
        },
    ),
    breaking("response part optional", "`user_id` may be missing", |d| {
        set(
            d,
            TOKEN,
            "required",
            json!(["created_at", "id", "object", "status", "updated_at"]),
        )
    }),
    breaking("error part optional", "`code` may be missing", |d| {
        set(d, ERROR, "required", json!(["long_message", "message"]))
    }),
    breaking("response part nullable", "may now be null", |d| {
        set(
            d,
            &format!("{TOKEN}/properties/user_id"),
            "nullable",
            json!(true),
        )
    }),
    breaking(
        "optional response part nullable",
        "`token`: may now be null",
        |d| {
            set(
                d,
                &format!("{TOKEN}/properties/token"),
                "nullable",
                json!(true),
            )
        },
    ),
    breaking("nullable through a wrapper", "may now be null", |d| {
        set(
            d,
            "/components/responses/SignInToken/content/application~1json",
            "schema",
            json!({ "allOf": [{ "$ref": "#/components/schemas/SignInToken" }], "nullable": true }),
        );
    }),
    breaking(
        "response enum value removed",
        "lost the values `accepted`",
        |d| {
            set(
                d,
                &format!("{TOKEN}/properties/status"),
                "enum",
                json!(["pending", "revoked"]),
            )
        },
    ),
    breaking("response enum gone", "takes any value from now on", |d| {
        take(d, &format!("{TOKEN}/properties/status"), "enum");
    }),
];
