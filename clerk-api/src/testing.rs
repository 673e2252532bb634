//! A fake Clerk and typed mocks, for your tests. Feature `testing`.
//!
//! [`FakeClerk`] behaves like Clerk and needs no setup. For a test that needs one specific response, [`MockServerExt`]
//! extends httpmock's `MockServer` with a method for each operation, with the contract's types.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), clerk_api::Error> {
//! use clerk_api::testing::FakeClerk;
//!
//! let fake = FakeClerk::start();
//! let token = fake.client().sign_in_tokens().create("user_1").await?;
//! fake.client().sign_in_tokens().revoke(&token.id).await?;
//! let error = fake.client().sign_in_tokens().revoke(&token.id).await.unwrap_err();
//! assert!(error.is_not_pending());
//! # Ok(())
//! # }
//! ```

mod fake_clerk;
mod request;
mod server;
mod state;

pub use fake_clerk::FakeClerk;
pub use request::FakeRequest;
pub use state::NotAccepted;

pub use crate::generated::httpmock::{MockServerExt, operations};
