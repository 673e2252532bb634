//! Errors and what to do about them, shown with a fake Clerk.
//!
//! `cargo run -p clerk-api --example error_handling`

use std::time::Duration;

use clerk_api::testing::FakeClerk;
use clerk_api::{Error, Outcome};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let fake = FakeClerk::with_users(["user_1"]);
    let tokens = fake.client().sign_in_tokens();

    println!("A user that does not exist:");
    explain(tokens.create("user_2").await.err());

    println!("A rate limit that lasts longer than the call may take:");
    fake.fail_next_with(429, Duration::from_secs(60));
    explain(
        tokens
            .create("user_1")
            .operation_timeout(Duration::from_secs(5))
            .await
            .err(),
    );

    // The client waits until the rate limit has passed. A client with another key has its own limits.
    let other = fake.client().with_secret_key("sk_test_other")?;
    let tokens = other.sign_in_tokens();

    println!("A server that is down for a moment, so that the client retries:");
    fake.fail_next_with(503, None);
    let response = tokens.create("user_1").send_with_response().await?;
    println!("  created after {} attempts", response.attempts());

    println!("A response that is lost after the token was created:");
    fake.drop_next_response();
    explain(tokens.create("user_1").await.err());

    println!("An id that would change the path of the request:");
    explain(tokens.revoke("../users").await.err());
    Ok(())
}

fn explain(error: Option<Error>) {
    let Some(error) = error else {
        println!("  success");
        return;
    };
    println!("  {error}");
    let advice = match error.outcome() {
        Outcome::NotSent if error.is_invalid_input() => "fix the argument",
        Outcome::NotSent | Outcome::Rejected if error.is_rate_limited() => "try again later",
        Outcome::NotSent | Outcome::Rejected => {
            "nothing was created: fix the cause, then try again"
        }
        Outcome::Unknown => "there may be an unknown token: write down the time and the user",
        Outcome::Applied => "the token exists: error.sign_in_token_id() may have its id",
        _ => "see the documentation",
    };
    println!("  → {:?}: {advice}", error.outcome());
}
