//! Whatever a server sends, a call ends with a result, within its limits.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clerk_api::{Clerk, Error, ErrorKind, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, Script};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::support::{CALLS, Call, KEY, SLACK, build, builder, ms, token_value};

/// One server and one connection pool for all cases of a property; each case says what the server answers next.
struct Bench {
    runtime: Runtime,
    server: FaultyServer,
    next: Arc<Mutex<Answer>>,
    http: reqwest::Client,
}

impl Bench {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build();
        let runtime = runtime.unwrap_or_else(|error| panic!("a runtime: {error}"));
        let next = Arc::new(Mutex::new(Answer::status(200)));
        let asked = Arc::clone(&next);
        let script = Script::from_fn(move |_, _| match asked.lock() {
            Ok(answer) => answer.clone(),
            Err(_) => Answer::never(),
        });
        let server = runtime.block_on(FaultyServer::start(script));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .unwrap_or_else(|error| panic!("an HTTP client: {error}"));
        Self {
            runtime,
            server,
            next,
            http,
        }
    }

    /// Makes a call with a client that knows nothing of the cases before.
    fn call(&self, call: Call, answer: Answer, policy: RetryPolicy, limit: Duration) -> Ended {
        if let Ok(mut next) = self.next.lock() {
            *next = answer;
        }
        let clerk: Clerk = build(
            builder(&self.server.url())
                .http_client(self.http.clone())
                .retry(policy)
                .timeout(limit),
        );
        let before = self.server.request_count();
        let begun = Instant::now();
        let result = self.runtime.block_on(call.send(&clerk));
        let elapsed = begun.elapsed();
        self.server.forget_requests();
        Ended {
            result: result.map(|response| serde_json::to_vec(response.value()).unwrap_or_default()),
            elapsed,
            requests: self.server.request_count() - before,
        }
    }
}

struct Ended {
    /// The token as it goes over the wire, or the error.
    result: Result<Vec<u8>, Error>,
    elapsed: Duration,
    requests: usize,
}

fn cases(count: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases: count,
        // A case that failed is printed; files of old ones would only be in the way.
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

fn any_call() -> impl Strategy<Value = Call> {
    proptest::sample::select(CALLS.to_vec())
}

/// Bytes, text, JSON, JSON that resembles Clerk's, and all of that cut off somewhere.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let bytes = vec(any::<u8>(), 0..200).boxed();
    let text = any::<String>().prop_map(String::into_bytes).boxed();
    let json = any_json()
        .prop_map(|json| json.to_string().into_bytes())
        .boxed();
    let errors = (vec(any_json(), 0..4), any_json(), any_json());
    let errors = errors.prop_map(|(errors, meta, trace_id)| {
        let body = json!({"errors": errors, "meta": meta, "clerk_trace_id": trace_id});
        body.to_string().into_bytes()
    });
    let error = (any_json(), any_json(), any_json(), any_json());
    let error = error.prop_map(|(code, message, long_message, meta)| {
        let error =
            json!({"code": code, "message": message, "long_message": long_message, "meta": meta});
        json!({"errors": [error]}).to_string().into_bytes()
    });
    let fields: Vec<String> = token_value()
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys().cloned())
        .collect();
    let token = (proptest::sample::select(fields), any_json());
    let token = token.prop_map(|(field, value)| {
        let mut token = token_value();
        token[field] = value;
        token.to_string().into_bytes()
    });
    let whole = prop_oneof![
        bytes,
        text,
        json,
        errors.boxed(),
        error.boxed(),
        token.boxed()
    ];
    (whole, any::<proptest::sample::Index>(), any::<bool>()).prop_map(|(mut body, at, cut)| {
        if cut {
            body.truncate(at.index(body.len() + 1));
        }
        body
    })
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

