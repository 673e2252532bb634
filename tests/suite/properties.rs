//! Whatever a server sends and whatever the caller's input is, a call ends with a correct result and within its limits.

use std::time::Duration;

use clerk_api::{ErrorKind, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::Reply;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{TestCaseResult, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::support::{CALLS, Call, Fixture, KEY, SLACK, errors, ms, success_with, token_value};

/// Runs a property for that many cases with one fixture.
fn check<S: Strategy>(
    cases: u32,
    fixture: impl Future<Output = Fixture>,
    strategy: S,
    property: impl AsyncFn(&Fixture, S::Value) -> TestCaseResult,
) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let fixture = runtime.block_on(fixture);
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        // A case that fails is printed, so no file is needed.
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&strategy, |case| runtime.block_on(property(&fixture, case)));
    outcome.unwrap();
}

fn any_call() -> impl Strategy<Value = Call> {
    select(CALLS.to_vec())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("param_name")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop_oneof![any::<String>(), Just("param_name".to_owned())];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key, inner), 0..4).prop_map(Value::from_iter),
        ]
    })
}

/// A token or an error body in which one value is another one.
fn nearly_clerks_json() -> impl Strategy<Value = Value> {
    let fields = token_value();
    let fields = fields.as_object().unwrap().keys();
    let token = fields.map(|field| (token_value(), format!("/{field}")));
    let body: Value = serde_json::from_str(&errors("c", "l")).unwrap();
    let places = [
        "/errors",
        "/errors/0",
        "/errors/0/code",
        "/errors/0/message",
        "/errors/0/long_message",
        "/clerk_trace_id",
    ];
    let errors = places.map(|place| (body.clone(), place.to_owned()));
    let places: Vec<(Value, String)> = token.chain(errors).collect();
    (select(places), any_json()).prop_map(|((mut json, place), value)| {
        *json.pointer_mut(&place).unwrap() = value;
        json
    })
}

/// Bytes, text, JSON, and JSON that resembles Clerk's, whole or cut off somewhere.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        vec(any::<u8>(), 0..200),
        any::<String>().prop_map(String::into_bytes),
        any_json().prop_map(|json| json.to_string().into_bytes()),
        nearly_clerks_json().prop_map(|json| json.to_string().into_bytes()),
    ];
    (whole, any::<Index>(), any::<bool>()).prop_map(|(mut body, at, cut)| {
        if cut {
            body.truncate(at.index(body.len() + 1));
        }
        body
    })
}

#[test]
fn any_body_of_any_status_has_a_result() {
    let strategy = (any_call(), 200_u16..600, any_body(), any::<bool>());
    let fixture = Fixture::sending_once();
    check(700, fixture, strategy, async |fixture, case| {
        let (call, status, body, chunked) = case;
        let reply = Reply::status(status);
        // These statuses have no body.
        let has_body = !matches!(status, 204 | 304);
        let reply = match (has_body, chunked) {
            (false, _) => reply,
            (true, false) => reply.json(body.clone()),
            (true, true) => reply.json(body.clone()).chunked(),
        };
        let ran = fixture.run(call, [reply]).await;
        prop_assert_eq!(ran.requests(), 1);
        let error = match ran.result {
            Ok(response) => {
                prop_assert_eq!(status, 200);
                let sent: Value = serde_json::from_slice(&body)?;
                let value = serde_json::to_value(response.body())?;
                prop_assert_eq!(&sent["id"], &value["id"]);
                prop_assert_eq!(&sent["status"], &value["status"]);
                return Ok(());
            }
            Err(error) => error,
        };
        prop_assert_eq!(error.status().unwrap().as_u16(), status);
        if has_body {
            prop_assert_eq!(error.response_body(), Some(&body[..]));
        }
        let is_object = body.trim_ascii_start().starts_with(b"{");
        let expected = match status {
            200 if !is_object => (ErrorKind::Decode, Outcome::Unknown),
            200..=299 => (ErrorKind::Decode, Outcome::Applied),
            429 => (ErrorKind::RateLimited, Outcome::Rejected),
            408 => (ErrorKind::Status, Outcome::Unknown),
            300..=499 | 503 => (ErrorKind::Status, Outcome::Rejected),
            _ => (ErrorKind::Status, Outcome::Unknown),
        };
        prop_assert_eq!((error.kind(), error.outcome()), expected);
        let shown = format!("{error}{error:?}{error:#?}");
        prop_assert!(!shown.contains(KEY));
        let line = error.to_string();
        prop_assert!(!line.contains(['\n', '\r']));
        Ok(())
    });
}

