//! Creates a token for every user in a file, one id per line, and writes each result at once as a line of JSON.
//!
//! `cargo run -p clerk-api --example bulk_create -- USERS OUTPUT [production|development]`
//!
//! You can interrupt it (Ctrl-C, SIGTERM) and run it again. It then skips users who have a token, and retries those whose
//! create failed. It also skips users who may have an unknown token, and lists them until you decide about them.
//! The exit code is 0 only if every user has a token.
//!
//! OUTPUT contains tickets, so only its owner can read it. Without `CLERK_SECRET_KEY`, the program uses a fake Clerk.
//! With it, `CLERK_API_URL` can set another base URL.

mod output;
mod users;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clerk_api::testing::FakeClerk;
use clerk_api::types::SignInToken;
use clerk_api::{Clerk, CreateMany, Outcome, Rate};
use futures_util::stream::{self, Stream};
use indicatif::{ProgressBar, ProgressStyle};

use output::{Line, Output};

/// After this many equal failures in a row, the rest would probably fail too.
const MOST_EQUAL_FAILURES: usize = 10;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (users, output, rate) = match &arguments[..] {
        [users, output] => (users, output, "production"),
        [users, output, rate] => (users, output, rate.as_str()),
        _ => return Err("usage: bulk_create USERS OUTPUT [production|development]".into()),
    };
    let rate = match rate {
        "production" => Rate::PRODUCTION,
        "development" => Rate::DEVELOPMENT,
        other => return Err(format!("{other} is neither production nor development").into()),
    };
    let users = users::read(Path::new(users))?;
    let mut output = Output::open(Path::new(output))?;
    let mut fake = None;
    let clerk = client(&mut fake)?;

    let (created, unclear) = (output.created.len(), output.unclear.len());
    let is_open =
        |user: &String| !output.created.contains(user) && !output.unclear.contains_key(user);
    let users: Vec<String> = users.into_iter().filter(is_open).collect();
    let total = users.len();
    println!("{created} have a token, {unclear} may have an unknown one, {total} to do");

    let stop = Stop::default();
    tokio::spawn(stop.clone().on_signal());
    let tokens = clerk.sign_in_tokens();
    let announced = announced(users, &output, &stop)?;
    let failed = record(
        tokens.create_many_from(announced).rate(rate),
        &mut output,
        total,
        &stop,
    )
    .await?;

    let done = output.created.len() - created;
    println!("{done} created, {failed} failed");
    if !output.unclear.is_empty() {
        return Err(output.list_of_unclear().into());
    }
    if done < total {
        return Err("Not every user has a token. Run this again, after fixing what failed.".into());
    }
    Ok(())
}

/// The client. If it is for a fake Clerk, that is stored in `fake` and runs until it is dropped.
fn client(fake: &mut Option<FakeClerk>) -> Result<Clerk, clerk_api::Error> {
    if std::env::var_os("CLERK_SECRET_KEY").is_none() {
        println!("CLERK_SECRET_KEY is not set, so this is a fake Clerk.");
        return Ok(fake.insert(FakeClerk::start()).client().clone());
    }
    let mut builder = Clerk::builder().secret_key_from_env();
    if let Ok(url) = std::env::var("CLERK_API_URL") {
        builder = builder.base_url(url);
    }
    builder.build()
}

/// The users, each recorded before its request is sent. Ends early if `stop` is set.
fn announced(
    users: Vec<String>,
    output: &Output,
    stop: &Stop,
) -> Result<impl Stream<Item = String> + Send + 'static, Box<dyn Error>> {
    let mut announcer = output.announcer()?;
    let stop = stop.clone();
    let next = users.into_iter().map_while(move |user_id| {
        if stop.is_set() {
            return None;
        }
        match announcer.begin(&user_id) {
            Ok(()) => Some(user_id),
            Err(error) => {
                stop.set(&error);
                None
            }
        }
    });
    Ok(stream::iter(next))
}

/// Creates the tokens, and records each result. Returns how many failed.
async fn record(
    tokens: CreateMany,
    output: &mut Output,
    total: usize,
    stop: &Stop,
) -> Result<usize, Box<dyn Error>> {
    let bar = ProgressBar::new(total as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} {per_sec} {eta} left {msg}",
    )?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut failed = 0;
    let mut equal_failures = 0;
    let mut last_failure = None;
    let mut not_recorded = Vec::new();
    let mut tokens = tokens.start()?;
    while let Some((user_id, result)) = tokens.next().await {
        let token_id = match &result {
            Ok(token) => Some(token.id.clone()),
            Err(error) => error.sign_in_token_id().map(str::to_owned),
        };
        let failure = result
            .as_ref()
            .err()
            .map(|error| (error.kind(), error.status()));
        if failure.is_some() {
            failed += 1;
            bar.set_message(format!("{failed} failed"));
        }
        equal_failures = match failure {
            None => 0,
            Some(_) if failure == last_failure => equal_failures + 1,
            Some(_) => 1,
        };
        last_failure = failure;
        if let Err(error) = &result
            && equal_failures == MOST_EQUAL_FAILURES
        {
            stop.set(&format!(
                "Stopping after {equal_failures} equal failures in a row: {error}"
            ));
        }
        if let Err(error) = output.add(line(user_id.clone(), result)) {
            stop.set(&error);
            let token = token_id.map_or("no token".to_owned(), |id| format!("token {id}"));
            not_recorded.push(format!("  {user_id}: {token}"));
        }
        bar.inc(1);
    }
    bar.abandon();
    if !not_recorded.is_empty() {
        let list = not_recorded.join("\n");
        return Err(
            format!("These results could not be recorded; revoke the tokens:\n{list}").into(),
        );
    }
    Ok(failed)
}

/// What is recorded of a result.
fn line(user_id: String, result: Result<SignInToken, clerk_api::Error>) -> Line {
    let error = match result {
        Ok(token) => {
            let token = Box::new(token);
            return Line::Created { user_id, token };
        }
        Err(error) => error,
    };
    let text = error.to_string();
    match error.outcome() {
        Outcome::NotSent | Outcome::Rejected => Line::Failed {
            user_id,
            error: text,
        },
        _ => Line::Unknown {
            user_id,
            error: text,
            sign_in_token_id: error.sign_in_token_id().map(str::to_owned),
        },
    }
}

/// Set when no more creates should begin. Those in progress are finished and recorded.
#[derive(Clone, Default)]
struct Stop(Arc<AtomicBool>);

impl Stop {
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, reason: &str) {
        self.0.store(true, Ordering::Relaxed);
        eprintln!("{reason}");
    }

    /// Stops at the first Ctrl-C or SIGTERM, and exits at the second.
    async fn on_signal(self) {
        interrupted().await;
        self.set("Finishing what is under way. Interrupt again to exit immediately.");
        interrupted().await;
        std::process::exit(130);
    }
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    tokio::signal::ctrl_c().await.ok();
}
