//! Creates a token for every user in a file, one id a line, and writes each at once as a line of JSON.
//!
//! `cargo run -p clerk-api --example bulk_create -- USERS OUTPUT [RATE]`, where RATE is `production` (the default) or
//! `development`. It may be interrupted and run again: users who are in OUTPUT already are passed over, and so are those
//! whose create may have made a token that nobody knows; OUTPUT has a line for each of them, to be decided by a person.
//! OUTPUT holds tickets, so only its owner may read it. Without `CLERK_SECRET_KEY` it talks to a fake Clerk.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clerk_api::testing::FakeClerk;
use clerk_api::types::SignInToken;
use clerk_api::{Clerk, Outcome, Rate};
use futures_util::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

/// A line of the output.
#[derive(Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
enum Line {
    /// It goes out next: a run that ends after this line and before the next of the user has an unknown outcome.
    Begun { user_id: String },
    /// It is there.
    Created {
        user_id: String,
        token: Box<SignInToken>,
    },
    /// Nothing was made, so the next run may try again.
    Failed { user_id: String, error: String },
    /// A token may have been made.
    Unknown { user_id: String, error: String },
}

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
        other => return Err(format!("{other}: neither production nor development").into()),
    };
    let mut fake = None;
    let clerk = if std::env::var_os("CLERK_SECRET_KEY").is_some() {
        Clerk::from_env()?
    } else {
        println!("CLERK_SECRET_KEY is not set: this is a fake Clerk.");
        fake.insert(FakeClerk::start()).client().clone()
    };

    let mut output = open_private(Path::new(output))?;
    let before = Before::read(&mut output)?;
    let users: Vec<String> = read_users(Path::new(users))?
        .into_iter()
        .filter(|user| !before.created.contains(user) && !before.unclear.contains(user))
        .collect();
    println!(
        "{} have a token, {} may have one that nobody knows, {} to do",
        before.created.len(),
        before.unclear.len(),
        users.len()
    );

    let total = users.len();
    let bar = ProgressBar::new(total as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} {per_sec} {eta} left {msg}",
    )?);
    bar.enable_steady_tick(Duration::from_millis(200));

    // An interrupt begins no further create; those under way are finished and recorded.
    let interrupted = Arc::new(AtomicBool::new(false));
    let interrupt = interrupted.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupt.store(true, Ordering::Relaxed);
            eprintln!("finishing what is under way; interrupt once more to leave it unrecorded");
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        }
    });

    // Written before the request goes out: what is under way when the run is killed is not created twice.
    let mut begun = output.try_clone()?;
    let stop = interrupted.clone();
    let announced = futures_util::stream::iter(users)
        .take_while(move |_| std::future::ready(!stop.load(Ordering::Relaxed)))
        .map(move |user_id| {
            let line = Line::Begun {
                user_id: user_id.clone(),
            };
            write_line(&mut begun, &line).map(|()| user_id)
        })
        // Where the file can't be written, nothing more may be created.
        .take_while(|written| std::future::ready(written.is_ok()))
        .filter_map(|written| std::future::ready(written.ok()));
    let mut created = clerk
        .sign_in_tokens()
        .create_many_from(announced)
        .rate(rate)
        .start();
    let (mut done, mut failures) = (0, 0);
    while let Some((user_id, result)) = created.next().await {
        let line = match result {
            Ok(token) => Line::Created {
                user_id,
                token: Box::new(token),
            },
            Err(error) => {
                failures += 1;
                bar.set_message(format!("{failures} failed"));
                let text = error.to_string();
                match error.outcome() {
                    Outcome::NotSent | Outcome::Rejected => Line::Failed {
                        user_id,
                        error: text,
                    },
                    _ => Line::Unknown {
                        user_id,
                        error: text,
                    },
                }
            }
        };
        write_line(&mut output, &line)?;
        done += 1;
        bar.inc(1);
    }
    bar.abandon();
    println!("{done} done, {failures} of them failed");
    if done < total || failures > 0 {
        return Err(
            "not all have a token; run it again, and look at the lines that are `unknown`".into(),
        );
    }
    Ok(())
}

/// One write for each line, so that none is torn by another or by an interrupt.
fn write_line(file: &mut File, line: &Line) -> std::io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}

fn read_users(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut seen = BTreeSet::new();
    let users = text.lines().map(str::trim).filter(|user| !user.is_empty());
    Ok(users
        .filter(|user| seen.insert(*user))
        .map(str::to_owned)
        .collect())
}

/// Opens a file that only its owner may read, to add to it.
fn open_private(path: &Path) -> Result<File, Box<dyn Error>> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(path)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // It may have been there before, with other permissions.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// What earlier runs have left.
#[derive(Default)]
struct Before {
    created: BTreeSet<String>,
    /// Neither known to have a token nor known to have none.
    unclear: BTreeSet<String>,
}

impl Before {
    /// A line that an interrupt tore is ended, so that the next one begins its own.
    fn read(file: &mut File) -> Result<Self, Box<dyn Error>> {
        file.seek(SeekFrom::Start(0))?;
        let mut text = String::new();
        BufReader::new(&mut *file).read_to_string(&mut text)?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        let mut before = Self::default();
        for line in text.lines() {
            match serde_json::from_str(line) {
                Ok(Line::Begun { user_id } | Line::Unknown { user_id, .. }) => {
                    before.unclear.insert(user_id);
                }
                Ok(Line::Failed { user_id, .. }) => {
                    before.unclear.remove(&user_id);
                }
                Ok(Line::Created { user_id, .. }) => {
                    before.unclear.remove(&user_id);
                    before.created.insert(user_id);
                }
                Err(_) => {}
            }
        }
        Ok(before)
    }
}
