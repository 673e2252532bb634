//! A Clerk that lives in this process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::{Value, json};

use crate::client::Clerk;
use crate::generated::client::types::{CreateSignInTokenBody, SignInToken};
use crate::generated::open_enums::{SignInTokenObject, SignInTokenStatus};
use crate::secret::Secret;

/// The key that [`FakeClerk::clerk`] has; the fake takes any.
const SECRET_KEY: &str = "sk_test_fake";
/// Seconds that a token lives, where its creator doesn't say.
const DEFAULT_LIFETIME: u64 = 2_592_000;
const TRACE_ID: &str = "fake_trace_id";

/// A Clerk in this process, on a free port of the loopback interface, which keeps what is created.
///
/// It knows every user, makes ids and tickets of the real shape, and revokes what is pending. The ticket's signature is
/// not one.
pub struct FakeClerk {
    server: MockServer,
    clerk: Clerk,
    tokens: Arc<Mutex<Vec<SignInToken>>>,
}

impl FakeClerk {
    /// Starts one. It ends when it is dropped.
    pub async fn start() -> Self {
        let server = MockServer::start_async().await;
        let tokens = Arc::new(Mutex::new(Vec::new()));
        let shared = tokens.clone();
        server
            .mock_async(|_, then| {
                then.respond_with(move |request| answer(request, &mut lock(&shared)));
            })
            .await;
        let clerk = Clerk::builder()
            .secret_key(SECRET_KEY)
            .base_url(base_url(&server))
            .build();
        let clerk = clerk.unwrap_or_else(|error| panic!("a client for the fake Clerk: {error}"));
        Self {
            server,
            clerk,
            tokens,
        }
    }

    /// A client of it.
    pub fn clerk(&self) -> &Clerk {
        &self.clerk
    }

    /// Where it is, for clients of one's own: [`ClerkBuilder::base_url`](crate::ClerkBuilder::base_url).
    pub fn base_url(&self) -> String {
        base_url(&self.server)
    }

    /// Every token that was created, in that order, as it is now.
    pub fn tokens(&self) -> Vec<SignInToken> {
        lock(&self.tokens).clone()
    }
}

impl std::fmt::Debug for FakeClerk {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FakeClerk")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

fn base_url(server: &MockServer) -> String {
    format!("{}/v1", server.base_url())
}

fn lock(tokens: &Mutex<Vec<SignInToken>>) -> MutexGuard<'_, Vec<SignInToken>> {
    tokens.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(request: &HttpMockRequest, tokens: &mut Vec<SignInToken>) -> HttpMockResponse {
    let uri = request.uri();
    let path: Vec<&str> = uri.path().split('/').skip(1).collect();
    let key = request
        .headers()
        .get("authorization")
        .is_some_and(|value| value.len() > "Bearer ".len());
    match (request.method_str(), &path[..]) {
        _ if !key => refusal(
            401,
            "clerk_key_invalid",
            "The secret key is missing.",
            Value::Null,
        ),
        ("POST", ["v1", "sign_in_tokens"]) => create(request.body_ref(), tokens),
        ("POST", ["v1", "sign_in_tokens", id, "revoke"]) => revoke(id, tokens),
        _ => refusal(
            404,
            "resource_not_found",
            "There is nothing here.",
            Value::Null,
        ),
    }
}

fn create(body: &[u8], tokens: &mut Vec<SignInToken>) -> HttpMockResponse {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return refusal(
            400,
            "request_body_invalid",
            "The body is not JSON.",
            Value::Null,
        );
    };
    let Some(user_id) = body["user_id"]
        .as_str()
        .filter(|user_id| !user_id.is_empty())
    else {
        let meta = json!({"param_name": "user_id"});
        return refusal(
            422,
            "form_param_missing",
            "The parameter user_id must be included.",
            meta,
        );
    };
    let Ok(body) = serde_json::from_value::<CreateSignInTokenBody>(body.clone()) else {
        let meta = json!({"param_name": "expires_in_seconds"});
        return refusal(
            422,
            "form_param_value_invalid",
            "A parameter's value won't do.",
            meta,
        );
    };
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let lifetime = body
        .expires_in_seconds
        .map_or(DEFAULT_LIFETIME, |seconds| seconds.get());
    let token = new_token(user_id, now, Duration::from_secs(lifetime));
    tokens.push(token.clone());
    success(&token)
}

fn revoke(id: &str, tokens: &mut [SignInToken]) -> HttpMockResponse {
    let Some(token) = tokens.iter_mut().find(|token| token.id == id) else {
        return refusal(
            404,
            "resource_not_found",
            "No sign-in token has this id.",
            Value::Null,
        );
    };
    if token.status != SignInTokenStatus::Pending {
        let text = format!("It can't be revoked, since its status is {}.", token.status);
        return refusal(
            400,
            "sign_in_token_cannot_be_revoked_code",
            &text,
            Value::Null,
        );
    }
    token.status = SignInTokenStatus::Revoked;
    token.updated_at = milliseconds(
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default(),
    );
    success(token)
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

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn success(token: &SignInToken) -> HttpMockResponse {
    json_response(200, &json!(token))
}

fn refusal(status: u16, code: &str, text: &str, meta: Value) -> HttpMockResponse {
    let mut error = json!({"code": code, "message": text, "long_message": text});
    if !meta.is_null() {
        error["meta"] = meta;
    }
    json_response(
        status,
        &json!({"errors": [error], "clerk_trace_id": TRACE_ID}),
    )
}

fn json_response(status: u16, body: &Value) -> HttpMockResponse {
    HttpMockResponse::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("clerk-trace-id", TRACE_ID)
        .body(body.to_string())
        .build()
}