#[test]
fn any_bytes_instead_of_a_response_have_a_result() {
    let head = select(vec![
        "",
        "HTTP/1.1 ",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: ",
        "HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 429 No\r\nretry-after: ",
        "HTTP/2 ",
    ]);
    let strategy = (any_call(), head, vec(any::<u8>(), 0..60));
    let fixture = Fixture::sending_once();
    check(400, fixture, strategy, async |fixture, case| {
        let (call, head, rest) = case;
        let reply = Reply::raw([head.as_bytes(), &rest].concat());
        let ran = fixture.run(call, [reply]).await;
        prop_assert!(ran.elapsed < SLACK);
        if let Err(error) = ran.result {
            prop_assert_eq!(error.attempts(), 1);
            prop_assert!(error.outcome() >= Outcome::Rejected, "{:?}", error);
        }
        Ok(())
    });
}

/// Anything that a header's value may be made of: no control characters.
fn any_retry_after() -> impl Strategy<Value = String> {
    let anything = vec(any::<char>(), 0..40).prop_map(String::from_iter);
    let date = "(Sun|Mon|Xyz), [0-9]{2} (Nov|Feb|Foo) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT";
    let wait = prop_oneof![
        anything,
        "[0-9]{1,30}",
        "[-+ ]?[0-9]{1,4}[.,s]?[0-9]{0,3}",
        date,
    ];
    wait.prop_map(|value| value.replace(char::is_control, ""))
}

#[test]
fn any_retry_after_stays_within_the_limits() {
    let limit = ms(400);
    let policy = RetryPolicy::default()
        .with_max_attempts(2)
        .with_base_delay(ms(1));
    let fixture = Fixture::with(|builder| builder.retry_policy(policy).operation_timeout(limit));
    let strategy = (any_call(), select(vec![429_u16, 503]), any_retry_after());
    check(300, fixture, strategy, async |fixture, case| {
        let (call, status, value) = case;
        let reply = Reply::status(status).header("Retry-After", &value);
        let ran = fixture.run(call, [reply]).await;
        prop_assert!(ran.elapsed < limit + SLACK);
        let error = ran.error();
        prop_assert_eq!(error.outcome(), Outcome::Rejected);
        prop_assert_eq!(error.status().unwrap().as_u16(), status);
        prop_assert_eq!(error.attempts() as usize, ran.requests());
        let wait = error.retry_after().unwrap_or_default();
        let cap = 30 * 24 * 60 * 60;
        prop_assert!(wait <= Duration::from_secs(cap));
        if wait >= limit {
            prop_assert_eq!(ran.requests(), 1, "a delay that doesn't fit is not started");
        }
        let seconds = value.trim().parse::<u64>().ok();
        if let Some(seconds) = seconds.filter(|_| !value.contains('+')) {
            prop_assert_eq!(wait, Duration::from_secs(seconds.min(cap)));
        }
        Ok(())
    });
}

/// The id of a create's user, or of a revoke's token.
#[test]
fn any_id_is_sent_as_it_is_or_not_at_all() {
    let id = prop_oneof![any::<String>(), "[A-Za-z0-9_-]{0,40}", "[a-z./\\\\%]{0,12}"];
    let strategy = (any_call(), id);
    check(600, Fixture::start(), strategy, async |fixture, case| {
        let (call, id) = case;
        let before = fixture.server.request_count();
        let plain = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        let (field, is_valid) = match call {
            Call::Create => ("user_id", !id.trim().is_empty()),
            Call::Revoke => ("id", !id.is_empty() && id.chars().all(plain)),
        };
        let clerk = fixture.client([success_with(field, &id)]);
        let tokens = clerk.sign_in_tokens();
        let result = match call {
            Call::Create => tokens.create(&id).await,
            Call::Revoke => tokens.revoke(&id).await,
        };
        if !is_valid {
            prop_assert!(result.is_err_and(|error| error.is_invalid_input()));
            prop_assert_eq!(fixture.server.request_count(), before);
            return Ok(());
        }
        prop_assert!(result.is_ok());
        let request = fixture.server.requests().pop().unwrap();
        if call == Call::Create {
            let body: Value = serde_json::from_slice(request.body())?;
            prop_assert_eq!(body, json!({"user_id": id}));
        } else {
            let path = format!("/v1/sign_in_tokens/{id}/revoke");
            prop_assert_eq!(request.path(), path);
        }
        Ok(())
    });
}
