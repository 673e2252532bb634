//! Bodies of successes: which of them decode, which errors the others cause, and how much of a body is read.

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Disconnect, Reply};
use serde_json::{Value, json};

use crate::support::{
    CALLS, Call, Expected, Fixture, LINK, TICKET, success, success_with, token, token_value,
    token_with,
};

const MIB: u64 = 1024 * 1024;

#[tokio::test]
async fn a_response_has_the_token_the_headers_and_the_trace_id() {
    let fixture = Fixture::start().await;
    // None of these values is in the contract.
    let mut expected = token_value();
    expected["status"] = json!("expired");
    expected["object"] = json!("other");
    let mut body = expected.clone();
    body["new"] = json!({"a": [1]});
    let reply = Reply::ok(body.to_string()).header("clerk-trace-id", "trace_of_header");
    for call in CALLS {
        let ran = fixture.run(call, [reply.clone()]).await;
        let response = ran.succeeds(1);
        assert_eq!(response.trace_id(), Some("trace_of_header"));
        assert_eq!(response.headers()["content-type"], "application/json");
        assert!(!response.elapsed().is_zero());
        let value = serde_json::to_value(response.body()).unwrap();
        assert!(value == expected, "something is lost");
    }
}

#[tokio::test]
async fn neither_content_type_nor_framing_matters() {
    let fixture = Fixture::start().await;
    let framings = ["content-length", "transfer-encoding", "connection"];
    let [sized, chunked, until_close] = framings;
    for (reply, framing) in [
        (success().content_type("text/plain"), sized),
        (
            success().content_type("application/json; charset=utf-8"),
            sized,
        ),
        (
            success().content_type("text/html;charset=iso-8859-1"),
            sized,
        ),
        (success().content_type("nonsense"), sized),
        (Reply::status(200).body(token()), sized),
        (success().chunked(), chunked),
        (success().until_close(), until_close),
        (success().padded_to(100_000), sized),
        (success().padded_to(100_000).chunked(), chunked),
    ] {
        for call in CALLS {
            let ran = fixture.run(call, [reply.clone()]).await;
            let response = ran.succeeds(1);
            let sent = |name: &&str| response.headers().contains_key(*name);
            assert!(framings.into_iter().filter(sent).eq([framing]), "{framing}");
            let token = response.body();
            assert_eq!(token.token.as_ref().unwrap().expose(), TICKET);
            assert_eq!(token.url.as_ref().unwrap().expose(), LINK);
        }
    }
}

/// Bodies that can't be used, and parts of their errors' texts.
pub(crate) fn undecodable() -> Vec<(String, &'static str)> {
    let with = |field, value: Value| token_with(field, value).to_string();
    let without = |field| {
        let mut token = token_value();
        token.as_object_mut().unwrap().remove(field);
        token.to_string()
    };
    let whole = token();
    vec![
        (whole[..whole.len() / 2].to_owned(), ""),
        (String::new(), ""),
        (without("id"), "`id`"),
        (without("status"), "`status`"),
        (without("created_at"), "`created_at`"),
        (with("created_at", json!(TICKET)), ""),
        (with("status", json!([LINK])), ""),
        (json!([TICKET]).to_string(), ""),
        (json!(LINK).to_string(), ""),
        (format!("{LINK}\n"), ""),
        (format!("<html>{TICKET}</html>"), ""),
        ("null".to_owned(), ""),
    ]
}

#[tokio::test]
async fn an_undecodable_success_is_not_retried_and_keeps_its_body() {
    let fixture = Fixture::start().await;
    let decode = |outcome, status| Expected::new(ErrorKind::Decode, outcome).status(status);
    // The contract doesn't have these statuses.
    let mut cases = vec![(
        Reply::status(204),
        String::new(),
        "",
        decode(Outcome::Applied, 204),
    )];
    for status in [201, 202, 203] {
        let reply = Reply::status(status).json(token());
        cases.push((reply, token(), "", decode(Outcome::Applied, status)));
    }
    for (body, says) in undecodable() {
        // What isn't a JSON object may come from any server, so that a token may not exist.
        let outcome = match body.starts_with('{') {
            true => Outcome::Applied,
            false => Outcome::Unknown,
        };
        let expected = decode(outcome, 200);
        let reply = Reply::ok(body.clone());
        cases.push((reply.clone(), body.clone(), says, expected));
        cases.push((reply.content_type("text/plain"), body, says, expected));
    }
    for (reply, body, says, expected) in cases {
        for call in CALLS {
            let ran = fixture.run(call, [reply.clone(), success()]).await;
            let error = ran.fails(expected).await;
            assert!(error.response_body() == Some(body.as_bytes()), "{error}");
            let line = error.to_string();
            assert!(line.contains(says), "{says}: {line}");
        }
    }
}

