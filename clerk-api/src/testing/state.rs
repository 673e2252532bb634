//! What the fake Clerk knows, and how it answers: no sockets here.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::fault::Fault;
use super::request::FakeRequest;
use crate::generated::client::types::SignInToken;
use crate::generated::open_enums::{SignInTokenObject, SignInTokenStatus};
use crate::secret::Secret;

/// Seconds that a token lives, where its creator doesn't say.
const DEFAULT_LIFETIME: u64 = 2_592_000;

/// Everything that the fake remembers.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The users that exist; `None`: all do, and are members of every organization.
    pub(super) users: Option<BTreeSet<String>>,
    /// Organization and member.
    pub(super) members: BTreeSet<(String, String)>,
    pub(super) tokens: Vec<SignInToken>,
    pub(super) requests: Vec<FakeRequest>,
    /// For the next requests, one each.
    pub(super) faults: VecDeque<Fault>,
}

/// An answer, not yet on its way.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) retry_after: Option<Duration>,
    pub(super) trace_id: String,
}

/// What to do about a request.
#[derive(Debug)]
pub(super) struct Reaction {
    pub(super) delay: Duration,
    /// `None`: close the connection without an answer.
    pub(super) reply: Option<Reply>,
}

/// A refusal, before it becomes a body.
struct Refusal {
    status: u16,
    code: &'static str,
    text: String,
    parameter: Option<&'static str>,
}

impl State {
    /// Takes a request in, does its work, and says what to do about it.
    pub(super) fn react(&mut self, request: FakeRequest, now: SystemTime) -> Reaction {
        let trace_id = format!("fake_trace_{}", self.requests.len() + 1);
        let fault = self.faults.pop_front();
        let refusal = match &fault {
            Some(Fault::Status { status, .. } | Fault::Raw { status, .. }) => {
                Some(documented(*status))
            }
            _ => None,
        };
        let lost_before = matches!(fault, Some(Fault::RequestLost));
        let result = match refusal {
            Some(refusal) => Err(refusal),
            None if lost_before => Err(documented(500)),
            None => self.work(&request, now),
        };
        self.requests.push(request);
        let (status, body) = match (&fault, result) {
            (Some(Fault::Raw { status, body }), _) => (*status, body.clone()),
            (_, Ok(token)) => (200, json!(token).to_string()),
            (_, Err(refusal)) => (refusal.status, refusal.body(&trace_id).to_string()),
        };
        let (delay, retry_after) = match &fault {
            Some(Fault::Delay(delay)) => (*delay, None),
            Some(Fault::Status { retry_after, .. }) => (Duration::ZERO, *retry_after),
            _ => (Duration::ZERO, None),
        };
        let lost = lost_before || matches!(fault, Some(Fault::AnswerLost));
        let reply = (!lost).then_some(Reply {
            status,
            body,
            retry_after,
            trace_id,
        });
        Reaction { delay, reply }
    }

    fn work(&mut self, request: &FakeRequest, now: SystemTime) -> Result<SignInToken, Refusal> {
        if !request.has_secret_key() {
            return Err(documented(401));
        }
        let version = request.header("clerk-api-version").unwrap_or("2026-05-12");
        if version.len() != 10
            || version
                .bytes()
                .any(|byte| !byte.is_ascii_digit() && byte != b'-')
        {
            let text = "The header Clerk-API-Version names no version.";
            return Err(Refusal::new(400, "api_version_invalid", text));
        }
        let path: Vec<&str> = request.path().split('/').skip(1).collect();
        match (request.method(), &path[..]) {
            ("POST", ["v1", "sign_in_tokens"]) => self.create(request.body(), now),
            ("POST", ["v1", "sign_in_tokens", id, "revoke"]) => self.revoke(id, now),
            _ => Err(Refusal::new(
                404,
                "resource_not_found",
                "There is nothing here.",
            )),
        }
    }

