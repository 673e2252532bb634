//! `POST /sign_in_tokens/{sign_in_token_id}/revoke`.

use crate::call::response::Response;
use crate::call::{Call, call_sending, call_settings};
use crate::error::Error;
use crate::exchange::Options;
use crate::generated::client::types::SignInToken;
use crate::generated::operations::REVOKE_SIGN_IN_TOKEN;
use crate::identifier;

/// A revoke that is not yet sent. From [`SignInTokens::revoke`](crate::SignInTokens::revoke).
#[derive(Clone)]
#[must_use = "a call does nothing until it is awaited"]
pub struct RevokeSignInToken {
    call: Call,
    sign_in_token_id: String,
}

call_settings!(RevokeSignInToken);
call_sending!(
    RevokeSignInToken => SignInToken,
    "As [`SignInTokens::revoke`](crate::SignInTokens::revoke) lists them."
);

impl RevokeSignInToken {
    pub(super) fn new(call: Call, sign_in_token_id: String) -> Self {
        Self {
            call,
            sign_in_token_id,
        }
    }

    pub(crate) fn options_mut(&mut self) -> &mut Options {
        self.call.options_mut()
    }

    pub(super) async fn response(&mut self) -> Result<Response<SignInToken>, Error> {
        let id = &self.sign_in_token_id;
        if let Some(problem) = identifier::problem(id) {
            let error = Error::invalid_input("sign_in_token_id", problem);
            return Err(error.for_operation(Some(&REVOKE_SIGN_IN_TOKEN)));
        }
        let problem =
            |token: &SignInToken| (token.id != *id).then_some("it is about another token");
        self.call
            .send_checked(|api| api.revoke_sign_in_token(id), problem)
            .await
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
