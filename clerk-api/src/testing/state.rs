//! What the fake Clerk remembers, and how it responds. No sockets here.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::num::NonZeroU64;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;
use serde_json::{Value, json};

use super::request::FakeRequest;
use crate::generated::client::types::{CreateSignInTokenBody, SignInToken};
use crate::generated::open_enums::{SignInTokenObject, SignInTokenStatus};
use crate::secret::Secret;

/// The default lifetime of a token in seconds: 30 days.
const DEFAULT_LIFETIME: u64 = 2_592_000;

/// Everything that the fake remembers.
#[derive(Default)]
pub(super) struct State {
    /// The users that exist. `None`: all do, each as a member of every organization.
    pub(super) users: Option<BTreeSet<String>>,
    /// Organizations, each with one member.
    pub(super) members: BTreeSet<(String, String)>,
    pub(super) tokens: Vec<SignInToken>,
    pub(super) requests: Vec<FakeRequest>,
    /// One for each of the next requests.
    pub(super) faults: VecDeque<Fault>,
}

/// What goes wrong with a request; by default, nothing.
#[derive(Default)]
pub(super) struct Fault {
    /// The request is not processed, and fails with this status.
    pub(super) status: Option<u16>,
    /// Instead of the usual body.
    pub(super) body: Option<String>,
    pub(super) retry_after: Option<Duration>,
    /// The response takes this long.
    pub(super) delay: Duration,
    /// The connection is closed instead.
    pub(super) is_lost: bool,
}

/// Why a token can be neither used nor revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAccepted {
    /// There is no such token.
    NotFound,
    /// It was already used or revoked.
    NotPending(SignInTokenStatus),
    /// It has expired.
    Expired,
}

impl fmt::Display for NotAccepted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => formatter.write_str("there is no such token"),
            Self::NotPending(status) => write!(formatter, "the token's status is {status}"),
            Self::Expired => formatter.write_str("the token has expired"),
        }
    }
}

impl std::error::Error for NotAccepted {}

/// Why a request is rejected.
struct Rejection {
    status: u16,
    /// Empty if Clerk documents none for the status.
    code: &'static str,
    text: String,
}

impl State {
    /// Processes a request. Returns how long to wait, and the response to send then. Without one, the connection is to be
    /// closed.
    pub(super) fn react(&mut self, request: FakeRequest) -> (Duration, Option<Response<String>>) {
        let trace_id = format!("fake_trace_{}", self.requests.len() + 1);
        let fault = self.faults.pop_front().unwrap_or_default();
        let result = match fault.status {
            Some(status) => Err(Rejection::new(status, "The test made this request fail.")),
            None => self.process(&request),
        };
        self.requests.push(request);
        let (status, body) = match result {
            Ok(token) => (200, json!(token).to_string()),
            Err(rejection) => (rejection.status, rejection.body(&trace_id)),
        };
        let body = fault.body.unwrap_or(body);
        let content_type = match serde_json::from_str::<Value>(&body) {
            Ok(_) => "application/json",
            Err(_) => "text/html",
        };
        let mut response = Response::builder()
            .status(status)
            .header("content-type", content_type)
            .header("clerk-trace-id", trace_id);
        if let Some(wait) = fault.retry_after {
            // The header has whole seconds, and to come back too early would be wrong.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response = response.header("retry-after", seconds);
        }
        let response = response.body(body).ok();
        (fault.delay, response.filter(|_| !fault.is_lost))
    }

    fn process(&mut self, request: &FakeRequest) -> Result<SignInToken, Rejection> {
        let authorization = request.header("authorization").unwrap_or_default();
        let key = authorization.strip_prefix("Bearer sk_");
        if key.is_none_or(str::is_empty) {
            return Err(Rejection::new(401, "The secret key is missing or wrong."));
        }
        let path: Vec<&str> = request.path().split('/').skip(1).collect();
        match (request.method(), &path[..]) {
            ("POST", ["v1", "sign_in_tokens"]) => self.create(request.body()),
            ("POST", ["v1", "sign_in_tokens", id, "revoke"]) => self.revoke(id),
            _ => Err(Rejection::new(404, "There is no such operation.")),
        }
    }

