//! The secret key and the proxy from the environment. Variables can't be set safely in a process with many threads, so
//! each case runs [`child`] in its own process.

use clerk_api::{Clerk, Outcome};
use clerk_api_tests::faulty_server::FaultyServer;

use crate::support::{CHILD, in_own_process, success};

const KEY: (&str, &str) = ("CLERK_SECRET_KEY", "sk_test_1");

/// Does nothing in an ordinary run. In the child its variable is the base URL, or `no key`.
#[tokio::test]
async fn child() {
    let Ok(base_url) = std::env::var(CHILD) else {
        return;
    };
    let from_env = Clerk::from_env();
    if base_url == "no key" {
        let error = from_env.unwrap_err();
        assert_eq!(error.parameter(), Some("secret_key"));
        assert_eq!(error.outcome(), Outcome::NotSent);
        return;
    }
    from_env.unwrap();
    let builder = Clerk::builder().secret_key_from_env().base_url(&base_url);
    let tokens = builder.build().unwrap().sign_in_tokens();
    let created = tokens.create("user_1").await;
    // The proxy of the test with https never connects to a server.
    assert_eq!(created.is_err(), base_url.starts_with("https:"));
}

async fn run_child(base_url: &str, variables: &[(&str, &str)]) {
    let test = concat!(module_path!(), "::child");
    let no_exceptions = [("no_proxy", ""), ("NO_PROXY", "")];
    let variables = [variables, &no_exceptions].concat();
    let output = in_own_process(test, base_url, &variables).await;
    assert!(output.status.success());
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(!text.contains("pk_test_") && !text.contains("sk_test_"));
    }
}

#[tokio::test]
async fn the_key_comes_from_the_first_variable_that_is_not_empty() {
    let both = [KEY, ("CLERK_BEARER_AUTH", "sk_test_2")];
    let first_is_empty = [("CLERK_SECRET_KEY", ""), both[1]];
    for (variables, key) in [
        (&both[..1], "Bearer sk_test_1"),
        (&both[1..], "Bearer sk_test_2"),
        (&both, "Bearer sk_test_1"),
        (&first_is_empty, "Bearer sk_test_2"),
    ] {
        let server = FaultyServer::start([success()]).await;
        run_child(&server.url(), variables).await;
        let requests = server.requests();
        let keys = requests
            .iter()
            .map(|request| request.header("authorization"));
        assert!(keys.eq([Some(key)]));
    }
}

#[tokio::test]
async fn a_missing_or_invalid_key_is_an_error() {
    for variables in [
        &[][..],
        &[("CLERK_SECRET_KEY", ""), ("CLERK_BEARER_AUTH", "")],
        &[("CLERK_SECRET_KEY", "pk_test_public")],
        // An invalid value is not skipped.
        &[
            ("CLERK_SECRET_KEY", "sk_test_1 "),
            ("CLERK_BEARER_AUTH", "sk_test_2"),
        ],
    ] {
        run_child("no key", variables).await;
    }
}

#[tokio::test]
async fn https_goes_through_the_proxy_without_the_key() {
    let proxy = FaultyServer::start([success()]).await;
    let variables = [KEY, ("https_proxy", &proxy.url())];
    run_child("https://clerk.invalid/v1", &variables).await;
    let requests = proxy.requests();
    let line = b"CONNECT clerk.invalid:443 HTTP/1.1\r\n";
    assert!(requests[0].raw().starts_with(line));
    for request in requests {
        assert!(request.header("authorization").is_none());
    }
}

#[tokio::test]
async fn plain_http_bypasses_the_proxy() {
    let proxy = FaultyServer::start([success()]).await;
    let here = FaultyServer::start([success()]).await;
    let base_url = format!("{}/v1", here.url());
    run_child(&base_url, &[KEY, ("http_proxy", &proxy.url())]).await;
    assert_eq!((proxy.connections(), here.request_count()), (0, 1));
}
