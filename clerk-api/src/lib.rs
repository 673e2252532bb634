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
//! - [`types`] are the contract's types; [`api`] is the generated client, for whoever wants the low level.
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

#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod call_settings;
mod client;
mod error;
mod failure;
mod generated;
mod hooks;
mod identifier;
mod limiter;
mod observe;
mod operation;
mod outgoing;
#[cfg(feature = "bulk")]
mod rate;
mod redact;
mod response;
mod retry;
mod secret;
mod sign_in_tokens;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
mod wire;

pub use client::{Clerk, ClerkBuilder};
pub use error::{ApiError, Error, ErrorKind, Outcome};
pub use generated::operations::API_VERSION;
pub use observe::Attempt;
#[cfg(feature = "bulk")]
pub use rate::Rate;
pub use response::Response;
pub use retry::RetryPolicy;
pub use secret::Secret;
#[cfg(feature = "bulk")]
pub use sign_in_tokens::{CreateMany, CreatedTokens};
pub use sign_in_tokens::{
    CreateSignInToken, EnsureRevoked, EnsureRevokedSignInToken, RevokeSignInToken, SignInTokens,
};

/// The contract's types: whatever it has, by the names that it has.
pub mod types {
    pub use crate::generated::client::types::*;
    pub use crate::generated::open_enums::*;
}

/// The generated client: one method for each operation of the contract.
///
/// From [`Clerk::api`]. Its calls go through the same retries, limits and headers as all others; its [`Error`](api::Error)
/// converts to [`clerk_api::Error`](crate::Error).
pub mod api {
    pub use crate::generated::client::{Client, Error, ResponseValue};
}

#[doc = include_str!("../docs/guide.md")]
pub mod guide {}

#[doc = include_str!("../docs/coming-from.md")]
pub mod coming_from {}

/// The README's blocks, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