fn too_large() -> Expected {
    Expected::new(ErrorKind::BodyTooLarge, Outcome::Applied).status(200)
}

#[tokio::test]
async fn a_large_body_is_not_read_to_its_end() {
    let fixture = Fixture::start().await;
    let not_found = Reply::status(404).html("<h1>no</h1>").padded_to(64 * MIB);
    let rejected = Expected::rejected(404);
    for (reply, expected) in [
        (success().padded_to(64 * MIB), too_large()),
        (success().padded_to(64 * MIB).chunked(), too_large()),
        (success().padded_for_ever().chunked(), too_large()),
        (success().padded_to(64 * MIB).until_close(), too_large()),
        (not_found.clone(), rejected),
        (not_found.chunked(), rejected),
    ] {
        for call in CALLS {
            let ran = fixture.run(call, [reply.clone(), success()]).await;
            let error = ran.fails(expected).await;
            let body = error.response_body().unwrap();
            assert!(body.len() as u64 <= MIB, "{}", body.len());
            if error.is_body_too_large() {
                // As much as the limit allows is kept, because it contains the token.
                assert_eq!(body.len() as u64, MIB);
                assert!(body.starts_with(token().as_bytes()));
            } else {
                assert!(body.starts_with(b"<h1>no</h1>"));
            }
            // The connection can't be used again, so it must not be kept.
            ran.server.wait_until_disconnected().await;
            let request = ran.server.requests().pop().unwrap();
            let sent = request.sent_bytes();
            assert!((1..16 * MIB).contains(&sent), "{sent}");
        }
    }
}

#[tokio::test]
async fn bodies_up_to_the_limit_are_read() {
    let length = token().len();
    for limit in [length, length - 1] {
        let fixture = Fixture::with(|builder| builder.max_response_bytes(limit)).await;
        for reply in [success(), success().chunked(), success().until_close()] {
            for call in CALLS {
                let ran = fixture.run(call, [reply.clone()]).await;
                if limit == length {
                    ran.succeeds(1);
                } else {
                    ran.fails(too_large()).await;
                }
            }
        }
    }
    // The documented default.
    let fixture = Fixture::start().await;
    for call in CALLS {
        let largest = success().padded_to(MIB);
        fixture.run(call, [largest]).await.succeeds(1);
        let ran = fixture.run(call, [success().padded_to(MIB + 1)]).await;
        ran.fails(too_large()).await;
    }
}

#[tokio::test]
async fn a_wrong_content_length_matters_only_if_it_is_above_the_limit() {
    let fixture = Fixture::sending_once().await;
    let lost = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown).status(200);
    for (length, expected) in [(MIB, lost), (64 * MIB, too_large())] {
        for call in CALLS {
            let reply = success().header("content-length", length);
            let reply = reply.then_disconnect(Disconnect::Close);
            let ran = fixture.run(call, [reply]).await;
            let error = ran.fails(expected).await;
            assert_eq!(error.response_body(), Some(token().as_bytes()));
        }
    }
}

#[tokio::test]
async fn a_response_about_another_user_or_token_is_an_error() {
    for (call, field, problem) in [
        (Call::Create, "user_id", "it is about another user"),
        (Call::Revoke, "id", "it is about another token"),
    ] {
        let fixture = Fixture::start().await;
        let ran = fixture.run(call, [success_with(field, "other")]).await;
        let expected = Expected::new(ErrorKind::Decode, Outcome::Applied).status(200);
        let error = ran.fails(expected).await;
        assert!(error.to_string().contains(problem), "{error}");
        let body = String::from_utf8_lossy(error.response_body().unwrap());
        assert!(body.contains("\"other\""));
    }
}
