//! A fake Clerk for clients in any language. It runs until its standard input ends.
//!
//! `cargo run -p clerk-api --example fake_clerk -- [FLAG...]`
//!
//! - `--user ID`: this user exists. May be repeated; without it, every user exists.
//! - `--member ORG USER`: the user is a member of the organization.
//! - `--fail STATUS[:SECONDS]`: a request fails with this status, and with this `Retry-After`.
//! - `--drop-request`: a request is not processed, and its connection is closed.
//! - `--drop-response`: a request is processed, and its connection is closed.
//! - `--delay SECONDS`: the response to a request takes this long.
//!
//! Each of the last four is about one request, in the order of the flags.

use std::error::Error;
use std::io::Read as _;
use std::time::Duration;

use clerk_api::testing::FakeClerk;

fn main() -> Result<(), Box<dyn Error>> {
    let flags: Vec<String> = std::env::args().skip(1).collect();
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

fn start(flags: &[String]) -> Result<FakeClerk, Box<dyn Error>> {
    let users = flags.windows(2).filter(|flag| flag[0] == "--user");
    let users: Vec<&str> = users.map(|flag| flag[1].as_str()).collect();
    let fake = if users.is_empty() {
        FakeClerk::start()
    } else {
        FakeClerk::with_users(users)
    };
    let mut flags = flags.iter().map(String::as_str);
    while let Some(flag) = flags.next() {
        let mut value = || flags.next().ok_or(format!("{flag} needs a value"));
        match flag {
            "--user" => drop(value()?),
            "--member" => fake.add_member(value()?, value()?),
            "--fail" => {
                let value = value()?;
                let (status, seconds) = value.split_once(':').unwrap_or((value, ""));
                let retry_after = (!seconds.is_empty()).then(|| seconds.parse());
                let retry_after = retry_after.transpose()?.map(Duration::from_secs);
                fake.fail_next_with(status.parse()?, retry_after);
            }
            "--drop-request" => fake.drop_next_request(),
            "--drop-response" => fake.drop_next_response(),
            "--delay" => {
                fake.delay_next_response(Duration::try_from_secs_f64(value()?.parse()?)?);
            }
            _ => return Err(format!("unknown flag {flag}").into()),
        }
    }
    Ok(fake)
}
