//! 200 with bodies as they should be, nearly so, and not at all.

use clerk_api::types::{SignInToken, SignInTokenStatus};
use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Answer, FaultyServer};
use serde_json::{Value, json};

use super::support::{
    CALLS, Call, Expected, LINK, TICKET, client, run, sources, success, token, token_value,
};

fn changed(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> String {
    let mut token = token_value();
    if let Some(fields) = token.as_object_mut() {
        change(fields);
    }
    token.to_string()
}

fn without(field: &str) -> String {
    changed(|token| drop(token.remove(field)))
}

async fn decoded(call: Call, answer: Answer) -> SignInToken {
    let ran = run(call, [answer]).await;
    ran.succeeds(1).value().clone()
}

#[tokio::test]
async fn what_is_a_little_different_decodes() {
    for call in CALLS {
        let status = changed(|token| drop(token.insert("status".into(), json!("expired"))));
        let token = decoded(call, Answer::ok(status)).await;
        let expired = SignInTokenStatus::UnknownValue("expired".to_owned());
        assert_eq!(token.status, expired);

        let extra = changed(|token| drop(token.insert("new".into(), json!({"a": [1]}))));
        let token = decoded(call, Answer::ok(extra)).await;
        assert_eq!(token.id, "sit_1");

        let url = changed(|token| drop(token.insert("url".into(), Value::Null)));
        let token = decoded(call, Answer::ok(url)).await;
        assert!(token.url.is_none() && token.token.is_some());

        let token = decoded(call, Answer::ok(without("token"))).await;
        assert!(token.token.is_none() && token.url.is_some());

        let object = changed(|token| drop(token.insert("object".into(), json!("other"))));
        let token = decoded(call, Answer::ok(object)).await;
        assert_eq!(token.object.as_str(), "other");
    }
}

#[tokio::test]
async fn the_content_type_does_not_matter() {
    let body = token();
    for call in CALLS {
        for answer in [
            Answer::ok(body.clone()).content_type("text/plain"),
            Answer::ok(body.clone()).content_type("application/json; charset=utf-8"),
            Answer::ok(body.clone()).content_type("text/html;charset=iso-8859-1"),
            Answer::ok(body.clone()).content_type("nonsense"),
            Answer::ok(body.clone()).without_header("content-type"),
        ] {
            let token = decoded(call, answer).await;
            assert_eq!(token.token.unwrap().expose(), TICKET);
            assert_eq!(token.url.unwrap().expose(), LINK);
        }
    }
}

#[tokio::test]
async fn the_framing_does_not_matter() {
    for call in CALLS {
        for answer in [
            success().chunked(),
            success().until_close(),
            success().padded_to(100_000),
            success().padded_to(100_000).chunked(),
        ] {
            assert_eq!(decoded(call, answer).await.id, "sit_1");
        }
    }
}

fn undecodable() -> Vec<(String, &'static str)> {
    let wrong = changed(|token| drop(token.insert("created_at".into(), json!(TICKET))));
    let mistaken = changed(|token| drop(token.insert("status".into(), json!([LINK]))));
    let whole = token();
    vec![
        (whole[..whole.len() / 2].to_owned(), "it ends too early"),
        (String::new(), "it ends too early"),
        (without("id"), "the field `id` is missing"),
        (without("status"), "the field `status` is missing"),
        (without("created_at"), "the field `created_at` is missing"),
        (wrong, "a value is not of its type"),
        (mistaken, "a value is not of its type"),
        (json!([TICKET]).to_string(), ""),
        (json!(LINK).to_string(), ""),
        (format!("{LINK}\n"), "it is not JSON"),
        (format!("<html>{TICKET}</html>"), "it is not JSON"),
        ("null".to_owned(), ""),
    ]
}

#[tokio::test]
async fn what_does_not_decode_is_kept_and_not_shown() {
    for call in CALLS {
        for (body, says) in undecodable() {
            for answer in [
                Answer::ok(body.clone()),
                Answer::ok(body.clone()).content_type("text/plain"),
            ] {
                let ran = run(call, [answer, success()]).await;
                let expected = Expected::new(ErrorKind::Decode, Outcome::Applied);
                let error = ran.fails(expected.status(200)).await;
                assert_eq!(error.response_body(), Some(body.as_bytes()));

                let mut shown = vec![
                    error.to_string(),
                    format!("{error:?}"),
                    format!("{error:#?}"),
                ];
                assert!(shown[0].contains(says), "{says}: {}", shown[0]);
                shown.extend(sources(error));
                for text in shown {
                    for secret in [TICKET, LINK, "eyJ", "accounts.example"] {
                        assert!(!text.contains(secret), "it shows a secret");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_success_that_the_contract_does_not_have() {
    for call in CALLS {
        for status in [201, 202, 203] {
            let answer = Answer::status(status).json(token());
            let ran = run(call, [answer, success()]).await;
            let expected = Expected::new(ErrorKind::Decode, Outcome::Applied);
            let error = ran.fails(expected.status(status)).await;
            assert_eq!(error.response_body(), Some(token().as_bytes()));
            assert!(!format!("{error} {error:?}").contains(TICKET));
        }
        let ran = run(call, [Answer::status(204), success()]).await;
        let expected = Expected::new(ErrorKind::Decode, Outcome::Applied);
        ran.fails(expected.status(204)).await;
    }
}

#[tokio::test]
async fn ensure_revoked_does_not_take_what_it_can_not_read_for_success() {
    let server = FaultyServer::start([Answer::ok("{")]).await;
    let clerk = client(&server.url());
    let ended = clerk.sign_in_tokens().ensure_revoked("sit_1").await;
    let error = ended.unwrap_err();
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn ensure_revoked_takes_only_clerks_own_404_for_success() {
    let not_found = super::support::errors("resource_not_found", "No.");
    let server = FaultyServer::start([
        Answer::status(404).json(not_found),
        Answer::status(404).html("<h1>nginx</h1>"),
    ])
    .await;
    let clerk = client(&server.url());
    let tokens = clerk.sign_in_tokens();
    let ended = tokens.ensure_revoked("sit_1").await.unwrap();
    assert!(matches!(ended, clerk_api::EnsureRevoked::NotFound));
    let error = tokens.ensure_revoked("sit_1").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Rejected, 1));
}
