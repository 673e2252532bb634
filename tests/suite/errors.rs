//! What an error response becomes: kind, outcome, code, parameter, trace id, text.

use clerk_api::{Error, Outcome};
use clerk_api_tests::faulty_server::{RefusedPort, Reply};
use serde_json::json;

use crate::support::{CALLS, Call, Expected, Fixture, NOT_PENDING, client, ms, success};

/// The names of the predicates that hold.
fn predicates(error: &Error) -> Vec<&'static str> {
    type Predicate = fn(&Error) -> bool;
    let all: [(&str, Predicate); 19] = [
        ("invalid_input", Error::is_invalid_input),
        ("invalid_request", Error::is_invalid_request),
        ("connect", Error::is_connect),
        ("not_processed", Error::is_not_processed),
        ("invalid_response", Error::is_invalid_response),
        ("timeout", Error::is_timeout),
        ("connection_lost", Error::is_connection_lost),
        ("rate_limited", Error::is_rate_limited),
        ("decode", Error::is_decode),
        ("body_too_large", Error::is_body_too_large),
        ("bad_request", Error::is_bad_request),
        ("not_pending", Error::is_not_pending),
        ("unauthorized", Error::is_unauthorized),
        ("forbidden", Error::is_forbidden),
        ("not_found", Error::is_not_found),
        ("conflict", Error::is_conflict),
        ("unprocessable", Error::is_unprocessable),
        ("redirect", Error::is_redirect),
        ("server_error", Error::is_server_error),
    ];
    let hold = all.into_iter().filter(|(_, holds)| holds(error));
    hold.map(|(name, _)| name).collect()
}

#[tokio::test]
async fn every_documented_error_has_its_predicates_and_texts() {
    use Outcome::{Rejected, Unknown};
    let fixture = Fixture::sending_once().await;
    for (status, code, outcome, expected) in [
        (
            400,
            NOT_PENDING,
            Rejected,
            &["bad_request", "not_pending"][..],
        ),
        (400, "request_body_invalid", Rejected, &["bad_request"]),
        (400, "api_version_invalid", Rejected, &["bad_request"]),
        (401, "clerk_key_invalid", Rejected, &["unauthorized"]),
        (403, "not_a_member", Rejected, &["forbidden"]),
        (404, "resource_not_found", Rejected, &["not_found"]),
        (409, "conflict", Rejected, &["conflict"]),
        (409, "resource_locked", Rejected, &["conflict"]),
        (422, "form_param_missing", Rejected, &["unprocessable"]),
        (429, "too_many_requests", Rejected, &["rate_limited"]),
        (500, "internal_clerk_error", Unknown, &["server_error"]),
        (503, "service_unavailable", Rejected, &["server_error"]),
        (504, "gateway_timeout", Unknown, &["server_error"]),
    ] {
        let body = json!({
            "errors": [{
                "code": code, "message": "in short", "long_message": "in a sentence", "meta": {"param_name": "user_id"}
            }],
            "clerk_trace_id": "trace_of_body",
        })
        .to_string();
        for call in CALLS {
            let reply = Reply::status(status).json(body.clone());
            let ran = fixture.run(call, [reply]).await;
            let error = ran.fails(Expected::of_status(status, outcome)).await;
            assert_eq!(predicates(error), expected, "{status} {code}");
            assert_eq!(error.code(), Some(code));
            assert_eq!(error.parameter(), Some("user_id"));
            assert_eq!(error.trace_id(), Some("trace_of_body"));
            assert_eq!(error.response_body(), Some(body.as_bytes()));
            let meta = json!({"param_name": "user_id"});
            assert_eq!(Some(error.errors()[0].meta()), meta.as_object());
            let line = error.to_string();
            for part in [code, "in a sentence", "user_id", "trace_of_body"] {
                assert!(line.contains(part), "{part} is not in {line}");
            }
        }
    }
}

#[tokio::test]
async fn each_kind_has_a_predicate() {
    let refused = RefusedPort::take();
    let tokens = client(&refused.url()).sign_in_tokens();
    let fixture =
        Fixture::with(|builder| builder.attempt_timeout(ms(1000)).max_response_bytes(9)).await;
    let of = async |reply| {
        let ran = fixture.run(Call::Create, [reply]).await;
        ran.result.unwrap_err()
    };
    for (error, expected) in [
        (tokens.create("").await.unwrap_err(), "invalid_input"),
        (tokens.create("user_1").await.unwrap_err(), "connect"),
        (of(Reply::never()).await, "timeout"),
        (of(Reply::reset_before_response()).await, "connection_lost"),
        (of(Reply::raw("\u{0}\r\n\r\n")).await, "invalid_response"),
        (of(Reply::ok("{")).await, "decode"),
        (of(success()).await, "body_too_large"),
    ] {
        assert_eq!(predicates(&error), [expected], "{error:?}");
    }
}