#[test]
fn any_body_of_any_status_gives_a_result() {
    let bench = Bench::new();
    let strategy = (any_call(), 200_u16..600, any_body(), any::<bool>());
    let outcome = cases(700).run(&strategy, |(call, status, body, chunked)| {
        let answer = Answer::status(status).json(body.clone());
        let answer = if chunked { answer.chunked() } else { answer };
        // These statuses have no body, and one that comes all the same is no answer to anything.
        let bodiless = matches!(status, 204 | 304);
        let answer = if bodiless {
            Answer::status(status)
        } else {
            answer
        };
        let ended = bench.call(call, answer, RetryPolicy::never(), Duration::from_secs(20));
        prop_assert!(ended.elapsed < SLACK);
        prop_assert_eq!(ended.requests, 1);
        let error = match ended.result {
            Ok(value) => {
                prop_assert_eq!(status, 200);
                let sent: Value = serde_json::from_slice(&body)?;
                let value: Value = serde_json::from_slice(&value)?;
                // What came must be in the token as it came.
                prop_assert_eq!(&sent["id"], &value["id"]);
                prop_assert_eq!(&sent["status"], &value["status"]);
                return Ok(());
            }
            Err(error) => error,
        };
        prop_assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        prop_assert_eq!(error.attempts(), 1);
        if !bodiless {
            prop_assert_eq!(error.response_body(), Some(&body[..]));
        }
        let (kind, outcome) = match status {
            200..=299 => (ErrorKind::Decode, Outcome::Applied),
            429 => (ErrorKind::RateLimited, Outcome::Rejected),
            408 => (ErrorKind::Status, Outcome::Unknown),
            300..=499 | 503 => (ErrorKind::Status, Outcome::Rejected),
            _ => (ErrorKind::Status, Outcome::Unknown),
        };
        prop_assert_eq!((error.kind(), error.outcome()), (kind, outcome));
        let shown = format!("{error}{error:?}{error:#?}");
        prop_assert!(!shown.contains(KEY));
        prop_assert!(!error.to_string().contains(['\n', '\r']));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn any_bytes_instead_of_an_answer_give_a_result() {
    let bench = Bench::new();
    let head = proptest::sample::select(vec![
        "",
        "HTTP/1.1 ",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: ",
        "HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 429 No\r\nretry-after: ",
        "HTTP/2 ",
    ]);
    let strategy = (any_call(), head, vec(any::<u8>(), 0..60));
    let outcome = cases(400).run(&strategy, |(call, head, rest)| {
        let raw = [head.as_bytes(), &rest].concat();
        let policy = RetryPolicy::never();
        let ended = bench.call(call, Answer::raw(raw), policy, Duration::from_secs(20));
        prop_assert!(ended.elapsed < SLACK);
        if let Err(error) = ended.result {
            prop_assert_eq!(error.attempts(), 1);
            prop_assert!(error.outcome() >= Outcome::Rejected, "{:?}", error);
        }
        Ok(())
    });
    outcome.unwrap();
}

/// What a header's value may be made of: no control characters.
fn any_retry_after() -> impl Strategy<Value = String> {
    let anything = vec(any::<char>(), 0..40).prop_map(String::from_iter);
    let date = "(Sun|Mon|Xyz), [0-9]{2} (Nov|Feb|Foo) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT";
    let wait = prop_oneof![
        anything,
        "[0-9]{1,30}",
        "[-+ ]?[0-9]{1,4}[.,s]?[0-9]{0,3}",
        date,
    ];
    wait.prop_map(|value| value.replace(|character: char| character.is_control(), ""))
}

#[test]
fn any_wait_that_a_server_asks_for_stays_within_the_limits() {
    let bench = Bench::new();
    let statuses = proptest::sample::select(vec![429_u16, 503]);
    let strategy = (any_call(), statuses, any_retry_after());
    let outcome = cases(300).run(&strategy, |(call, status, value)| {
        let answer = Answer::status(status).header("Retry-After", &value);
        let policy = RetryPolicy::default().max_attempts(2).base_delay(ms(1));
        let limit = ms(400);
        let ended = bench.call(call, answer, policy, limit);
        prop_assert!(ended.elapsed < limit + SLACK);
        let Err(error) = ended.result else {
            return Err(TestCaseError::fail("it succeeded"));
        };
        prop_assert_eq!(error.outcome(), Outcome::Rejected);
        prop_assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        prop_assert_eq!(error.attempts() as usize, ended.requests);
        let wait = error.retry_after().unwrap_or_default();
        prop_assert!(wait <= Duration::from_secs(30 * 24 * 60 * 60));
        // A wait that doesn't fit into the call's time isn't begun.
        if wait >= limit {
            prop_assert_eq!(ended.requests, 1);
        }
        let seconds = value.trim().parse::<u64>().ok();
        if let Some(seconds) = seconds.filter(|_| !value.contains('+')) {
            let cap = 30 * 24 * 60 * 60;
            prop_assert_eq!(wait, Duration::from_secs(seconds.min(cap)));
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn any_id_is_sent_as_it_is_or_not_at_all() {
    let bench = Bench::new();
    if let Ok(mut next) = bench.next.lock() {
        *next = Answer::ok(token_value().to_string());
    }
    let clerk = build(builder(&bench.server.url()).http_client(bench.http.clone()));
    let id = prop_oneof![any::<String>(), "[A-Za-z0-9_-]{0,40}", "[a-z./\\\\%]{0,12}"];
    let outcome = cases(400).run(&id, |id| {
        let before = bench.server.request_count();
        let call = clerk.sign_in_tokens().revoke(&id);
        let result = bench.runtime.block_on(call.into_future());
        let requests = bench.server.requests();
        bench.server.forget_requests();
        let plain = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        if !id.is_empty() && id.chars().all(plain) {
            prop_assert!(result.is_ok());
            let path = format!("/v1/sign_in_tokens/{id}/revoke");
            prop_assert_eq!(requests[0].path(), path);
        } else {
            let refused = result.err().is_some_and(|error| error.is_invalid_input());
            prop_assert!(refused);
            prop_assert_eq!(bench.server.request_count(), before);
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn any_user_id_arrives_as_it_is() {
    let bench = Bench::new();
    if let Ok(mut next) = bench.next.lock() {
        *next = Answer::ok(token_value().to_string());
    }
    let clerk = build(builder(&bench.server.url()).http_client(bench.http.clone()));
    let outcome = cases(200).run(&any::<String>(), |id| {
        let call = clerk.sign_in_tokens().create(&id);
        let result = bench.runtime.block_on(call.into_future());
        let requests = bench.server.requests();
        bench.server.forget_requests();
        if id.trim().is_empty() {
            prop_assert!(result.is_err() && requests.is_empty());
            return Ok(());
        }
        prop_assert!(result.is_ok());
        let body: Value = serde_json::from_slice(requests[0].body())?;
        prop_assert_eq!(body, json!({"user_id": id}));
        Ok(())
    });
    outcome.unwrap();
}
