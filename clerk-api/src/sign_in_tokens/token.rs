//! Helpers on the generated [`SignInToken`].

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::generated::client::types::SignInToken;

/// The one claim of a ticket that matters here.
#[derive(Deserialize)]
struct Claims {
    exp: f64,
}

impl SignInToken {
    /// When the token was created. `UNIX_EPOCH` for a `created_at` that the platform can't represent.
    pub fn created(&self) -> SystemTime {
        from_milliseconds(self.created_at)
    }

    /// When the token last changed. `UNIX_EPOCH` for an `updated_at` that the platform can't represent.
    pub fn updated(&self) -> SystemTime {
        from_milliseconds(self.updated_at)
    }

    /// Until when the token can be used, as its ticket says (claim `exp`). `None` without a ticket, or where the ticket
    /// doesn't say. The ticket's signature is not checked.
    pub fn expires(&self) -> Option<SystemTime> {
        let ticket = self.token.as_ref()?.expose();
        let claims = ticket.split('.').nth(1)?;
        let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
        let Claims { exp } = serde_json::from_slice(&claims).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(exp).ok()?)
    }
}

fn from_milliseconds(milliseconds: i64) -> SystemTime {
    let distance = Duration::from_millis(milliseconds.unsigned_abs());
    let time = if milliseconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn token(ticket: Option<&str>) -> SignInToken {
        let token = json!({
            "object": "sign_in_token", "id": "sit_1", "status": "pending", "user_id": "user_1",
            "token": ticket, "created_at": 1_638_000_669_544_i64, "updated_at": -1
        });
        serde_json::from_value(token).unwrap()
    }

    fn with_claims(claims: &str) -> SignInToken {
        token(Some(&format!(
            "e30.{}.c2ln",
            URL_SAFE_NO_PAD.encode(claims)
        )))
    }

    #[test]
    fn times_are_milliseconds() {
        let token = token(None);
        assert_eq!(
            token.created(),
            SystemTime::UNIX_EPOCH + Duration::from_millis(1_638_000_669_544)
        );
        assert_eq!(
            token.updated(),
            SystemTime::UNIX_EPOCH - Duration::from_millis(1)
        );
        for extreme in [i64::MAX, i64::MIN, 0] {
            from_milliseconds(extreme);
        }
    }

    #[test]
    fn the_expiry_comes_from_the_ticket() {
        let expires = with_claims(r#"{"exp": 1700000000, "sid": "sit_1"}"#).expires();
        assert_eq!(
            expires,
            Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))
        );
    }

    #[test]
    fn a_ticket_that_does_not_say_gives_none() {
        for claims in [
            "{}",
            r#"{"exp": -1}"#,
            r#"{"exp": 1e300}"#,
            r#"{"exp": "x"}"#,
            "[]",
            "",
        ] {
            assert_eq!(with_claims(claims).expires(), None, "{claims}");
        }
        for ticket in [None, Some(""), Some("a.b.c"), Some("...."), Some("no dots")] {
            assert_eq!(token(ticket).expires(), None, "{ticket:?}");
        }
    }
}