/// Code, message, long message, and parameter of one reason; `-` if there is none.
type Reason = [&'static str; 4];

/// Error bodies, their reasons, and their trace ids.
const ERROR_BODIES: [(&str, &[Reason], Option<&str>); 13] = [
    (
        r#"{"errors": [{"code": "c", "message": "m", "long_message": "l", "meta": {"param_name": "p"}},
            {"code": "second", "message": "m2"}], "meta": {"a": 1}, "clerk_trace_id": "t"}"#,
        &[["c", "m", "l", "p"], ["second", "m2", "-", "-"]],
        Some("t"),
    ),
    (
        r#"{"errors": [{"code": "c", "message": "m", "long_message": null, "meta": null}], "meta": null,
            "clerk_trace_id": null}"#,
        &[["c", "m", "-", "-"]],
        None,
    ),
    (
        r#"{"errors": [{"code": "c", "message": "", "long_message": ""}]}"#,
        &[["c", "", "-", "-"]],
        None,
    ),
    (
        r#"{"errors": [{"code": "c"}]}"#,
        &[["c", "", "-", "-"]],
        None,
    ),
    (
        r#"{"errors": [{"message": "m", "new": 1}], "new": {}}"#,
        &[["", "m", "-", "-"]],
        None,
    ),
    (r#"{"errors": [], "clerk_trace_id": "t"}"#, &[], Some("t")),
    (r#"{"errors": []}"#, &[], None),
    (r#"{"error": "x"}"#, &[], None),
    ("<html>Access denied</html>", &[], None),
    ("no JSON at all", &[], None),
    ("[]", &[], None),
    ("null", &[], None),
    ("", &[], None),
];

#[tokio::test]
async fn error_bodies_of_any_form_are_read_leniently() {
    let fixture = Fixture::sending_once().await;
    for (body, reasons, trace_id) in ERROR_BODIES {
        let plain = |status| Reply::status(status).body(body);
        for reply in [
            plain(400).content_type("application/json"),
            plain(401).content_type("application/json; charset=utf-8"),
            plain(403).content_type("text/html"),
            plain(422).content_type("nonsense"),
            plain(403),
            plain(429),
            plain(500),
            plain(503),
        ] {
            for call in CALLS {
                let ran = fixture.run(call, [reply.clone()]).await;
                let error = ran.error();
                let actual = error.errors().iter().map(|reason| {
                    let long_message = reason.long_message().unwrap_or("-");
                    let parameter = reason.parameter().unwrap_or("-");
                    [reason.code(), reason.message(), long_message, parameter]
                });
                assert_eq!(actual.collect::<Vec<_>>(), reasons, "{body}");
                let first = reasons.first();
                let code = first
                    .map(|reason| reason[0])
                    .filter(|code| !code.is_empty());
                assert_eq!(error.code(), code, "{body}");
                let parameter = first.map(|reason| reason[3]).unwrap_or("-");
                assert_eq!(error.parameter().unwrap_or("-"), parameter, "{body}");
                assert_eq!(error.trace_id(), trace_id, "{body}");
                assert_eq!(error.response_body(), Some(body.as_bytes()));
                assert!(!error.is_decode(), "{body}");
                assert!(!error.to_string().contains("<html>"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn the_trace_id_comes_from_the_body_or_a_header() {
    let fixture = Fixture::sending_once().await;
    let body = r#"{"errors": [], "clerk_trace_id": "of_body"}"#;
    let empty = r#"{"errors": [], "clerk_trace_id": ""}"#;
    let both = [("Clerk-Trace-Id", "of_header"), ("cf-ray", "ray-TXL")];
    let ray = [("CLERK-TRACE-ID", ""), ("CF-RAY", "ray-TXL")];
    for (status, body, headers, expected) in [
        (400, body, &both[..], Some("of_body")),
        (404, empty, &both, Some("of_header")),
        (409, "{}", &both, Some("of_header")),
        (502, "<html>", &ray, Some("ray-TXL")),
        (403, "<html>", &ray[1..], Some("ray-TXL")),
        (302, "", &ray, Some("ray-TXL")),
        (200, "{", &ray, Some("ray-TXL")),
        (201, "{}", &both, Some("of_header")),
        (500, "", &[], None),
    ] {
        let mut reply = Reply::status(status).body(body);
        for (name, value) in headers {
            reply = reply.header(*name, value);
        }
        for call in CALLS {
            let ran = fixture.run(call, [reply.clone()]).await;
            assert_eq!(ran.error().trace_id(), expected, "{status} {body}");
        }
    }
}
