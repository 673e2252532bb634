//! What the servers have done, and for which call.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use serde_json::json;

use crate::support::{NOT_PENDING, errors, token_value};

/// The header with a call's number.
pub(super) const CALL: &str = "x-call";

#[derive(Default)]
pub(super) struct Oracle(Mutex<Done>);

#[derive(Default)]
struct Done {
    tokens: usize,
    /// The tokens that a call's requests made.
    made: HashMap<u64, Vec<String>>,
    revoked: HashSet<String>,
    /// The calls whose requests revoked a token.
    revoking: HashSet<u64>,
}

/// The response to a request whose work was done.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Oracle {
    /// Does the work of a request that belongs to this call.
    pub(super) fn work(&self, call: &str, path: &str, body: &[u8]) -> Response {
        let call = call.parse().unwrap();
        let mut done = self.0.lock().unwrap();
        let mut token = token_value();
        let mut path = path.split('/');
        if path.next_back() == Some("sign_in_tokens") {
            done.tokens += 1;
            let id = format!("sit_{}", done.tokens);
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            token["user_id"] = body["user_id"].clone();
            token["id"] = json!(id);
            done.made.entry(call).or_default().push(id);
        } else {
            let id = path.next_back().unwrap();
            if !done.revoked.insert(id.to_owned()) {
                let body = errors(NOT_PENDING, "Its status is revoked.");
                return Response { status: 400, body };
            }
            done.revoking.insert(call);
            token["id"] = json!(id);
            token["status"] = json!("revoked");
        }
        Response {
            status: 200,
            body: token.to_string(),
        }
    }

    /// The tokens that this call's requests made.
    pub(super) fn made(&self, call: u64) -> Vec<String> {
        let done = self.0.lock().unwrap();
        done.made.get(&call).cloned().unwrap_or_default()
    }

    pub(super) fn is_revoked(&self, id: &str) -> bool {
        self.0.lock().unwrap().revoked.contains(id)
    }

    /// Whether this call's requests revoked a token.
    pub(super) fn has_revoked(&self, call: u64) -> bool {
        self.0.lock().unwrap().revoking.contains(&call)
    }
}
