//! For tests, ours and those of crates that depend on this one: a fake Clerk, and typed mocks. Feature `testing`.
//!
//! [`FakeClerk`] behaves as Clerk does and needs no set-up. Where a test wants one certain answer, [`MockServerExt`] adds
//! a method for each operation to httpmock's `MockServer`, with the contract's types.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), clerk_api::Error> {
//! use clerk_api::testing::FakeClerk;
//!
//! let fake = FakeClerk::start();
//! let token = fake.clerk().sign_in_tokens().create("user_1").await?;
//! fake.clerk().sign_in_tokens().revoke(&token.id).await?;
//! let error = fake.clerk().sign_in_tokens().revoke(&token.id).await.unwrap_err();
//! assert!(error.is_not_pending());
//! # Ok(())
//! # }
//! ```

mod fake_clerk;
mod fault;
mod request;
mod server;
mod state;

pub use fake_clerk::{FakeClerk, NotAccepted};
pub use request::FakeRequest;

pub use crate::generated::httpmock::{MockServerExt, operations};
