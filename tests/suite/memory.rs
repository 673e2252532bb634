//! The memory that a client uses, measured from outside: each test runs in its own process.
#![cfg(target_os = "linux")]

use clerk_api::{Clerk, RetryPolicy};
use clerk_api_tests::faulty_server::{FaultyServer, Reply, Script};

use crate::support::{CALLS, Call, alone, build, builder, client, errors, success};

const MIB: u64 = 1024 * 1024;

/// Bytes in memory now (`VmRSS`), or at most until now (`VmHWM`).
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.unwrap().trim_matches([':', '\t', ' ']);
    let kibibytes: u64 = kibibytes.split(' ').next().unwrap().parse().unwrap();
    kibibytes * 1024
}

#[tokio::test]
async fn a_large_body_takes_little_memory() {
    let test = concat!(module_path!(), "::a_large_body_takes_little_memory");
    let work = async {
        for call in CALLS {
            for large in [success(), Reply::status(500).html("<h1>")] {
                let large = large.padded_to(64 * MIB);
                takes_little(call, large.clone()).await;
                takes_little(call, large.chunked()).await;
            }
        }
    };
    alone(test, work).await;
}

async fn takes_little(call: Call, large: Reply) {
    let server = FaultyServer::start([success(), large]).await;
    let clerk = build(builder(&server.url()).retry_policy(RetryPolicy::never()));
    // What only the first call of a process allocates doesn't count.
    assert!(call.send(&clerk).await.is_ok());
    let before = memory("VmRSS");
    assert!(call.send(&clerk).await.is_err());
    let grown = memory("VmHWM").saturating_sub(before);
    assert!(grown < 8 * MIB, "{grown} bytes");
    drop(clerk);
    server.wait_until_disconnected().await;
}

#[tokio::test]
async fn thousands_of_calls_leave_no_memory_in_use() {
    let test = concat!(
        module_path!(),
        "::thousands_of_calls_leave_no_memory_in_use"
    );
    let work = async {
        let not_found = Reply::status(404).json(errors("resource_not_found", "No."));
        let server = FaultyServer::start(Script::from_fn(move |index, _| match index % 4 {
            0 => not_found.clone(),
            1 => Reply::ok("{"),
            _ => success(),
        }))
        .await;
        let clerk = client(&server.url());
        send(500, &clerk, &server).await;
        let before = memory("VmRSS");
        send(3000, &clerk, &server).await;
        let grown = memory("VmRSS").saturating_sub(before);
        // More than the noise of an allocator: 350 bytes a call.
        assert!(grown < MIB, "{grown} bytes");
    };
    alone(test, work).await;
}

async fn send(calls: usize, clerk: &Clerk, server: &FaultyServer) {
    for index in 0..calls {
        if let Err(error) = CALLS[index % 2].send(clerk).await {
            assert!(error.status().is_some(), "{error:?}");
        }
        if index % 100 == 0 {
            server.forget_requests();
        }
    }
    server.forget_requests();
}
