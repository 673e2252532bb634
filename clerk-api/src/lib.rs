//! A client for Clerk's sign-in tokens: create and revoke.
//!
//! A sign-in token signs a user in once, without a password. This client never creates a duplicate unless you opt in,
//! never discards a token that arrived, and never shows one in a log.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use clerk_api::{Clerk, Secret};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), clerk_api::Error> {
//!     let clerk = Clerk::from_env()?; // reads CLERK_SECRET_KEY
//!     let tokens = clerk.sign_in_tokens();
//!     let create = tokens.create("user_2x");
//!     let token = create.expires_in(Duration::from_secs(600)).await?;
//!     let link = token.url.as_ref().map(Secret::expose);
//!     println!("Send this to the user and nobody else: {link:?}");
//!     tokens.revoke(&token.id).await?;
//!     Ok(())
//! }
//! ```
//!
//! - [`Clerk`] is the client. [`ClerkBuilder`] has its settings.
//! - [`SignInTokens`] has the operations.
//! - [`RetryPolicy`] says what is retried.
//! - [`Error`] says what happened, and [`Error::outcome`] whether the server may have done the work anyway.
//! - [`Clerk::call`] calls any operation of the API contract. Its types are in [`types`].
//! - The [`guide`] has complete examples.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, with the platform's certificates.
//! - `native-tls`: TLS by the operating system's library, if `rustls` is off.
//! - `blocking`: the same calls without an async runtime, in the module `blocking`.
//! - `bulk`: [`SignInTokens`]`::create_many`, for many creates within Clerk's rate limit.
//! - `tracing`: a span for each call and an event for each attempt, with OpenTelemetry's field names.
//! - `schemars`: `JsonSchema` for the types of requests and responses.
//! - `testing`: a fake Clerk and typed mocks for your tests, in the module `testing`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod client;
mod error;
mod exchange;
mod generated;
mod identifier;
mod operation;
#[cfg(feature = "bulk")]
mod rate;
mod redact;
mod retry;
mod secret;
mod shared;
mod sign_in_tokens;
#[cfg(feature = "testing")]
pub mod testing;

pub use attempt::Attempt;
pub use call::Call;
pub use call::response::Response;
pub use client::{Clerk, ClerkBuilder};
pub use error::{ApiError, Error, ErrorKind, Outcome};
pub use generated::client::types::SignInToken;
pub use generated::open_enums::SignInTokenStatus;
pub use generated::operations::API_VERSION;
#[cfg(feature = "bulk")]
pub use rate::Rate;
pub use retry::policy::RetryPolicy;
pub use secret::Secret;
#[cfg(feature = "bulk")]
pub use sign_in_tokens::{CreateMany, CreatedTokens};
pub use sign_in_tokens::{
    CreateSignInToken, EnsureRevokedSignInToken, RevocationResult, RevokeSignInToken, SignInTokens,
};

/// The types of the API contract, with the contract's names.
pub mod types {
    pub use crate::generated::client::types::*;
    pub use crate::generated::open_enums::*;
}

#[doc = include_str!("../docs/guide.md")]
pub mod guide {}

/// Compiles the README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
