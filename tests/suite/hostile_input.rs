//! What a server can make a client do: twice as much input must not cost more than twice as much work, and no input
//! makes an error's line long.
#![cfg(target_os = "linux")]

use std::alloc::System;
use std::time::Duration;

use clerk_api::RetryPolicy;
use clerk_api_tests::faulty_server::{Answer, FaultyServer, Script};
use nix::time::{ClockId, clock_gettime};
use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::support::{CHILD, Call, build, builder, errors, in_own_process, success, token};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The longest line of an error.
const LONGEST_LINE: usize = 2048;

/// An input of about so many bytes.
struct Input {
    name: &'static str,
    answer: fn(usize) -> Answer,
    bytes: usize,
}

const fn input(name: &'static str, answer: fn(usize) -> Answer) -> Input {
    let bytes = 4 * 1024;
    Input {
        name,
        answer,
        bytes,
    }
}

const INPUTS: [Input; 21] = [
    input("a message", |bytes| message(&repeated("no ", bytes))),
    input("tickets", |bytes| message(&repeated("aeyJ", bytes))),
    input("tickets with dots", |bytes| {
        message(&repeated("eyJ.", bytes))
    }),
    input("keys", |bytes| message(&repeated("sk_test_", bytes))),
    input("keys with a letter before", |bytes| {
        message(&repeated("ask_live_", bytes))
    }),
    input("links", |bytes| {
        message(&repeated("?__clerk_ticket=", bytes))
    }),
    input("tickets in percent", |bytes| {
        message(&repeated("%3DeyJ%2e", bytes))
    }),
    input("control characters", |bytes| {
        message(&repeated("\u{202e}\u{2028}\u{0}", bytes))
    }),
    input("a code", |bytes| {
        unprocessable(errors(&repeated("eyJa", bytes), ""))
    }),
    input("many errors", |bytes| {
        let error = json!({"code": "a", "message": "b"});
        unprocessable(json!({"errors": vec![error; bytes / 28]}).to_string())
    }),
    input("many names in meta", |bytes| {
        let names = (0..bytes / 16).map(|index| (format!("eyJname{index:05}"), json!(0)));
        meta(&json!(names.collect::<serde_json::Map<_, _>>()).to_string())
    }),
    input("depth of meta", |bytes| {
        meta(&format!(
            "{}{}",
            repeated("[", bytes / 2),
            repeated("]", bytes / 2)
        ))
    }),
    input("an HTML page", |bytes| {
        Answer::status(502).html(repeated("<p>eyJ", bytes))
    }),
    input("a success that is no token", |bytes| {
        Answer::ok(repeated("[{\"eyJ\":", bytes))
    }),
    input("unknown fields", |bytes| {
        let fields: String = (0..bytes / 16)
            .map(|index| format!("\"eyJ{index:06}\":0,"))
            .collect();
        Answer::ok(token().replacen('{', &format!("{{{fields}"), 1))
    }),
    input("chunks", |bytes| {
        unprocessable(errors("", &repeated("eyJa", bytes / 8)))
            .chunked()
            .drip_body(Duration::ZERO)
    }),
    input("a trace id", |bytes| {
        Answer::status(500).header("clerk-trace-id", repeated("aeyJ", bytes))
    }),
    input("a Retry-After", |bytes| {
        Answer::status(503).header("retry-after", repeated("9", bytes))
    }),
    input("a location", |bytes| {
        Answer::redirect(302, repeated("/eyJ", bytes))
    }),
    Input {
        name: "headers",
        answer: |count| {
            let headers = 0..count;
            headers.fold(Answer::status(500), |answer, index| {
                answer.header(format!("x-{index}"), "eyJ")
            })
        },
        bytes: 20,
    },
    input("interim responses", |bytes| {
        let interim = repeated("HTTP/1.1 103 Early Hints\r\n\r\n", bytes);
        Answer::raw(interim + "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n")
    }),
];

fn repeated(text: &str, bytes: usize) -> String {
    text.repeat(bytes / text.len())
}

fn unprocessable(body: String) -> Answer {
    Answer::status(422).json(body)
}

