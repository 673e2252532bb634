//! What a client takes of memory, measured from outside of it: each test here runs in a process of its own.
#![cfg(target_os = "linux")]

use std::process::Command;

use clerk_api::Clerk;
use clerk_api_tests::faulty_server::{Answer, FaultyServer, Script};

use super::support::{CALLS, Call, build, builder, client, errors, success};

/// Set where a test is to do its work instead of starting the process that does it.
const IN_CHILD: &str = "CLERK_API_TESTS_IN_CHILD";

const MIB: u64 = 1024 * 1024;

/// Runs the test `name` of this module alone in a new process, and says whether this one is that process.
fn is_child(name: &str) -> bool {
    if std::env::var_os(IN_CHILD).is_some() {
        return true;
    }
    let module = module_path!();
    let path = module.split_once("::").map_or(module, |(_, path)| path);
    let executable = std::env::current_exe();
    let executable = executable.unwrap_or_else(|error| panic!("this test's own file: {error}"));
    let output = Command::new(executable)
        .args(["--exact", &format!("{path}::{name}"), "--nocapture"])
        .env(IN_CHILD, "1")
        .output();
    let output = output.unwrap_or_else(|error| panic!("a process of its own: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    println!("{text}");
    assert!(output.status.success(), "{text}{errors}");
    // A name that matches no test would pass as well.
    assert!(text.contains("1 passed"), "{text}");
    false
}

/// Bytes in memory now (`VmRSS`) or at most until now (`VmHWM`).
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.trim_matches([':', '\t', ' ']).split(' ').next());
    let kibibytes: Option<u64> = kibibytes.and_then(|number| number.parse().ok());
    kibibytes.unwrap_or_else(|| panic!("{name} in {status}")) * 1024
}

#[test]
fn a_large_body_takes_little() {
    if is_child("a_large_body_takes_little") {
        run(async {
            for call in CALLS {
                let large = success().padded_to(64 * MIB);
                takes_little(call, large.clone()).await;
                takes_little(call, large.chunked()).await;
                let large = Answer::status(500).html("<h1>").padded_to(64 * MIB);
                takes_little(call, large.clone()).await;
                takes_little(call, large.chunked()).await;
            }
        });
    }
}

async fn takes_little(call: Call, large: Answer) {
    let server = FaultyServer::start(Script::from([success(), large])).await;
    let clerk = build(builder(&server.url()).retry(clerk_api::RetryPolicy::never()));
    // What the first call of a process takes once and for all is not what is asked for here.
    assert!(call.send(&clerk).await.is_ok());
    let before = status("VmRSS");
    assert!(call.send(&clerk).await.is_err());
    let grown = status("VmHWM").saturating_sub(before);
    println!("64 MiB body, {call:?}: {} KiB", grown / 1024);
    assert!(grown < 8 * MIB, "{grown} bytes");
    drop(clerk);
    server.wait_until_disconnected().await;
}

#[test]
fn ten_thousand_calls_leave_nothing() {
    if is_child("ten_thousand_calls_leave_nothing") {
        run(async {
            let refusal = Answer::status(404).json(errors("resource_not_found", "No."));
            let script = Script::from_fn(move |index, _| match index % 4 {
                0 => refusal.clone(),
                1 => Answer::ok("{"),
                _ => success(),
            });
            let server = FaultyServer::start(script).await;
            let clerk = client(&server.url());
            many(&clerk, &server, 2_000).await;
            let before = status("VmRSS");
            many(&clerk, &server, 8_000).await;
            let grown = status("VmRSS").saturating_sub(before);
            println!("8 000 calls after 2 000: {} KiB", grown / 1024);
            // A hundred bytes a call would be twice as much as an allocator's noise.
            assert!(grown < MIB, "{grown} bytes");
        });
    }
}

async fn many(clerk: &Clerk, server: &FaultyServer, calls: usize) {
    for index in 0..calls {
        match CALLS[index % 2].send(clerk).await {
            Ok(_) => {}
            Err(error) => assert!(error.status().is_some(), "{error:?}"),
        }
        if index % 500 == 0 {
            server.forget_requests();
        }
    }
    server.forget_requests();
}

/// On one thread, so that the allocator's arenas don't depend on chance.
fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .unwrap_or_else(|error| panic!("a runtime: {error}"))
        .block_on(work);
}
