//! A fake Clerk for clients in any language. It runs until its standard input ends (Ctrl-D), or until Ctrl-C.
//!
//! `cargo run -p clerk-api --example fake_clerk -- [FLAG...]`
//!
//! `--help` lists the flags. It accepts every secret key that begins with `sk_`.

use std::error::Error;
use std::io::Read as _;
use std::time::Duration;

use clerk_api::testing::FakeClerk;

const USAGE: &str = "\
--user ID                 this user exists; may be repeated; without it, every user exists
--member ORG USER         the user is a member of the organization
--fail STATUS[:SECONDS]   a request fails with this status (200 to 599) and this Retry-After
--drop-request            a request is not processed, and its connection is closed
--drop-response           a request is processed, and its connection is closed
--delay SECONDS           a response takes this long

Each of the last four flags applies to one request, in the order of the flags.";

fn main() -> Result<(), Box<dyn Error>> {
    let flags: Vec<String> = std::env::args().skip(1).collect();
    if flags.iter().any(|flag| flag == "--help" || flag == "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    let fake = start(&flags)?;
    let url = fake.base_url();
    println!("base URL: {url}");
    println!(
        "base URL for SDKs that add /v1: {}",
        url.trim_end_matches("/v1")
    );
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!(
        "{} requests, {} tokens",
        fake.requests().len(),
        fake.tokens().len()
    );
    Ok(())
}

fn start(flags: &[String]) -> Result<FakeClerk, String> {
    let users = flags.windows(2).filter(|flag| flag[0] == "--user");
    let users: Vec<&str> = users.map(|flag| flag[1].as_str()).collect();
    let fake = if users.is_empty() {
        FakeClerk::start()
    } else {
        FakeClerk::with_users(users)
    };
    let mut flags = flags.iter().map(String::as_str);
    while let Some(flag) = flags.next() {
        let mut value = || {
            let value = flags.next().filter(|value| !value.starts_with('-'));
            value.ok_or(format!("{flag} needs a value"))
        };
        match flag {
            "--user" => drop(value()?),
            "--member" => fake.add_member(value()?, value()?),
            "--fail" => {
                let value = value()?;
                let (status, retry_after) =
                    failure(value).ok_or(format!("--fail {value}: is not STATUS[:SECONDS]"))?;
                fake.fail_next_with(status, retry_after);
            }
            "--drop-request" => fake.drop_next_request(),
            "--drop-response" => fake.drop_next_response(),
            "--delay" => {
                let value = value()?;
                let seconds = value.parse().unwrap_or(f64::NAN);
                let delay = Duration::try_from_secs_f64(seconds)
                    .map_err(|_| format!("--delay {value}: is not a number of seconds"))?;
                fake.delay_next_response(delay);
            }
            _ => return Err(format!("unknown flag {flag}; --help lists the flags")),
        }
    }
    Ok(fake)
}

/// A status, and how long to wait.
fn failure(text: &str) -> Option<(u16, Option<Duration>)> {
    let (status, seconds) = match text.split_once(':') {
        Some((status, seconds)) => (status, Some(seconds.parse().ok()?)),
        None => (text, None),
    };
    let status = status.parse().ok()?;
    (200..600)
        .contains(&status)
        .then_some((status, seconds.map(Duration::from_secs)))
}
