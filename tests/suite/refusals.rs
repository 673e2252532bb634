//! Every error that the API is documented to give, and what a caller gets of it.

use std::time::Duration;

use clerk_api::testing::MockServerExt as _;
use clerk_api::{Clerk, Error, ErrorKind, Outcome, RetryPolicy, SignInTokens};
use httpmock::{MockServer, Then};
use serde_json::{Value, json};

use crate::support::{KEY, NOT_PENDING, assert_shown_well, clerk, errors_json, predicates};

/// One server, and one client whose connections all calls share: to make one takes longer than to use it.
struct Refusing {
    server: MockServer,
    clerk: Clerk,
}

impl Refusing {
    async fn start() -> Self {
        let server = MockServer::start_async().await;
        let clerk = clerk(server.base_url());
        Self { server, clerk }
    }

    /// The error of a create that is answered so, and the number of requests.
    async fn create_error(&self, answer: impl FnOnce(Then)) -> (Error, usize) {
        let mut mock = (self.server).create_sign_in_token(|_, then| answer(then.into_inner()));
        let create = self.tokens().create("user_1").org_id("org_1");
        let error = create.retry(RetryPolicy::never()).await.unwrap_err();
        let requests = mock.calls_async().await;
        mock.delete();
        (error, requests)
    }

    /// The error of a revoke that is answered so, and the number of requests.
    async fn revoke_error(&self, answer: impl FnOnce(Then)) -> (Error, usize) {
        let mut mock = (self.server).revoke_sign_in_token(|_, then| answer(then.into_inner()));
        let revoke = self.tokens().revoke("sit_1");
        let error = revoke.retry(RetryPolicy::never()).await.unwrap_err();
        let requests = mock.calls_async().await;
        mock.delete();
        (error, requests)
    }

    /// Without what earlier calls taught the client of the rate limit.
    fn tokens(&self) -> SignInTokens {
        let fresh = self.clerk.with_secret_key(KEY).unwrap();
        fresh.sign_in_tokens()
    }
}

