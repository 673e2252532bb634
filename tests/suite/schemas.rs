#[test]
fn dump() {
    for s in [
        schemars::schema_for!(clerk_api::types::ClerkError).to_value(),
        schemars::schema_for!(clerk_api::types::ClerkErrors).to_value(),
        schemars::schema_for!(clerk_api::types::SignInToken).to_value(),
        schemars::schema_for!(clerk_api::types::CreateSignInTokenBody).to_value(),
    ] {
        println!("{s:#}");
    }
}
