//! Responses that could exhaust a client: twice as much input must not cost more than twice as much work, and no input
//! makes an error's line long.
#![cfg(target_os = "linux")]

use std::alloc::System;
use std::time::Duration;

use clerk_api::RetryPolicy;
use clerk_api_tests::faulty_server::{FaultyServer, Reply};
use nix::time::{ClockId, clock_gettime};
use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::support::{Call, alone, build, builder, errors, success, token};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The longest line of an error.
const LONGEST_LINE: usize = 2048;

/// A response with an input of about this many bytes.
type Response = fn(usize) -> Reply;

/// Texts that are repeated in an error's message.
const TEXTS: [&str; 8] = [
    "no ",
    "aeyJ",
    "eyJ.",
    "sk_test_",
    "ask_live_",
    "?__clerk_ticket=",
    "%3DeyJ%2e",
    "\u{202e}\u{2028}\u{0}",
];

const RESPONSES: [(&str, Response); 13] = [
    ("a code", |bytes| {
        unprocessable(errors(&repeated("eyJa", bytes), ""))
    }),
    ("many errors", |bytes| {
        let error = json!({"code": "a", "message": "b"});
        unprocessable(json!({"errors": vec![error; bytes / 28]}).to_string())
    }),
    ("many names in meta", |bytes| {
        let names = (0..bytes / 16).map(|index| (format!("eyJname{index:05}"), json!(0)));
        meta(&json!(names.collect::<serde_json::Map<_, _>>()).to_string())
    }),
    ("depth of meta", |bytes| {
        meta(&(repeated("[", bytes / 2) + &repeated("]", bytes / 2)))
    }),
    ("an HTML page", |bytes| {
        Reply::status(502).html(repeated("<p>eyJ", bytes))
    }),
    ("a success that is no token", |bytes| {
        Reply::ok(repeated("[{\"eyJ\":", bytes))
    }),
    ("unknown fields", |bytes| {
        let fields = (0..bytes / 16).map(|index| format!("\"eyJ{index:06}\":0,"));
        let start = format!("{{{}", fields.collect::<String>());
        Reply::ok(token().replacen('{', &start, 1))
    }),
    ("chunks", |bytes| {
        unprocessable(errors("", &repeated("eyJa", bytes / 8)))
            .chunked()
            .drip_body(Duration::ZERO)
    }),
    ("a trace id", |bytes| {
        Reply::status(500).header("clerk-trace-id", repeated("aeyJ", bytes))
    }),
    ("a Retry-After", |bytes| {
        Reply::status(503).header("retry-after", repeated("9", bytes))
    }),
    ("a location", |bytes| {
        Reply::redirect(302, repeated("/eyJ", bytes))
    }),
    // At most 100 are accepted.
    ("headers", |bytes| {
        (0..bytes / 200).fold(Reply::status(500), |reply, index| {
            reply.header(format!("x-{index}"), "eyJ")
        })
    }),
    ("interim responses", |bytes| {
        let interim = repeated("HTTP/1.1 103 Early Hints\r\n\r\n", bytes);
        Reply::raw(interim + "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n")
    }),
];

fn repeated(text: &str, bytes: usize) -> String {
    text.repeat(bytes / text.len())
}

fn unprocessable(body: String) -> Reply {
    Reply::status(422).json(body)
}

fn message(message: &str) -> Reply {
    unprocessable(errors("form_param_value_invalid", message))
}

fn meta(meta: &str) -> Reply {
    let error = format!(r#"{{"code":"a","message":"b","meta":{meta}}}"#);
    unprocessable(format!(r#"{{"errors":[{error}],"meta":{meta}}}"#))
}

/// What one call costs, the server's part included, which grows as the input does: allocations, bytes that were
/// allocated, and nanoseconds of a processor.
type Cost = [u64; 3];

fn cost_so_far() -> Cost {
    let stats = ALLOCATOR.stats();
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
    [
        (stats.allocations + stats.reallocations) as u64,
        stats.bytes_allocated as u64,
        Duration::from(time).as_nanos() as u64,
    ]
}

/// The least cost of several calls that get this response, and the longest line of their errors.
async fn cost(reply: Reply) -> (Cost, usize) {
    // The first call makes the connection, which isn't counted.
    let server = FaultyServer::start([success(), reply]).await;
    let clerk = build(builder(&server.url()).retry_policy(RetryPolicy::never()));
    assert!(Call::Create.send(&clerk).await.is_ok());
    let (mut least, mut longest) = ([u64::MAX; 3], 0);
    for _ in 0..4 {
        let before = cost_so_far();
        let result = Call::Create.send(&clerk).await;
        let shown = result.map_or_else(
            |error| {
                assert!(format!("{error:?}").len() < 1 << 20);
                error.to_string().len()
            },
            |response| format!("{response:?}").len().min(1),
        );
        longest = longest.max(shown);
        let after = cost_so_far();
        least = std::array::from_fn(|index| least[index].min(after[index] - before[index]));
    }
    (least, longest)
}

/// Asserts that the cost of a response doesn't grow faster than its length, and that no line gets too long.
async fn check(name: &str, response: impl Fn(usize) -> Reply) {
    let bytes = 4 * 1024;
    let (once, _) = cost(response(bytes)).await;
    let (twice, _) = cost(response(2 * bytes)).await;
    let (four_times, longest) = cost(response(4 * bytes)).await;
    let costs = format!("{name:?}: {once:?}, {twice:?}, {four_times:?}");
    // A quarter more than twice, and what buffers that grow in steps may add.
    assert!(4 * twice[0] <= 10 * once[0] + 200, "allocations: {costs}");
    assert!(4 * twice[1] <= 10 * once[1] + 256 * 1024, "bytes: {costs}");
    // Quadratic work takes sixteen times as long. It is compared with what it would be, not with a clock.
    assert!(four_times[2] <= 8 * once[2], "processor time: {costs}");
    assert!(
        longest < LONGEST_LINE,
        "{name:?}: a line of {longest} bytes"
    );
}

#[tokio::test]
async fn twice_the_input_is_at_most_twice_the_work() {
    let test = concat!(
        module_path!(),
        "::twice_the_input_is_at_most_twice_the_work"
    );
    let work = async {
        for text in TEXTS {
            check(text, |bytes| message(&repeated(text, bytes))).await;
        }
        for (name, response) in RESPONSES {
            check(name, response).await;
        }
    };
    alone(test, work).await;
}