/// An error as the API is documented to give it, and what becomes of it: status, code, outcome, predicates.
type Refusal = (u16, &'static str, Outcome, &'static [&'static str]);

const REFUSALS: [Refusal; 14] = {
    use Outcome::{Rejected, Unknown};
    [
        (400, NOT_PENDING, Rejected, &["bad_request", "not_pending"]),
        (400, "request_body_invalid", Rejected, &["bad_request"]),
        (400, "api_version_invalid", Rejected, &["bad_request"]),
        (401, "clerk_key_invalid", Rejected, &["unauthorized"]),
        (
            403,
            "not_a_member_in_organization",
            Rejected,
            &["forbidden"],
        ),
        (404, "resource_not_found", Rejected, &["not_found"]),
        (409, "conflict", Rejected, &["conflict"]),
        (409, "resource_locked", Rejected, &["conflict"]),
        (422, "form_param_missing", Rejected, &["unprocessable"]),
        (
            422,
            "form_param_value_invalid",
            Rejected,
            &["unprocessable"],
        ),
        (429, "too_many_requests", Rejected, &["rate_limited"]),
        (500, "internal_clerk_error", Unknown, &["server_error"]),
        (503, "service_unavailable", Rejected, &["server_error"]),
        (504, "gateway_timeout", Unknown, &["server_error"]),
    ]
};

#[tokio::test]
async fn every_documented_error_says_all_that_the_server_said() {
    let server = Refusing::start().await;
    for (status, code, outcome, expected_predicates) in REFUSALS {
        let (kind, meta) = match status {
            422 => (ErrorKind::Status, json!({"param_name": "user_id"})),
            429 => (ErrorKind::RateLimited, json!({})),
            _ => (ErrorKind::Status, json!({})),
        };
        let body = errors_json(code, "in a sentence", meta.clone()).to_string();
        let answer = |then: Then| {
            then.status(status).body(&body);
        };
        for (operation, (error, requests)) in [
            ("CreateSignInToken", server.create_error(answer).await),
            ("RevokeSignInToken", server.revoke_error(answer).await),
        ] {
            let of = format!("{operation}: {status} {code}");
            assert_eq!(requests, 1, "{of}");
            assert_eq!(error.attempts(), 1, "{of}");
            assert_eq!(error.operation(), Some(operation), "{of}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            assert_eq!(error.kind(), kind, "{of}");
            assert_eq!(error.outcome(), outcome, "{of}");
            assert_eq!(predicates(&error), expected_predicates, "{of}");
            assert_eq!(error.code(), Some(code), "{of}");
            assert_eq!(error.parameter(), meta["param_name"].as_str(), "{of}");
            assert_eq!(error.trace_id(), Some("trace_body"), "{of}");
            assert_eq!(error.retry_after(), None, "{of}");
            assert_eq!(error.response_body(), Some(body.as_bytes()), "{of}");
            assert!(error.elapsed() > Duration::ZERO, "{of}");
            let [reason] = error.errors() else {
                panic!("{of}");
            };
            assert_eq!(
                (reason.code(), reason.message(), reason.long_message()),
                (code, "in short", Some("in a sentence")),
                "{of}"
            );
            assert_eq!(Some(reason.meta()), meta.as_object(), "{of}");
            let line = error.to_string();
            for part in [
                operation,
                &status.to_string(),
                code,
                "in a sentence",
                "trace_body",
                "1 attempt",
            ] {
                assert!(line.contains(part), "{of}: {part} is not in {line}");
            }
            assert_shown_well(&error);
        }
    }
}

#[tokio::test]
async fn the_trace_id_comes_from_the_body_then_clerks_header_then_cloudflares() {
    let server = Refusing::start().await;
    let with_id = errors_json("conflict", "No.", Value::Null).to_string();
    let html = "<html><h1>502 Bad Gateway</h1></html>";
    for (status, body, clerk_header, cf_ray, expected) in [
        (
            409,
            with_id.as_str(),
            Some("trace_header"),
            Some("ray"),
            Some("trace_body"),
        ),
        (
            404,
            with_id.as_str(),
            Some("trace_header"),
            Some("ray"),
            Some("trace_body"),
        ),
        (
            409,
            "{}",
            Some("trace_header"),
            Some("ray"),
            Some("trace_header"),
        ),
        (
            404,
            r#"{"errors": [], "clerk_trace_id": ""}"#,
            Some("trace_header"),
            Some("ray"),
            Some("trace_header"),
        ),
        (403, html, None, Some("ray"), Some("ray")),
        (502, html, None, Some("ray"), Some("ray")),
        (503, html, Some(""), Some("ray"), Some("ray")),
        (502, html, None, None, None),
    ] {
        let answer = |then: Then| {
            let mut then = then.status(status).body(body);
            for (name, value) in [("clerk-trace-id", clerk_header), ("cf-ray", cf_ray)] {
                if let Some(value) = value {
                    then = then.header(name, value);
                }
            }
        };
        for (error, _) in [
            server.create_error(answer).await,
            server.revoke_error(answer).await,
        ] {
            assert_eq!(error.trace_id(), expected, "{status} {body}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            assert_eq!(error.kind(), ErrorKind::Status, "{status} {body}");
        }
    }
}

#[tokio::test]
async fn the_asked_for_wait_is_told() {
    let server = Refusing::start().await;
    let thirty_days = Duration::from_secs(30 * 24 * 60 * 60);
    for status in [429, 503] {
        for (value, expected) in [
            ("7", Some(Duration::from_secs(7))),
            ("0", Some(Duration::ZERO)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(thirty_days)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(Duration::ZERO)),
            ("soon", None),
        ] {
            let answer = |then: Then| {
                then.status(status).header("retry-after", value);
            };
            for (error, requests) in [
                server.create_error(answer).await,
                server.revoke_error(answer).await,
            ] {
                assert_eq!(error.retry_after(), expected, "{status}: {value}");
                assert_eq!(requests, 1);
                assert_eq!(error.errors(), [], "the body is empty");
                assert_eq!(error.code(), None);
            }
        }
    }
}

#[tokio::test]
async fn a_lean_or_strange_body_loses_nothing_that_is_there() {
    let server = Refusing::start().await;
    // (body, code, message, long message, parameter)
    type Said<'a> = Option<(&'a str, &'a str, Option<&'a str>, Option<&'a str>)>;
    let bodies: [(&str, Said); 10] = [
        (
            r#"{"errors": [{"code": "c", "message": "m", "long_message": "l"}]}"#,
            Some(("c", "m", Some("l"), None)),
        ),
        (
            r#"{"errors": [{"code": "c", "message": "m", "long_message": "l", "meta": null}], "meta": null}"#,
            Some(("c", "m", Some("l"), None)),
        ),
        (
            r#"{"errors": [{"code": "c", "message": "m", "meta": {"param_name": "p"}}]}"#,
            Some(("c", "m", None, Some("p"))),
        ),
        (
            r#"{"errors": [{"code": "c", "message": "", "long_message": ""}]}"#,
            Some(("c", "", None, None)),
        ),
        (
            r#"{"errors": [{"code": "c"}]}"#,
            Some(("c", "", None, None)),
        ),
        (
            r#"{"errors": [{"message": "m", "new_field": 1}], "new": {}}"#,
            Some(("", "m", None, None)),
        ),
        (r#"{"error": "x"}"#, None),
        (r#"{"errors": []}"#, None),
        ("", None),
        ("<html>Access denied</html>", None),
    ];
    // Declared statuses, whose bodies the generated client decodes, and others.
    for status in [400, 401, 403, 404, 422, 429, 500, 503] {
        for (body, said) in bodies {
            let answer = |then: Then| {
                then.status(status).body(body);
            };
            for (error, requests) in [
                server.create_error(answer).await,
                server.revoke_error(answer).await,
            ] {
                let of = format!("{status} {body}");
                assert_eq!(requests, 1, "{of}");
                assert_eq!(
                    error.status().map(|status| status.as_u16()),
                    Some(status),
                    "{of}"
                );
                assert!(!error.is_decode(), "{of}");
                let first = error.errors().first();
                let got = first.map(|reason| {
                    let texts = (reason.code(), reason.message(), reason.long_message());
                    (texts.0, texts.1, texts.2, reason.parameter())
                });
                assert_eq!(got, said, "{of}");
                assert_eq!(
                    error.parameter(),
                    said.and_then(|(.., parameter)| parameter),
                    "{of}"
                );
                assert_eq!(error.response_body(), Some(body.as_bytes()), "{of}");
                assert_shown_well(&error);
            }
        }
    }
}

#[tokio::test]
async fn several_reasons_are_all_kept_in_order() {
    let server = Refusing::start().await;
    let body = json!({"errors": [
        {"code": "form_param_missing", "message": "a", "meta": {"param_name": "user_id"}},
        {"code": "form_param_value_invalid", "message": "b", "meta": {"param_name": "expires_in_seconds"}},
    ]});
    let (error, _) = server
        .create_error(|then| {
            then.status(422).json_body(body);
        })
        .await;
    let codes: Vec<&str> = error.errors().iter().map(|reason| reason.code()).collect();
    assert_eq!(codes, ["form_param_missing", "form_param_value_invalid"]);
    assert_eq!(error.parameter(), Some("user_id"));
}

#[tokio::test]
async fn a_key_that_the_server_repeats_is_shown_nowhere() {
    let server = MockServer::start_async().await;
    let text = format!("{} is not a key", KEY);
    server.create_sign_in_token(|_, then| {
        let body = errors_json("clerk_key_invalid", &text, Value::Null);
        then.into_inner().status(401).json_body(body);
    });
    let clerk = clerk(server.base_url());
    let error = clerk.sign_in_tokens().create("user_1").await.unwrap_err();
    assert_shown_well(&error);
    assert!(error.is_unauthorized());
    // The body itself is behind an accessor that says so.
    assert!(error.response_body().unwrap().ends_with(b"}"));
}