fn message(message: &str) -> Answer {
    unprocessable(errors("form_param_value_invalid", message))
}

fn meta(meta: &str) -> Answer {
    let error = format!(r#"{{"code":"a","message":"b","meta":{meta}}}"#);
    unprocessable(format!(r#"{{"errors":[{error}],"meta":{meta}}}"#))
}

/// What one call takes, the server's part included, which grows as the input does.
#[derive(Clone, Copy, Debug)]
struct Cost {
    allocations: usize,
    bytes: usize,
    /// Of a processor.
    time: Duration,
}

impl Cost {
    fn now() -> Self {
        let stats = ALLOCATOR.stats();
        let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
        Self {
            allocations: stats.allocations + stats.reallocations,
            bytes: stats.bytes_allocated,
            time: Duration::from(time),
        }
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            allocations: self.allocations - earlier.allocations,
            bytes: self.bytes - earlier.bytes,
            time: self.time - earlier.time,
        }
    }

    fn least(self, other: Self) -> Self {
        Self {
            allocations: self.allocations.min(other.allocations),
            bytes: self.bytes.min(other.bytes),
            time: self.time.min(other.time),
        }
    }
}

/// The least of several calls that get this response, and the longest line of their errors.
async fn cost(answer: Answer) -> (Cost, usize) {
    // The first response makes the connection ready, so that it isn't counted.
    let ready = Script::from(vec![success()]).then(move |_, _| answer.clone());
    let server = FaultyServer::start(ready).await;
    let clerk = build(builder(&server.url()).retry_policy(RetryPolicy::never()));
    assert!(Call::Create.send(&clerk).await.is_ok());
    let mut least: Option<Cost> = None;
    let mut longest = 0;
    for _ in 0..4 {
        let before = Cost::now();
        let result = Call::Create.send(&clerk).await;
        let shown = result.map_or_else(
            |error| {
                assert!(format!("{error:?}").len() < 1 << 20);
                error.to_string().len()
            },
            |response| format!("{response:?}").len().min(1),
        );
        longest = longest.max(shown);
        let cost = Cost::now().since(before);
        least = Some(least.map_or(cost, |least| least.least(cost)));
    }
    (least.unwrap(), longest)
}

/// The inputs that cost too much, or make a line too long.
async fn problems() -> Vec<String> {
    let mut problems = Vec::new();
    for Input {
        name,
        answer,
        bytes,
    } in INPUTS
    {
        let (once, _) = cost(answer(bytes)).await;
        let (twice, _) = cost(answer(2 * bytes)).await;
        let (four_times, longest) = cost(answer(4 * bytes)).await;
        let mut must = |holds: bool, what: &str| {
            if !holds {
                problems.push(format!("{name}: {what}"));
            }
        };
        // A quarter more, and what buffers that grow in steps may add.
        must(
            4 * twice.allocations <= 10 * once.allocations + 200,
            "allocations",
        );
        must(4 * twice.bytes <= 10 * once.bytes + 256 * 1024, "bytes");
        // Quadratic work takes sixteen times as long. It is compared with what it would be, not with a clock.
        must(four_times.time <= 8 * once.time, "processor time");
        println!("{name}: {once:?}, {twice:?}, {four_times:?}, a line of {longest} bytes");
        must(
            longest < LONGEST_LINE,
            &format!("a line of {longest} bytes"),
        );
    }
    problems
}

#[test]
fn twice_the_input_is_at_most_twice_the_work() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if std::env::var_os(CHILD).is_some() {
            // Alone in its process and thread, so that nothing else is counted.
            let problems = problems().await;
            assert!(problems.is_empty(), "{}", problems.join("\n"));
            return;
        }
        let test = concat!(
            module_path!(),
            "::twice_the_input_is_at_most_twice_the_work"
        );
        let output = in_own_process(test, "1", &[]).await;
        let (out, err) = (output.stdout, output.stderr);
        let text = String::from_utf8_lossy(&out) + String::from_utf8_lossy(&err);
        assert!(output.status.success(), "{text}");
    });
}
