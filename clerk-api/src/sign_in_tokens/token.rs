//! Methods of the generated [`SignInToken`].

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::generated::client::types::SignInToken;

impl SignInToken {
    /// When the token was created. `None` if the platform can't represent it.
    pub fn created_at(&self) -> Option<SystemTime> {
        from_milliseconds(self.created_at)
    }

    /// When the token last changed. `None` if the platform can't represent it.
    pub fn updated_at(&self) -> Option<SystemTime> {
        from_milliseconds(self.updated_at)
    }

    /// When the token expires, according to its ticket (claim `exp`), whose signature is not verified. `None` if there is
    /// no ticket, or no expiry in it.
    pub fn expires_at(&self) -> Option<SystemTime> {
        #[derive(Deserialize)]
        struct Claims {
            exp: f64,
        }
        let ticket = self.token.as_ref()?.expose();
        let claims = ticket.split('.').nth(1)?;
        let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
        let Claims { exp } = serde_json::from_slice(&claims).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(exp).ok()?)
    }
}

fn from_milliseconds(milliseconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_millis(milliseconds.unsigned_abs());
    match milliseconds {
        ..0 => SystemTime::UNIX_EPOCH.checked_sub(distance),
        0.. => SystemTime::UNIX_EPOCH.checked_add(distance),
    }
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

    #[test]
    fn times_are_milliseconds() {
        let token = token(None);
        let created = SystemTime::UNIX_EPOCH + Duration::from_millis(1_638_000_669_544);
        assert_eq!(token.created_at(), Some(created));
        let updated = SystemTime::UNIX_EPOCH - Duration::from_millis(1);
        assert_eq!(token.updated_at(), Some(updated));
        for extreme in [i64::MAX, i64::MIN, 0] {
            from_milliseconds(extreme);
        }
    }

    #[test]
    fn the_expiry_comes_from_the_ticket() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for (claims, expected) in [
            (r#"{"exp": 1700000000, "sid": "sit_1"}"#, Some(time)),
            ("{}", None),
            (r#"{"exp": -1}"#, None),
            (r#"{"exp": 1e300}"#, None),
            (r#"{"exp": "x"}"#, None),
            ("", None),
        ] {
            let ticket = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
            assert_eq!(token(Some(&ticket)).expires_at(), expected, "{claims}");
        }
        for ticket in [None, Some(""), Some("a.b.c"), Some("....")] {
            assert_eq!(token(ticket).expires_at(), None, "{ticket:?}");
        }
    }
}
