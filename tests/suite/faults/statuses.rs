//! Statuses after which nobody knows whether the work was done.

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Answer, Disconnect};

use super::support::{Call, Expected, errors, quick, run, run_with, success};

/// Answers with such a status, and the body that comes with them.
fn failures() -> Vec<(u16, Answer, String)> {
    let mut failures = Vec::new();
    for status in [408, 500, 502, 504] {
        let json = errors("internal_clerk_error", "Something broke.");
        let html = format!("<html><h1>{status}</h1></html>");
        let answer = Answer::status(status);
        failures.push((status, answer.clone().json(json.clone()), json));
        failures.push((status, answer.clone().html(html.clone()), html));
        failures.push((status, answer, String::new()));
    }
    // What stands in front of Clerk has statuses of its own.
    for status in [520, 522, 524] {
        let html = "<html>cloudflare</html>".to_owned();
        failures.push((status, Answer::status(status).html(html.clone()), html));
    }
    failures
}

fn expected(status: u16) -> Expected {
    Expected::new(ErrorKind::Status, Outcome::Unknown).status(status)
}

#[tokio::test]
async fn a_create_is_not_sent_again() {
    for (status, answer, body) in failures() {
        let ran = run(Call::Create, [answer, success()]).await;
        let error = ran.fails(expected(status)).await;
        assert_eq!(error.response_body(), Some(body.as_bytes()));
        assert_eq!(error.is_server_error(), status >= 500);
        let text = error.to_string();
        assert!(text.contains("not sent again"), "{text}");
        assert!(!text.contains("<html>"), "{text}");
        let understood = body.starts_with('{');
        assert_eq!(error.code(), understood.then_some("internal_clerk_error"));
        assert_eq!(error.trace_id(), understood.then_some("trace_of_body"));
    }
}

#[tokio::test]
async fn a_create_is_sent_again_where_the_caller_risks_a_duplicate() {
    for (_, answer, _) in failures() {
        let ran = run_with(Call::Create, [answer, success()], |builder| {
            builder.retry(quick().retry_unknown_outcomes(true))
        });
        ran.await.succeeds(2);
    }
}

#[tokio::test]
async fn a_revoke_is_sent_again() {
    for (status, answer, body) in failures() {
        run(Call::Revoke, [answer.clone(), success()])
            .await
            .succeeds(2);
        let ran = run(Call::Revoke, [answer]).await;
        let error = ran.fails(expected(status).attempts(4)).await;
        assert_eq!(error.response_body(), Some(body.as_bytes()));
    }
}

#[tokio::test]
async fn what_the_server_cannot_do_at_all_is_not_asked_twice() {
    for call in super::support::CALLS {
        for status in [501, 505] {
            let ran = run(call, [Answer::status(status), success()]).await;
            ran.fails(expected(status)).await;
        }
    }
}

#[tokio::test]
async fn the_worst_of_all_attempts_counts() {
    // First lost, then refused for good: the create may have been done by the first.
    let script = [
        Answer::reset_before_answer(),
        Answer::status(422).json(errors("form_param_value_invalid", "No.")),
    ];
    let ran = run_with(Call::Create, script, |builder| {
        builder.retry(quick().retry_unknown_outcomes(true))
    });
    let ran = ran.await;
    let error = ran.fails(expected(422).attempts(2)).await;
    assert!(error.to_string().contains("earlier attempt"), "{error}");

    // First refused, then lost.
    let script = [Answer::status(503), Answer::close_before_answer()];
    let ran = run(Call::Create, script).await;
    let expected = Expected::new(ErrorKind::ConnectionLost, Outcome::Unknown);
    ran.fails(expected.attempts(2)).await;
}

#[tokio::test]
async fn a_status_counts_even_if_its_body_is_cut() {
    for how in [Disconnect::Close, Disconnect::Reset] {
        let body = errors("internal_clerk_error", "Something broke.");
        let answer = Answer::status(500).json(body.clone()).cut_after(9, how);
        let ran = run(Call::Create, [answer]).await;
        let error = ran.fails(expected(500)).await;
        let kept = error.response_body().unwrap();
        assert!(body.as_bytes().starts_with(kept), "{kept:?}");

        let answer = Answer::status(503).json(body).cut_after(9, how);
        run(Call::Create, [answer, success()]).await.succeeds(2);
    }
}
