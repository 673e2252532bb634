//! The line that an operator reads in a log: what failed, and why. Those of failed connections are among `connections`.

use clerk_api::Error;
use clerk_api_tests::faulty_server::{Disconnect, Reply};

use crate::support::{Call, Fixture, errors, ms, success};

/// The line without the time, which differs from run to run.
fn line(error: &Error) -> String {
    let line = error.to_string();
    let (what, rest) = line.rsplit_once(" in ").unwrap();
    let (_, rest) = rest.split_once(" s").or(rest.split_once(" ms")).unwrap();
    format!("{what}{rest}")
}

#[tokio::test]
async fn a_failed_attempt_is_one_clear_line() {
    let fixture = Fixture::with(|builder| builder.attempt_timeout(ms(1000))).await;
    for (reply, expected) in [
        (
            Reply::status(404).json(errors("resource_not_found", "No such user.")),
            "404 Not Found: the server rejected the request; resource_not_found: No such user. \
             [1 attempt, trace id trace_of_body]",
        ),
        (
            Reply::status(400).json(r#"{"errors": [{"message": "No code."}]}"#),
            "400 Bad Request: the server rejected the request; No code. [1 attempt]",
        ),
        (
            Reply::status(520)
                .html("Sorry")
                .header("server", "cloudflare"),
            "520: the server failed; the response is not Clerk's JSON (text/html; charset=UTF-8, server cloudflare); \
             not retried, since the server may have processed it [1 attempt, outcome unknown]",
        ),
        (
            Reply::status(200).html("Sign in to the Wi-Fi"),
            "200 OK: the response is not Clerk's JSON (text/html; charset=UTF-8) [1 attempt, outcome unknown]",
        ),
        (
            Reply::ok(r#"{"id": "sit_1"}"#),
            "200 OK: the request succeeded, but the response can't be used: \
             the field `created_at` is missing, at line 1 column 15 [1 attempt]",
        ),
        (
            Reply::redirect(302, "https://a.test"),
            "302 Found: a redirect, which is never followed [1 attempt]",
        ),
        (
            Reply::raw("hello\r\n\r\n"),
            "the response is not valid HTTP [1 attempt, outcome unknown]",
        ),
        (
            Reply::reset_before_response(),
            "the connection was lost before the whole response arrived; \
             not retried, since the server may have processed it [1 attempt, outcome unknown]",
        ),
        (
            success().cut_after(20, Disconnect::Close),
            "200 OK: the connection was lost before the whole response arrived; \
             not retried, since the server may have processed it [1 attempt, outcome unknown]",
        ),
        (
            Reply::never(),
            "no complete response within 1.0s (the attempt's time limit); \
             not retried, since the server may have processed it [1 attempt, outcome unknown]",
        ),
    ] {
        let ran = fixture.run(Call::Create, [reply]).await;
        assert_eq!(line(ran.error()), format!("CreateSignInToken: {expected}"));
    }
    let tokens = fixture.client([Reply::never()]).sign_in_tokens();
    let revoke = tokens.revoke("sit_1").operation_timeout(ms(200));
    let line = line(&revoke.await.unwrap_err());
    assert!(
        line.starts_with("RevokeSignInToken: no complete response within "),
        "{line}"
    );
    let end = "ms (the rest of the call's time limit); not retried, since too little of the call's \
               time limit is left [1 attempt, outcome unknown]";
    assert!(line.ends_with(end), "{line}");
}
