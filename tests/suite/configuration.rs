//! Where settings come from, and what a client can be used for.

use std::process::Output;
use std::time::Duration;

use clerk_api::{Clerk, Outcome};
use clerk_api_tests::faulty_server::{Answer, FaultyServer};

use crate::support::{KEY, assert_no_secret, builder, clerk, predicates, token_json};

const KEY_VARIABLES: [&str; 2] = ["CLERK_SECRET_KEY", "CLERK_BEARER_AUTH"];

/// Tells the child what it is: where the server is, or `nothing` for one that is to find no key.
const MARKER: &str = "CLERK_API_TESTS_CHILD";

async fn server() -> FaultyServer {
    FaultyServer::start([Answer::ok(token_json("pending").to_string())]).await
}

/// Does nothing in an ordinary run. Variables can't be set safely within a process of many threads, so the tests below
/// start this one in a process of its own.
#[tokio::test]
async fn in_the_child() {
    let Ok(marker) = std::env::var(MARKER) else {
        return;
    };
    let from_env = Clerk::from_env();
    if marker == "nothing" {
        let error = from_env.unwrap_err();
        assert_eq!(predicates(&error), ["invalid_input"]);
        assert_eq!(error.parameter(), Some("secret_key"));
        assert_eq!(error.outcome(), Outcome::NotSent);
        return;
    }
    from_env.unwrap();
    let builder = Clerk::builder().secret_key_from_env().base_url(&marker);
    let tokens = builder.build().unwrap().sign_in_tokens();
    let created = tokens.create("user_1").await;
    // The proxy of the test that asks for https doesn't connect to anybody.
    assert_eq!(created.is_err(), marker.starts_with("https:"));
}

/// Runs the child with these variables, and no other ones that matter.
async fn child(marker: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    let test = concat!(module_path!(), "::in_the_child");
    let test = test.split_once("::").unwrap().1;
    command.args([test, "--exact", "--nocapture"]);
    for name in KEY_VARIABLES {
        command.env_remove(name);
    }
    command
        .env(MARKER, marker)
        .envs(variables.iter().copied())
        .kill_on_drop(true);
    let output = command.output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "the child has no such test");
    output
}

#[tokio::test]
async fn the_key_comes_from_the_first_variable_that_is_not_empty() {
    for (variables, key) in [
        (&[("CLERK_SECRET_KEY", "sk_test_1")][..], "sk_test_1"),
        (&[("CLERK_BEARER_AUTH", "sk_test_2")], "sk_test_2"),
        (
            &[
                ("CLERK_SECRET_KEY", "sk_test_1"),
                ("CLERK_BEARER_AUTH", "sk_test_2"),
            ],
            "sk_test_1",
        ),
        (
            &[("CLERK_SECRET_KEY", ""), ("CLERK_BEARER_AUTH", "sk_test_2")],
            "sk_test_2",
        ),
    ] {
        let server = server().await;
        let output = child(&server.url(), variables).await;
        assert!(output.status.success());
        let requests = server.requests();
        let keys: Vec<Option<&str>> = requests
            .iter()
            .map(|request| request.header("authorization"))
            .collect();
        assert_eq!(keys, [Some(format!("Bearer {key}").as_str())]);
    }
}

#[tokio::test]
async fn without_a_good_key_there_is_no_client() {
    for variables in [
        &[][..],
        &[("CLERK_SECRET_KEY", ""), ("CLERK_BEARER_AUTH", "")],
        &[("CLERK_SECRET_KEY", "pk_test_public")],
        // A variable that is set to something wrong isn't passed over.
        &[
            ("CLERK_SECRET_KEY", "sk_test_1 "),
            ("CLERK_BEARER_AUTH", "sk_test_2"),
        ],
    ] {
        let output = child("nothing", variables).await;
        assert!(output.status.success());
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            assert!(!text.contains("pk_test_") && !text.contains("sk_test_"));
        }
    }
}