    fn create(&mut self, body: &[u8]) -> Result<SignInToken, Rejection> {
        let body = serde_json::from_slice(body);
        let body: CreateSignInTokenBody =
            body.map_err(|_| Rejection::new(400, "The body is invalid."))?;
        let user_id = body.user_id;
        if user_id.is_empty() {
            return Err(Rejection {
                code: "form_param_missing",
                ..Rejection::new(422, "The parameter user_id is missing.")
            });
        }
        if let Some(users) = &self.users {
            if !users.contains(&user_id) {
                return Err(Rejection::new(404, "There is no such user."));
            }
            let member = body.org_id.map(|org_id| (org_id, user_id.clone()));
            if member.is_some_and(|member| !self.members.contains(&member)) {
                let text = "The user is not a member of the organization.";
                return Err(Rejection::new(403, text));
            }
        }
        let lifetime = body.expires_in_seconds;
        let token = new_token(user_id, lifetime.map_or(DEFAULT_LIFETIME, NonZeroU64::get));
        self.tokens.push(token.clone());
        Ok(token)
    }

    fn revoke(&mut self, id: &str) -> Result<SignInToken, Rejection> {
        let revoked = self.end(|token| token.id == id, SignInTokenStatus::Revoked);
        revoked.map_err(|problem| match problem {
            NotAccepted::NotFound => Rejection::new(404, "There is no such token."),
            _ => Rejection {
                code: "sign_in_token_cannot_be_revoked_code",
                ..Rejection::new(400, format!("It can't be revoked: {problem}."))
            },
        })
    }

    /// Sets a token's final status. Only a pending token that has not expired can get one.
    pub(super) fn end(
        &mut self,
        is_wanted: impl Fn(&SignInToken) -> bool,
        status: SignInTokenStatus,
    ) -> Result<SignInToken, NotAccepted> {
        let token = self.tokens.iter_mut().find(|token| is_wanted(token));
        let token = token.ok_or(NotAccepted::NotFound)?;
        if token.status != SignInTokenStatus::Pending {
            return Err(NotAccepted::NotPending(token.status.clone()));
        }
        let expires_at = token.expires_at();
        if expires_at.is_some_and(|expires| expires <= SystemTime::now()) {
            return Err(NotAccepted::Expired);
        }
        token.status = status;
        token.updated_at = now();
        Ok(token.clone())
    }
}

impl Rejection {
    /// With the code that Clerk documents for the status.
    fn new(status: u16, text: impl Into<String>) -> Self {
        let code = match status {
            400 => "request_body_invalid",
            401 => "clerk_key_invalid",
            403 => "not_a_member_in_organization",
            404 => "resource_not_found",
            409 => "conflict",
            422 => "form_param_value_invalid",
            429 => "too_many_requests",
            500 => "internal_clerk_error",
            503 => "service_unavailable",
            504 => "gateway_timeout",
            _ => "",
        };
        Self {
            status,
            code,
            text: text.into(),
        }
    }

    fn body(&self, trace_id: &str) -> String {
        if self.code.is_empty() {
            return String::new();
        }
        let message = self.code.replace('_', " ");
        let mut error = json!({"code": self.code, "message": message, "long_message": self.text});
        if self.status == 422 {
            error["meta"] = json!({"param_name": "user_id"});
        }
        json!({"errors": [error], "clerk_trace_id": trace_id}).to_string()
    }
}

fn new_token(user_id: String, lifetime: u64) -> SignInToken {
    let characters = std::iter::repeat_with(fastrand::alphanumeric);
    let id: String = "sit_".chars().chain(characters.take(27)).collect();
    let now = now();
    let claims = json!({
        "exp": (now.unsigned_abs() / 1000).saturating_add(lifetime),
        "iid": "ins_fake",
        "sid": id,
        "st": "sign_in_token",
    });
    let header = json!({"alg": "RS256", "typ": "JWT"});
    let signature = "not a signature".to_owned();
    let parts = [header.to_string(), claims.to_string(), signature];
    let ticket = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let url = format!("https://accounts.fake.test/sign-in?__clerk_ticket={ticket}");
    SignInToken {
        object: SignInTokenObject::SignInToken,
        id,
        user_id,
        status: SignInTokenStatus::Pending,
        url: Some(Secret::new(url)),
        token: Some(Secret::new(ticket)),
        created_at: now,
        updated_at: now,
    }
}

/// Milliseconds since the Unix epoch.
fn now() -> i64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(time.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
