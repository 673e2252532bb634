//! A fake Clerk that serves until its standard input ends: for trying clients in other languages.

use std::io::Read as _;

use clerk_api::testing::FakeClerk;

fn main() -> std::io::Result<()> {
    let fake = FakeClerk::start();
    // Clients differ in whether they add the version to the path.
    println!("{}", fake.base_url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!(
        "{} requests, {} tokens",
        fake.requests().len(),
        fake.tokens().len()
    );
    Ok(())
}
