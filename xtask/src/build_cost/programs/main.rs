//! Creates a sign-in token at the URL that it is told, and prints the token's id.

mod create;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("the URL is missing")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    println!("{}", runtime.block_on(create::create(&url))?);
    Ok(())
}
