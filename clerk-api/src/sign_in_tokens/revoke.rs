//! `POST /sign_in_tokens/{sign_in_token_id}/revoke`.

use std::sync::Arc;

use super::check_path_id;
use crate::call::CallOptions;
use crate::call_settings::{call_future, call_settings};
use crate::client::Shared;
use crate::error::Error;
use crate::generated::client::types::SignInToken;
use crate::generated::operations::REVOKE_SIGN_IN_TOKEN;
use crate::hooks;
use crate::response::Response;

/// A revoke that is not yet sent. From [`SignInTokens::revoke`](crate::SignInTokens::revoke).
#[derive(Clone)]
#[must_use = "a call does nothing until it is awaited"]
pub struct RevokeSignInToken {
    shared: Arc<Shared>,
    sign_in_token_id: String,
    pub(super) options: CallOptions,
}

call_settings!(RevokeSignInToken);
call_future!(RevokeSignInToken => SignInToken);

impl RevokeSignInToken {
    pub(super) fn new(shared: Arc<Shared>, sign_in_token_id: String) -> Self {
        Self {
            shared,
            sign_in_token_id,
            options: CallOptions::default(),
        }
    }

    /// Sends it. Awaiting the call does the same.
    ///
    /// # Errors
    ///
    /// As [`SignInTokens::revoke`](crate::SignInTokens::revoke) lists them.
    pub async fn send(self) -> Result<SignInToken, Error> {
        self.with_response().await.map(Response::into_value)
    }

    /// Sends it, and gives status, headers, attempts and trace id beside the token.
    ///
    /// # Errors
    ///
    /// As [`SignInTokens::revoke`](crate::SignInTokens::revoke) lists them.
    pub async fn with_response(self) -> Result<Response<SignInToken>, Error> {
        check_path_id("sign_in_token_id", &self.sign_in_token_id)
            .map_err(|error| error.of(Some(&REVOKE_SIGN_IN_TOKEN)))?;
        let client = hooks::for_one_call(&self.shared, self.options);
        let result = client.revoke_sign_in_token(&self.sign_in_token_id).await;
        hooks::finish(&client, &REVOKE_SIGN_IN_TOKEN, result)
    }
}

impl std::fmt::Debug for RevokeSignInToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RevokeSignInToken")
            .field("sign_in_token_id", &self.sign_in_token_id)
            .finish_non_exhaustive()
    }
}
