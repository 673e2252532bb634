//! Creates a sign-in token, revokes it, and shows the error of a second revoke.
//!
//! `cargo run -p clerk-api --example quickstart`
//!
//! If `CLERK_SECRET_KEY` is set, it asks for a user's id and calls Clerk. Otherwise it uses a fake Clerk in this process.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use clerk_api::testing::FakeClerk;
use clerk_api::{Clerk, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The fake Clerk runs until it is dropped.
    let mut fake = None;
    let (clerk, user_id) = if std::env::var_os("CLERK_SECRET_KEY").is_some() {
        (
            Clerk::from_env()?,
            ask("Id of the user to create a token for: ")?,
        )
    } else {
        println!("CLERK_SECRET_KEY is not set, so this is a fake Clerk.");
        let fake = fake.insert(FakeClerk::start());
        (fake.client().clone(), "user_quickstart".to_owned())
    };

    let token = clerk
        .sign_in_tokens()
        .create(user_id)
        .expires_in(Duration::from_secs(600))
        .await?;
    println!(
        "created:  {} for {}, {}",
        token.id, token.user_id, token.status
    );
    println!(
        "ticket:   {}",
        token.token.as_ref().map_or("none".to_owned(), masked)
    );
    if let Some(left) = token
        .expires_at()
        .and_then(|time| time.duration_since(token.created_at()?).ok())
    {
        println!("usable:   for {} s", left.as_secs_f64().ceil());
    }

    let token = clerk.sign_in_tokens().revoke(&token.id).await?;
    println!("revoked:  {}, {}", token.id, token.status);

    match clerk.sign_in_tokens().revoke(&token.id).await {
        Ok(_) => println!("again:    revoked a second time"),
        Err(error) => {
            println!("again:    {error}");
            println!(
                "          not pending: {}, outcome: {:?}",
                error.is_not_pending(),
                error.outcome()
            );
        }
    }
    let state = clerk.sign_in_tokens().ensure_revoked(&token.id).await?;
    println!("ensured:  {state:?}");
    Ok(())
}

/// The first characters, which are the same for all tickets, and the length.
fn masked(secret: &Secret) -> String {
    let shown: String = secret.expose().chars().take(4).collect();
    format!("{shown}… ({} characters)", secret.expose().len())
}

fn ask(question: &str) -> std::io::Result<String> {
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
