//! Client for Clerk's sign-in tokens: create and revoke.
//!
//! A sign-in token signs a person in without a password. So this client never makes one twice unasked, never loses one
//! that was made, and never shows one in a log.
//!
//! ```no_run
//! # use std::time::Duration;
//! # use clerk_api::{Clerk, Secret};
//! # fn send_mail(link: Option<&str>) {}
//! # async fn example() -> Result<(), clerk_api::Error> {
//! let clerk = Clerk::from_env()?; // CLERK_SECRET_KEY
//! let token = clerk.sign_in_tokens().create("user_2x").expires_in(Duration::from_secs(600)).await?;
//! send_mail(token.url.as_ref().map(Secret::expose));
//! clerk.sign_in_tokens().revoke(&token.id).await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Clerk`] holds what all calls share; [`ClerkBuilder`] has the settings.
//! - [`SignInTokens`] has the operations. Calls are sent again only where that can't make a second token:
//!   [`RetryPolicy`].
//! - [`Error`] says what happened, and [`Error::outcome`] whether the server may have done the work all the same.
//! - The [`guide`] has examples for the first week; [`coming_from`] has Clerk's own SDKs beside this.
//! - [`types`] are the contract's types; [`Clerk::call`] is the way to any operation without a method of its own.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, certificates checked as the platform does.
//! - `native-tls`: TLS by the operating system's library, where `rustls` is off.
//! - `bulk`: many creates at once, within a rate: [`SignInTokens`]`::create_many`.
//! - `blocking`: the same calls without an async runtime, in the module `blocking`.
//! - `schemars`: `JsonSchema` for every type that goes over the wire.
//! - `tracing`: a span for each call and an event for each attempt, with OpenTelemetry's field names.
//! - `testing`: a fake Clerk and typed mocks, in the module `testing`.

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

/// The contract's types: whatever it has, by the names that it has.
pub mod types {
    pub use crate::generated::client::types::*;
    pub use crate::generated::open_enums::*;
}

#[doc = include_str!("../docs/guide.md")]
pub mod guide {}

#[doc = include_str!("../docs/coming-from.md")]
pub mod coming_from {}

/// The README's blocks, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
