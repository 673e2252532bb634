//! `POST /sign_in_tokens`.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::call::response::Response;
use crate::call::{Call, call_sending, call_settings};
use crate::error::Error;
use crate::exchange::Options;
use crate::generated::client::types::{CreateSignInTokenBody, SignInToken};
use crate::generated::operations::CREATE_SIGN_IN_TOKEN;

/// A create that is not yet sent. From [`SignInTokens::create`](crate::SignInTokens::create).
#[derive(Clone)]
#[must_use = "a call does nothing until it is awaited"]
pub struct CreateSignInToken {
    call: Call,
    body: CreateSignInTokenBody,
    expires_in: Option<Duration>,
}

call_settings!(CreateSignInToken);
call_sending!(
    CreateSignInToken => SignInToken,
    "As [`SignInTokens::create`](crate::SignInTokens::create) lists them."
);

impl CreateSignInToken {
    pub(super) fn new(call: Call, user_id: String) -> Self {
        let body = CreateSignInTokenBody {
            user_id,
            org_id: None,
            expires_in_seconds: None,
        };
        Self {
            call,
            body,
            expires_in: None,
        }
    }

    pub(crate) fn options_mut(&mut self) -> &mut Options {
        self.call.options_mut()
    }

    /// The organization that becomes the active one at sign-in; the user must be a member. Default: none.
    pub fn org_id(mut self, org_id: impl Into<String>) -> Self {
        self.body.org_id = Some(org_id.into());
        self
    }

    /// How long the token can be used, from its creation. At least one second; fractions of a second are cut
    /// off. Default: the server's, 30 days.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    pub(super) async fn response(&mut self) -> Result<Response<SignInToken>, Error> {
        self.check()
            .map_err(|error| error.for_operation(Some(&CREATE_SIGN_IN_TOKEN)))?;
        let body = &self.body;
        let problem = |token: &SignInToken| {
            // A proxy that repeats a response must not sign one user in as another.
            (token.user_id != body.user_id).then_some("it is about another user")
        };
        self.call
            .send_checked(|api| api.create_sign_in_token(body), problem)
            .await
    }

    fn check(&mut self) -> Result<(), Error> {
        check_body_id("user_id", &self.body.user_id)?;
        if let Some(org_id) = &self.body.org_id {
            check_body_id("org_id", org_id)?;
        }
        if let Some(lifetime) = self.expires_in {
            let seconds = NonZeroU64::new(lifetime.as_secs());
            let problem = "is less than a second";
            let seconds = seconds.ok_or_else(|| Error::invalid_input("expires_in", problem))?;
            self.body.expires_in_seconds = Some(seconds);
        }
        Ok(())
    }
}

/// Checks an id that goes into the body, where any text is harmless: it must not be empty.
fn check_body_id(parameter: &str, id: &str) -> Result<(), Error> {
    if id.trim().is_empty() {
        return Err(Error::invalid_input(parameter, "is empty"));
    }
    Ok(())
}

impl std::fmt::Debug for CreateSignInToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CreateSignInToken")
            .field("body", &self.body)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
