//! What goes wrong, and what to do about it, shown with a fake Clerk.

use std::time::Duration;

use clerk_api::testing::FakeClerk;
use clerk_api::{Error, Outcome};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let fake = FakeClerk::with_users(["user_1"]);
    let tokens = fake.client().sign_in_tokens();

    println!("— a user that does not exist");
    explain(tokens.create("user_2").await.err());

    println!("— the rate limit, for longer than this call may take");
    fake.fail_next_with(429, Duration::from_secs(60));
    explain(
        tokens
            .create("user_1")
            .operation_timeout(Duration::from_secs(5))
            .await
            .err(),
    );

    // The client holds back until the limit has passed; this one has its own.
    let other = fake.client().with_secret_key("sk_test_other")?;
    let tokens = other.sign_in_tokens();

    println!("— a server that is down for a moment: nothing to do, the client tries again");
    fake.fail_next_with(503, None);
    let response = tokens.create("user_1").send_with_response().await?;
    println!("  created after {} attempts", response.attempts());

    println!("— an answer that gets lost after the work was done");
    fake.drop_next_response();
    explain(tokens.create("user_1").await.err());

    println!("— an id that would make another path of the request's");
    explain(tokens.revoke("../users").await.err());
    Ok(())
}

fn explain(error: Option<Error>) {
    let Some(error) = error else {
        println!("  it went well");
        return;
    };
    println!("  {error}");
    let advice = match error.outcome() {
        Outcome::NotSent if error.is_invalid_input() => "mend the argument",
        Outcome::NotSent | Outcome::Rejected if error.is_rate_limited() => "come back later",
        Outcome::NotSent | Outcome::Rejected => "nothing was made: mend the cause, then try again",
        Outcome::Unknown => {
            "a token may exist that nobody knows: note the time, and the trace id where there is one"
        }
        Outcome::Applied => "it exists: error.response_body() has what came of it",
        _ => "see the documentation",
    };
    println!("  → {:?}: {advice}", error.outcome());
}
