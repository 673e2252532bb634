//! How many requests a call sends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clerk_api::testing::MockServerExt as _;
use clerk_api::{Clerk, EnsureRevoked, Error, ErrorKind, Outcome, RetryPolicy};
use httpmock::{HttpMockResponse, MockServer, Then};
use serde_json::Value;

use crate::support::{
    NOT_PENDING, TICKET, assert_shown_well, builder, clerk, errors_json, predicates, quick,
    token_json,
};

/// One of the three calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Create,
    Revoke,
    EnsureRevoked,
}

const CALLS: [Call; 3] = [Call::Create, Call::Revoke, Call::EnsureRevoked];

impl Call {
    async fn send(self, clerk: &Clerk) -> Result<(), Error> {
        let tokens = clerk.sign_in_tokens();
        match self {
            Self::Create => tokens.create("user_1").await.map(drop),
            Self::Revoke => tokens.revoke("sit_1").await.map(drop),
            Self::EnsureRevoked => tokens.ensure_revoked("sit_1").await.map(drop),
        }
    }

    async fn send_with(
        self,
        clerk: &Clerk,
        policy: RetryPolicy,
        timeout: Duration,
    ) -> Result<(), Error> {
        let tokens = clerk.sign_in_tokens();
        match self {
            Self::Create => {
                let call = tokens.create("user_1").retry(policy).timeout(timeout);
                call.await.map(drop)
            }
            Self::Revoke => {
                let call = tokens.revoke("sit_1").retry(policy).timeout(timeout);
                call.await.map(drop)
            }
            Self::EnsureRevoked => {
                let call = tokens
                    .ensure_revoked("sit_1")
                    .retry(policy)
                    .timeout(timeout);
                call.await.map(drop)
            }
        }
    }
}

/// Answers both operations with one answer, and counts the requests.
async fn answering(answer: impl Fn(Then)) -> (MockServer, impl AsyncFn(&MockServer) -> usize) {
    let server = MockServer::start_async().await;
    let create = server
        .create_sign_in_token(|_, then| answer(then.into_inner()))
        .id();
    let revoke = server
        .revoke_sign_in_token(|_, then| answer(then.into_inner()))
        .id();
    let requests = async move |server: &MockServer| {
        let mut requests = 0;
        for id in [create, revoke] {
            requests += httpmock::Mock::new(id, server).calls_async().await;
        }
        requests
    };
    (server, requests)
}

/// Answers both operations with these statuses in turn, the last one again and again. A 200 has a token.
async fn answering_in_turn(statuses: &'static [u16]) -> (MockServer, Arc<AtomicUsize>) {
    let server = MockServer::start_async().await;
    let requests = Arc::new(AtomicUsize::new(0));
    let answer = |then: Then| {
        let requests = requests.clone();
        then.respond_with(move |_| {
            let index = requests.fetch_add(1, Ordering::Relaxed);
            let status = statuses[index.min(statuses.len() - 1)];
            let body = match status {
                200 => token_json("pending"),
                400 => errors_json(NOT_PENDING, "Its status is revoked.", Value::Null),
                _ => errors_json("other", "No.", Value::Null),
            };
            HttpMockResponse::builder()
                .status(status)
                .header("retry-after", "0")
                .body(body.to_string())
                .build()
        });
    };
    server.create_sign_in_token(|_, then| answer(then.into_inner()));
    server.revoke_sign_in_token(|_, then| answer(then.into_inner()));
    (server, requests)
}

/// (status, requests of a create, requests of a revoke and of an ensure_revoked)
const TABLE: [(u16, usize, usize); 19] = [
    (429, 4, 4),
    (503, 4, 4),
    (408, 1, 4),
    (500, 1, 4),
    (502, 1, 4),
    (504, 1, 4),
    (400, 1, 1),
    (401, 1, 1),
    (402, 1, 1),
    (403, 1, 1),
    (404, 1, 1),
    (405, 1, 1),
    (409, 1, 1),
    (413, 1, 1),
    (422, 1, 1),
    (301, 1, 1),
    (302, 1, 1),
    (307, 1, 1),
    (308, 1, 1),
];