    fn create(&mut self, body: &[u8], now: SystemTime) -> Result<SignInToken, Refusal> {
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
            return Err(Refusal::new(
                400,
                "request_body_invalid",
                "The body is not a JSON object.",
            ));
        };
        let user_id = match body.get("user_id") {
            None | Some(Value::Null) => return Err(Refusal::missing("user_id")),
            Some(Value::String(user_id)) if user_id.is_empty() => {
                return Err(Refusal::missing("user_id"));
            }
            Some(Value::String(user_id)) => user_id,
            Some(_) => return Err(Refusal::invalid("user_id")),
        };
        let lifetime = match body.get("expires_in_seconds") {
            None | Some(Value::Null) => DEFAULT_LIFETIME,
            Some(value) => value
                .as_u64()
                .filter(|seconds| *seconds >= 1)
                .ok_or_else(|| Refusal::invalid("expires_in_seconds"))?,
        };
        if self
            .users
            .as_ref()
            .is_some_and(|users| !users.contains(user_id))
        {
            return Err(Refusal::new(
                404,
                "resource_not_found",
                "There is no user of this id.",
            ));
        }
        match body.get("org_id") {
            None | Some(Value::Null) => {}
            Some(Value::String(org_id)) => self.check_membership(org_id, user_id)?,
            Some(_) => return Err(Refusal::invalid("org_id")),
        }
        let token = new_token(user_id, since_epoch(now), Duration::from_secs(lifetime));
        self.tokens.push(token.clone());
        Ok(token)
    }

    fn check_membership(&self, org_id: &str, user_id: &str) -> Result<(), Refusal> {
        let member = (org_id.to_owned(), user_id.to_owned());
        if self.users.is_some() && !self.members.contains(&member) {
            let text = "The user is not a member of the organization.";
            return Err(Refusal::new(403, "not_a_member_in_organization", text));
        }
        Ok(())
    }

    fn revoke(&mut self, id: &str, now: SystemTime) -> Result<SignInToken, Refusal> {
        let Some(token) = self.tokens.iter_mut().find(|token| token.id == id) else {
            return Err(Refusal::new(
                404,
                "resource_not_found",
                "There is no sign-in token of this id.",
            ));
        };
        if token.status != SignInTokenStatus::Pending {
            return Err(Refusal::not_pending(&token.status));
        }
        token.status = SignInTokenStatus::Revoked;
        token.updated_at = milliseconds(since_epoch(now));
        Ok(token.clone())
    }
}

impl Refusal {
    fn new(status: u16, code: &'static str, text: &str) -> Self {
        Self {
            status,
            code,
            text: text.to_owned(),
            parameter: None,
        }
    }

    fn missing(parameter: &'static str) -> Self {
        let text = format!("The parameter {parameter} must be there.");
        Self {
            parameter: Some(parameter),
            ..Self::new(422, "form_param_missing", &text)
        }
    }

    fn invalid(parameter: &'static str) -> Self {
        let text = format!("The value of the parameter {parameter} won't do.");
        Self {
            parameter: Some(parameter),
            ..Self::new(422, "form_param_value_invalid", &text)
        }
    }

    fn not_pending(status: &SignInTokenStatus) -> Self {
        let text = format!("The sign-in token can't be revoked, since its status is {status}.");
        Self::new(400, "sign_in_token_cannot_be_revoked_code", &text)
    }

    fn body(&self, trace_id: &str) -> Value {
        let mut error = json!({
            "code": self.code,
            "message": self.code.replace('_', " "),
            "long_message": self.text,
        });
        if let Some(parameter) = self.parameter {
            error["meta"] = json!({"param_name": parameter});
        }
        json!({"errors": [error], "clerk_trace_id": trace_id})
    }
}

/// What Clerk answers with this status, where the request isn't the reason.
fn documented(status: u16) -> Refusal {
    let (code, text) = match status {
        400 => ("request_body_invalid", "The body won't do."),
        401 => ("clerk_key_invalid", "The secret key is missing or wrong."),
        403 => (
            "not_a_member_in_organization",
            "The user is not a member of the organization.",
        ),
        404 => ("resource_not_found", "There is nothing of this id."),
        409 => (
            "conflict",
            "Something else changes the same thing just now.",
        ),
        422 => return Refusal::invalid("user_id"),
        429 => ("too_many_requests", "There were too many requests."),
        503 => ("service_unavailable", "The service is not there just now."),
        504 => ("gateway_timeout", "The service took too long."),
        _ => ("internal_clerk_error", "Something failed within."),
    };
    Refusal::new(status, code, text)
}

fn new_token(user_id: &str, now: Duration, lifetime: Duration) -> SignInToken {
    let characters = std::iter::repeat_with(fastrand::alphanumeric);
    let id: String = "sit_".chars().chain(characters.take(27)).collect();
    let claims = json!({
        "exp": now.saturating_add(lifetime).as_secs(),
        "iid": "ins_fake",
        "sid": id,
        "st": "sign_in_token",
    });
    let encode = |part: String| URL_SAFE_NO_PAD.encode(part);
    let ticket = format!(
        "{}.{}.{}",
        encode(json!({"alg": "RS256", "typ": "JWT"}).to_string()),
        encode(claims.to_string()),
        encode("not a signature".to_owned())
    );
    SignInToken {
        object: SignInTokenObject::SignInToken,
        id,
        user_id: user_id.to_owned(),
        status: SignInTokenStatus::Pending,
        url: Some(Secret::new(format!(
            "https://accounts.fake.test/sign-in?__clerk_ticket={ticket}"
        ))),
        token: Some(Secret::new(ticket)),
        created_at: milliseconds(now),
        updated_at: milliseconds(now),
    }
}

pub(super) fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

pub(super) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