#[tokio::test]
async fn the_proxy_variables_are_heeded() {
    let proxy = server().await;
    let url = proxy.url();
    let variables = [
        ("CLERK_SECRET_KEY", "sk_test_1"),
        ("https_proxy", &url),
        ("no_proxy", ""),
        ("NO_PROXY", ""),
    ];
    let output = child("https://clerk.invalid/v1", &variables).await;
    assert!(output.status.success());
    // The proxy learns where to, and nothing that is meant for there.
    let requests = proxy.requests();
    let lines = requests
        .iter()
        .map(|request| (request.method(), request.path()));
    assert_eq!(
        lines.collect::<Vec<_>>()[0],
        ("CONNECT", "clerk.invalid:443")
    );
    assert!(
        requests
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[tokio::test]
async fn plain_text_goes_to_no_proxy() {
    let (proxy, here) = (server().await, server().await);
    let url = proxy.url();
    let variables = [
        ("CLERK_SECRET_KEY", "sk_test_1"),
        ("http_proxy", &url),
        ("no_proxy", ""),
        ("NO_PROXY", ""),
    ];
    let output = child(&format!("{}/v1", here.url()), &variables).await;
    assert!(output.status.success());
    assert_eq!((proxy.connections(), here.request_count()), (0, 1));
}

#[test]
fn requests_go_only_where_nobody_can_listen() {
    for url in [
        "https://api.clerk.com/v1",
        "https://proxy.example.com/clerk/v1/",
        "http://localhost:8080/v1",
        "http://127.0.0.1:1",
        "http://[::1]:1/v1",
    ] {
        assert!(builder(url).build().is_ok(), "{url}");
    }
    for url in [
        "http://api.clerk.com/v1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
        "ftp://localhost",
        "https://user:password@api.clerk.com",
        "https://api.clerk.com/v1?a=b",
        "https://api.clerk.com/v1#a",
        "api.clerk.com",
        "",
    ] {
        let error = builder(url).build().unwrap_err();
        assert_eq!(predicates(&error), ["invalid_input"], "{url}");
        assert_eq!(error.parameter(), Some("base_url"), "{url}");
        assert_eq!(error.operation(), None, "{url}");
        assert!(!error.to_string().contains("password@"), "{url}");
    }
}

#[test]
fn a_wrong_setting_is_named() {
    let zero = Duration::ZERO;
    let good = || builder("https://api.clerk.com/v1");
    for (builder, parameter) in [
        (Clerk::builder(), "secret_key"),
        (good().secret_key(""), "secret_key"),
        (good().secret_key("pk_live_public"), "secret_key"),
        (good().secret_key("sk_test_a\r\nx: 1"), "secret_key"),
        (good().api_version(""), "api_version"),
        (good().api_version("2026\n"), "api_version"),
        (good().user_agent_suffix("a\r\nb: c"), "user_agent_suffix"),
        (good().connect_timeout(zero), "connect_timeout"),
        (good().attempt_timeout(zero), "attempt_timeout"),
        (good().timeout(zero), "timeout"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(predicates(&error), ["invalid_input"], "{parameter}");
        assert_eq!(error.parameter(), Some(parameter));
    }
    let client = good().build().unwrap();
    let error = client.with_secret_key("pk_test_public").unwrap_err();
    assert_eq!(error.parameter(), Some("secret_key"));
}

#[test]
fn nothing_that_holds_the_key_shows_it() {
    let builder = builder("https://api.clerk.com/v1");
    let clerk = builder.clone().build().unwrap();
    let tokens = clerk.sign_in_tokens();
    let (create, revoke) = (tokens.create("user_1"), tokens.revoke("sit_1"));
    for shown in [
        format!("{builder:#?}"),
        format!("{clerk:#?}"),
        format!("{tokens:#?}"),
        format!("{create:#?}"),
        format!("{revoke:#?}"),
        format!("{:#?}", tokens.ensure_revoked("sit_1")),
        format!("{:#?}", clerk.api()),
    ] {
        assert_no_secret(&shown);
    }
}

#[tokio::test]
async fn calls_can_be_sent_from_tasks() {
    let server = server().await;
    let tokens = clerk(server.url()).sign_in_tokens();
    let create = tokio::spawn(tokens.create("user_1").into_future());
    create.await.unwrap().unwrap();
    let revoke = tokio::spawn(tokens.revoke("sit_1").into_future());
    revoke.await.unwrap().unwrap();
    let ensure = tokio::spawn(tokens.ensure_revoked("sit_1").into_future());
    ensure.await.unwrap().unwrap();
    let with_response = tokio::spawn(tokens.create("user_1").with_response());
    with_response.await.unwrap().unwrap();
    assert_eq!(server.request_count(), 4);
}

#[test]
fn what_is_shared_between_tasks_can_be() {
    fn sharable<T: Clone + Send + Sync + 'static>() {}
    sharable::<Clerk>();
    sharable::<clerk_api::ClerkBuilder>();
    sharable::<clerk_api::SignInTokens>();
    sharable::<clerk_api::CreateSignInToken>();
    sharable::<clerk_api::RevokeSignInToken>();
    sharable::<clerk_api::EnsureRevokedSignInToken>();
    sharable::<clerk_api::api::Client>();
    sharable::<clerk_api::Error>();
    sharable::<clerk_api::RetryPolicy>();
    sharable::<clerk_api::Response<clerk_api::EnsureRevoked>>();
}

#[tokio::test]
async fn dropped_calls_leave_the_client_usable() {
    let mut script = vec![Answer::never(); 40];
    script.push(Answer::ok(token_json("pending").to_string()));
    let server = FaultyServer::start(script).await;
    let clerk = clerk(server.url());
    // More than a client has in flight at first, so that a place that isn't given back would be missed.
    for dropped in 1..=40 {
        let call = clerk.sign_in_tokens().create("user_1").into_future();
        tokio::select! {
            _ = call => panic!("it is never answered"),
            () = server.wait_for_requests(dropped) => {}
        }
    }
    // One that is never even polled.
    drop(clerk.sign_in_tokens().create("user_1").into_future());
    let token = clerk.sign_in_tokens().create("user_1").await.unwrap();
    assert_eq!(token.id, "sit_1");
    assert_eq!(server.request_count(), 41);
}

#[tokio::test]
async fn a_clone_shares_connection_and_rate_limit() {
    let server = FaultyServer::start([
        Answer::ok(token_json("pending").to_string()),
        Answer::ok(token_json("pending").to_string()),
        Answer::status(429).header("retry-after", 3600),
    ])
    .await;
    let first = clerk(server.url());
    let second = first.clone();
    for clerk in [&first, &second] {
        clerk.sign_in_tokens().revoke("sit_1").await.unwrap();
        // The pool takes a connection back in a task of its own.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.connections(), 1);
    let error = first.sign_in_tokens().revoke("sit_1").await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    let error = second.sign_in_tokens().revoke("sit_1").await.unwrap_err();
    assert_eq!(predicates(&error), ["rate_limited"]);
    assert_eq!(error.attempts(), 0);
    assert_eq!(server.request_count(), 3);
}

#[test]
fn a_client_outlives_the_runtime_that_it_was_made_in() {
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap()
    };
    let servers = runtime();
    let (server, clerk) = servers.block_on(async {
        let server = server().await;
        let clerk = clerk(server.url());
        (server, clerk)
    });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || servers.block_on(stopped).ok());
    for _ in 0..3 {
        // Each runtime takes its connections with it, so that the next meets what is left of them.
        let revoke = clerk.sign_in_tokens().revoke("sit_1");
        runtime().block_on(revoke.into_future()).unwrap();
    }
    let outside = clerk.with_secret_key(KEY).unwrap();
    let create = outside.sign_in_tokens().create("user_1");
    runtime().block_on(create.into_future()).unwrap();
    assert_eq!(server.request_count(), 4);
    drop(stop);
    serving.join().unwrap();
}