#[tokio::test]
async fn the_table_of_statuses() {
    for (status, of_create, of_revoke) in TABLE {
        for call in CALLS {
            // Both a target on the same server and the body would come back as further requests.
            let (server, requests) = answering(|then| {
                then.status(status)
                    .header("retry-after", "0")
                    .header("location", "/sign_in_tokens");
            })
            .await;
            let clerk = clerk(server.base_url());
            let error = call.send(&clerk).await.unwrap_err();
            let expected = if call == Call::Create {
                of_create
            } else {
                of_revoke
            };
            let of = format!("{call:?}, {status}");
            assert_eq!(requests(&server).await, expected, "{of}");
            assert_eq!(error.attempts() as usize, expected, "{of}");
            assert_eq!(error.status().unwrap().as_u16(), status, "{of}");
            let plural = if expected == 1 { "" } else { "s" };
            let shown = format!("{expected} attempt{plural}");
            assert!(error.to_string().contains(&shown), "{of}: {error}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_to_another_server_either() {
    let (elsewhere, requests_elsewhere) = answering(|then| {
        then.status(200).json_body(token_json("pending"));
    })
    .await;
    for status in [301, 302, 303, 307, 308] {
        for call in CALLS {
            let target = elsewhere.url("/sign_in_tokens");
            let (server, requests) = answering(|then| {
                then.status(status).header("location", &target);
            })
            .await;
            let error = call.send(&clerk(server.base_url())).await.unwrap_err();
            assert_eq!(predicates(&error), ["redirect"], "{call:?}, {status}");
            assert_eq!(error.outcome(), Outcome::Rejected, "{call:?}, {status}");
            assert_eq!(requests(&server).await, 1, "{call:?}, {status}");
        }
    }
    assert_eq!(requests_elsewhere(&elsewhere).await, 0);
}

#[tokio::test]
async fn a_success_that_does_not_decode_is_not_repeated_and_keeps_its_body() {
    let no_id = format!(r#"{{"object": "sign_in_token", "token": "{TICKET}"}}"#);
    let cut = format!(r#"{{"token": "{TICKET}"#);
    let wrong_type = format!(r#"{{"id": "{TICKET}", "created_at": "{TICKET}"}}"#);
    for (status, body) in [
        (200, no_id.as_str()),
        (200, &cut),
        (200, &wrong_type),
        (200, "<html>Welcome</html>"),
        (200, ""),
        (200, "null"),
        (201, &no_id),
        (204, ""),
    ] {
        for call in CALLS {
            let (server, requests) = answering(|then| {
                then.status(status).body(body).header("cf-ray", "ray");
            })
            .await;
            let error = call.send(&clerk(server.base_url())).await.unwrap_err();
            let of = format!("{call:?}, {status}");
            assert_eq!(requests(&server).await, 1, "{of}");
            assert_eq!(error.attempts(), 1, "{of}");
            assert_eq!(predicates(&error), ["decode"], "{of}");
            assert_eq!(error.kind(), ErrorKind::Decode, "{of}");
            assert_eq!(error.outcome(), Outcome::Applied, "{of}");
            assert_eq!(error.status().unwrap().as_u16(), status, "{of}");
            assert_eq!(error.trace_id(), Some("ray"), "{of}");
            let kept = error.response_body() == Some(body.as_bytes());
            assert!(kept, "{of}: the body is lost");
            assert_shown_well(&error);
        }
    }
}

#[tokio::test]
async fn a_create_of_unknown_outcome_is_repeated_only_where_the_caller_opts_in() {
    for status in [408, 500, 502, 504] {
        let (server, requests) = answering(|then| {
            then.status(status);
        })
        .await;
        let clerk = clerk(server.base_url());
        let error = Call::Create.send(&clerk).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{status}");
        assert_eq!(requests(&server).await, 1, "{status}");

        let opted_in = quick().retry_unknown_outcomes(true);
        let create = clerk.sign_in_tokens().create("user_1").retry(opted_in);
        let error = create.await.unwrap_err();
        assert_eq!(error.attempts(), 4, "{status}");
        assert_eq!(error.outcome(), Outcome::Unknown, "{status}");
        assert_eq!(requests(&server).await, 1 + 4, "{status}");
    }
}

#[tokio::test]
async fn to_opt_in_repeats_nothing_that_is_final() {
    for status in [302, 400, 401, 403, 404, 409, 422, 201] {
        for call in CALLS {
            let (server, requests) = answering(|then| {
                then.status(status);
            })
            .await;
            let policy = quick().retry_unknown_outcomes(true);
            let client = builder(server.base_url()).retry(policy).build().unwrap();
            call.send(&client).await.unwrap_err();
            assert_eq!(requests(&server).await, 1, "{call:?}, {status}");
        }
    }
}

#[tokio::test]
async fn a_passing_failure_ends_in_success() {
    for (statuses, opt_in) in [
        (&[429, 200][..], false),
        (&[503, 200], false),
        (&[503, 429, 503, 200], false),
        (&[500, 200], true),
    ] {
        let (server, requests) = answering_in_turn(statuses).await;
        let policy = quick().retry_unknown_outcomes(opt_in);
        let client = builder(server.base_url()).retry(policy).build().unwrap();
        let create = client.sign_in_tokens().create("user_1");
        let response = create.with_response().await.unwrap();
        assert_eq!(response.attempts() as usize, statuses.len());
        assert_eq!(requests.load(Ordering::Relaxed), statuses.len());
    }
}

#[tokio::test]
async fn a_repeated_revoke_may_meet_its_own_work() {
    let (server, requests) = answering_in_turn(&[500, 400]).await;
    let revoke = clerk(server.base_url()).sign_in_tokens().revoke("sit_1");
    let error = revoke.await.unwrap_err();
    assert_eq!(predicates(&error), ["bad_request", "not_pending"]);
    assert_eq!(
        error.outcome(),
        Outcome::Unknown,
        "the first may have done it"
    );
    assert_eq!(error.attempts(), 2);
    assert_eq!(requests.load(Ordering::Relaxed), 2);

    let (server, requests) = answering_in_turn(&[500, 400]).await;
    let clerk = clerk(server.base_url());
    let call = clerk.sign_in_tokens().ensure_revoked("sit_1");
    let response = call.with_response().await.unwrap();
    assert!(matches!(
        response.value(),
        EnsureRevoked::AlreadyInactive(_)
    ));
    assert_eq!((response.status().as_u16(), response.attempts()), (400, 2));
    assert_eq!(response.earlier_outcome(), Some(Outcome::Unknown));
    assert_eq!(requests.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn an_answer_tells_what_the_attempts_before_it_may_have_done() {
    for (statuses, expected) in [
        (&[200][..], None),
        (&[503, 200], Some(Outcome::Rejected)),
        (&[503, 500, 200], Some(Outcome::Unknown)),
    ] {
        let (server, _) = answering_in_turn(statuses).await;
        let clerk = clerk(server.base_url());
        let policy = RetryPolicy::default()
            .base_delay(Duration::ZERO)
            .retry_unknown_outcomes(true);
        let call = clerk.sign_in_tokens().create("user_1").retry(policy);
        let response = call.with_response().await.unwrap();
        assert_eq!(response.attempts() as usize, statuses.len());
        assert_eq!(response.earlier_outcome(), expected, "{statuses:?}");
    }
}

#[tokio::test]
async fn an_earlier_refusal_does_not_make_the_outcome_unknown_but_a_lost_attempt_does() {
    for (statuses, expected) in [
        (&[503, 503, 503, 409][..], Outcome::Rejected),
        (&[503, 500, 503, 409], Outcome::Unknown),
        (&[504, 429, 403], Outcome::Unknown),
    ] {
        let (server, _) = answering_in_turn(statuses).await;
        let policy = quick().retry_unknown_outcomes(true);
        let client = builder(server.base_url()).retry(policy).build().unwrap();
        let error = Call::Create.send(&client).await.unwrap_err();
        assert_eq!(error.outcome(), expected, "{statuses:?}");
        assert_eq!(error.attempts() as usize, statuses.len());
    }
}

#[tokio::test]
async fn the_policy_bounds_the_attempts() {
    for (policy, expected) in [
        (RetryPolicy::never(), 1),
        (RetryPolicy::never().retry_unknown_outcomes(true), 1),
        (quick().max_attempts(0), 1),
        (quick().max_attempts(1), 1),
        (quick().max_attempts(2), 2),
        (quick().max_attempts(7), 7),
    ] {
        for call in CALLS {
            let (server, requests) = answering(|then| {
                then.status(503);
            })
            .await;
            let client = builder(server.base_url()).retry(policy.clone());
            let error = call.send(&client.build().unwrap()).await.unwrap_err();
            assert_eq!(requests(&server).await, expected, "{call:?}, {policy:?}");
            assert_eq!(error.attempts() as usize, expected);
            assert_eq!(error.outcome(), Outcome::Rejected);
        }
    }
}

#[tokio::test]
async fn a_calls_own_policy_outweighs_the_clients() {
    let unlimited = Duration::from_secs(30);
    for (of_client, of_call, expected) in [
        (RetryPolicy::never(), quick(), 4),
        (quick(), RetryPolicy::never(), 1),
        (quick(), quick().max_attempts(3), 3),
    ] {
        for call in CALLS {
            let (server, requests) = answering(|then| {
                then.status(503);
            })
            .await;
            let client = builder(server.base_url()).retry(of_client.clone());
            let client = client.build().unwrap();
            let sent = call.send_with(&client, of_call.clone(), unlimited).await;
            assert_eq!(sent.unwrap_err().attempts() as usize, expected);
            assert_eq!(requests(&server).await, expected, "{call:?}, {of_call:?}");
        }
    }
}

#[tokio::test]
async fn a_wait_that_does_not_fit_ends_the_call_at_once() {
    let (wait, timeout) = (Duration::from_secs(3600), Duration::from_secs(20));
    for (status, outcome) in [(429, Outcome::Rejected), (503, Outcome::Rejected)] {
        for call in CALLS {
            let (server, requests) = answering(|then| {
                then.status(status).header("retry-after", "3600");
            })
            .await;
            let clerk = clerk(server.base_url());
            let begun = Instant::now();
            let error = call.send_with(&clerk, quick(), timeout).await.unwrap_err();
            let of = format!("{call:?}, {status}");
            assert!(begun.elapsed() < timeout / 2, "{of}");
            assert_eq!(error.retry_after(), Some(wait), "{of}");
            assert_eq!(error.attempts(), 1, "{of}");
            assert_eq!(error.outcome(), outcome, "{of}");
            assert_eq!(error.status().unwrap().as_u16(), status, "{of}");
            assert_eq!(requests(&server).await, 1, "{of}");
            assert!(error.to_string().contains("retry after 3600s"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_deadline_counts_as_the_timeout_does() {
    let (server, requests) = answering(|then| {
        then.status(503).header("retry-after", "3600");
    })
    .await;
    let clerk = clerk(server.base_url());
    let begun = Instant::now();
    let deadline = begun + Duration::from_secs(20);
    let revoke = clerk.sign_in_tokens().revoke("sit_1").deadline(deadline);
    let error = revoke.timeout(Duration::MAX).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(error.attempts(), 1);

    let passed = clerk.sign_in_tokens().create("user_1").deadline(begun);
    let error = passed.await.unwrap_err();
    assert_eq!(predicates(&error), ["timeout"]);
    assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn calls_after_a_429_are_not_sent_before_its_time() {
    for call in CALLS {
        let (server, requests) = answering(|then| {
            then.status(429).header("retry-after", "50");
        })
        .await;
        let clerk = clerk(server.base_url());
        Call::Create.send(&clerk).await.unwrap_err();
        let error = call.send(&clerk.clone()).await.unwrap_err();
        assert_eq!(predicates(&error), ["rate_limited"], "{call:?}");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
        assert_eq!(error.status(), None);
        let wait = error.retry_after().unwrap();
        assert!(wait > Duration::from_secs(30) && wait <= Duration::from_secs(50));
        assert_eq!(requests(&server).await, 1);

        // Another instance has a limit of its own.
        let other = clerk.with_secret_key("sk_test_other").unwrap();
        Call::Create.send(&other).await.unwrap_err();
        assert_eq!(requests(&server).await, 2);
    }
}

#[tokio::test]
async fn calls_that_were_not_sent_do_not_make_later_ones_wait_longer() {
    let (server, requests) = answering(|then| {
        then.status(429).header("retry-after", "50");
    })
    .await;
    let clerk = clerk(server.base_url());
    Call::Create.send(&clerk).await.unwrap_err();
    for _ in 0..10 {
        let error = Call::Create.send(&clerk).await.unwrap_err();
        let wait = error.retry_after().unwrap();
        assert!(wait <= Duration::from_secs(50), "{wait:?}");
    }
    assert_eq!(requests(&server).await, 1);
}

#[tokio::test]
async fn a_full_outage_costs_twenty_more_requests_and_no_more() {
    let (server, requests) = answering(|then| {
        then.status(503);
    })
    .await;
    let clerk = clerk(server.base_url());
    for _ in 0..200 {
        Call::Revoke.send(&clerk).await.unwrap_err();
    }
    // Every ten seconds bring one.
    let requests = requests(&server).await;
    assert!((220..=224).contains(&requests), "{requests}");
}
