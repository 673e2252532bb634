//! 4xx: the server did nothing, and says why in one form or another.

use clerk_api::{Error, ErrorKind, Outcome};
use clerk_api_tests::faulty_server::Answer;

use super::support::{CALLS, Call, Expected, run, success};

const STATUSES: [u16; 6] = [400, 401, 403, 404, 409, 422];

/// What of a body must be found in the error.
#[derive(Clone, Copy, Debug, Default)]
struct Understood {
    codes: &'static [&'static str],
    message: &'static str,
    long_message: Option<&'static str>,
    parameter: Option<&'static str>,
    trace_id: Option<&'static str>,
}

const WHOLE: &str = r#"{"errors": [{"code": "form_param_missing", "message": "missing", "long_message": "user_id must be included.",
    "meta": {"param_name": "user_id"}}, {"code": "second", "message": ""}], "meta": {"a": 1}, "clerk_trace_id": "trace_of_body"}"#;

fn bodies() -> Vec<(&'static str, Understood)> {
    let one = Understood {
        codes: &["c"],
        message: "m",
        long_message: Some("l"),
        parameter: None,
        trace_id: Some("t"),
    };
    let whole = Understood {
        codes: &["form_param_missing", "second"],
        message: "missing",
        long_message: Some("user_id must be included."),
        parameter: Some("user_id"),
        trace_id: Some("trace_of_body"),
    };
    vec![
        (WHOLE, whole),
        (
            r#"{"errors": [{"code": "c", "message": "m", "long_message": "l"}], "clerk_trace_id": "t"}"#,
            one,
        ),
        (
            r#"{"errors": [{"code": "c", "message": "m", "long_message": "l", "meta": null}], "meta": null, "clerk_trace_id": "t"}"#,
            one,
        ),
        (
            r#"{"errors": [{"code": "c", "message": "m"}], "clerk_trace_id": "t"}"#,
            Understood {
                long_message: None,
                ..one
            },
        ),
        (
            r#"{"errors": [{"code": "c", "message": "", "long_message": ""}]}"#,
            Understood {
                message: "",
                long_message: None,
                trace_id: None,
                ..one
            },
        ),
        (
            r#"{"errors": [], "clerk_trace_id": "t"}"#,
            Understood {
                trace_id: Some("t"),
                ..Understood::default()
            },
        ),
        (r#"{"error": "x"}"#, Understood::default()),
        ("<html>Access denied</html>", Understood::default()),
        ("no JSON at all", Understood::default()),
        ("null", Understood::default()),
        ("", Understood::default()),
    ]
}

const TYPES: [Option<&str>; 4] = [
    Some("application/json"),
    Some("application/json; charset=utf-8"),
    Some("text/plain"),
    None,
];

fn expected(status: u16) -> Expected {
    Expected::new(ErrorKind::Status, Outcome::Rejected).status(status)
}

/// Exactly the predicate that stands for the status holds.
fn predicates_agree(error: &Error, status: u16) {
    for (holds, of) in [
        (error.is_bad_request(), 400),
        (error.is_unauthorized(), 401),
        (error.is_forbidden(), 403),
        (error.is_not_found(), 404),
        (error.is_conflict(), 409),
        (error.is_unprocessable(), 422),
    ] {
        assert_eq!(holds, of == status, "{of}: {error:?}");
    }
    assert!(!error.is_server_error() && !error.is_redirect() && !error.is_not_pending());
}

#[tokio::test]
async fn every_status_with_every_body() {
    for call in CALLS {
        for status in STATUSES {
            for (body, understood) in bodies() {
                let answer = Answer::status(status).json(body);
                let ran = run(call, [answer, success()]).await;
                let error = ran.fails(expected(status)).await;
                predicates_agree(error, status);
                is_understood(error, body, understood);
            }
        }
    }
}

#[tokio::test]
async fn every_body_with_every_content_type() {
    for call in CALLS {
        for (body, understood) in bodies() {
            for content_type in TYPES {
                let answer = Answer::status(403).body(body);
                let answer = match content_type {
                    Some(content_type) => answer.content_type(content_type),
                    None => answer,
                };
                let ran = run(call, [answer]).await;
                let error = ran.fails(expected(403)).await;
                is_understood(error, body, understood);
            }
        }
    }
}

fn is_understood(error: &Error, body: &str, understood: Understood) {
    let codes: Vec<&str> = error.errors().iter().map(|error| error.code()).collect();
    assert_eq!(codes, understood.codes, "{body}");
    assert_eq!(error.code(), understood.codes.first().copied(), "{body}");
    assert_eq!(error.parameter(), understood.parameter, "{body}");
    assert_eq!(error.trace_id(), understood.trace_id, "{body}");
    assert_eq!(error.response_body(), Some(body.as_bytes()));
    let display = error.to_string();
    if let Some(first) = error.errors().first() {
        assert_eq!(first.message(), understood.message, "{body}");
        assert_eq!(first.long_message(), understood.long_message, "{body}");
        assert_eq!(first.parameter(), understood.parameter, "{body}");
    }
    let said = understood.codes.iter().copied();
    let said = said.chain(understood.long_message).chain(
        [understood.parameter, understood.trace_id]
            .into_iter()
            .flatten(),
    );
    for text in said {
        assert!(display.contains(text), "{text}: {display}");
    }
}

#[tokio::test]
async fn the_trace_id_is_looked_for_in_three_places() {
    let body = r#"{"errors": [], "clerk_trace_id": "of_body"}"#;
    let other = r#"{"errors": [], "clerk_trace_id": null}"#;
    for call in CALLS {
        for (body, headers, trace_id) in [
            (
                body,
                &[("Clerk-Trace-Id", "of_header"), ("cf-ray", "ray-TXL")][..],
                Some("of_body"),
            ),
            (
                other,
                &[("Clerk-Trace-Id", "of_header"), ("cf-ray", "ray-TXL")],
                Some("of_header"),
            ),
            ("<html>", &[("cf-ray", "ray-TXL")], Some("ray-TXL")),
            (
                "",
                &[("CLERK-TRACE-ID", ""), ("CF-RAY", "ray-TXL")],
                Some("ray-TXL"),
            ),
            ("", &[], None),
        ] {
            let mut answer = Answer::status(400).body(body);
            for (name, value) in headers {
                answer = answer.header(*name, value);
            }
            let ran = run(call, [answer]).await;
            let error = ran.fails(expected(400)).await;
            assert_eq!(error.trace_id(), trace_id, "{body} {headers:?}");
        }
    }
}

#[tokio::test]
async fn the_trace_id_of_other_failures_is_kept_too() {
    for (status, outcome) in [(500, Outcome::Unknown), (302, Outcome::Rejected)] {
        let answer = Answer::status(status).header("cf-ray", "ray-TXL");
        let ran = run(Call::Create, [answer]).await;
        let expected = Expected::new(ErrorKind::Status, outcome).status(status);
        assert_eq!(ran.fails(expected).await.trace_id(), Some("ray-TXL"));
    }
    let answer = Answer::ok("{").header("cf-ray", "ray-TXL");
    let ran = run(Call::Create, [answer]).await;
    let expected = Expected::new(ErrorKind::Decode, Outcome::Applied).status(200);
    assert_eq!(ran.fails(expected).await.trace_id(), Some("ray-TXL"));
}

#[tokio::test]
async fn statuses_that_nobody_expects() {
    for call in CALLS {
        for status in [402, 405, 410, 411, 413, 418, 451, 499] {
            let ran = run(call, [Answer::status(status), success()]).await;
            ran.fails(expected(status)).await;
        }
    }
}
