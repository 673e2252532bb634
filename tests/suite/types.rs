//! The contract's types, in and out of JSON, and what can be shared between tasks.

use clerk_api::Secret;
use clerk_api::types::{
    ClerkError, ClerkErrors, CreateSignInTokenBody, SignInToken, SignInTokenObject,
    SignInTokenStatus,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::token_value;

/// That every type goes over the wire both ways and has a schema. To compile is to pass.
macro_rules! assert_wire_types {
    ($($type:ty),* $(,)?) => {
        $({
            let _: fn(Value) -> serde_json::Result<$type> = serde_json::from_value::<$type>;
            let _: fn($type) -> serde_json::Result<Value> = serde_json::to_value::<$type>;
            let _: fn() -> schemars::Schema = || schemars::schema_for!($type);
            let _: fn(&$type) -> $type = Clone::clone;
            let _: fn(&$type) -> &(dyn std::fmt::Debug + Send + Sync) = |value| value;
        })*
    };
}

#[test]
fn all_types_go_both_ways_and_have_schemas() {
    assert_wire_types!(
        ClerkError,
        ClerkErrors,
        CreateSignInTokenBody,
        Secret,
        SignInToken,
        SignInTokenObject,
        SignInTokenStatus,
    );
}

#[test]
fn clients_calls_and_errors_can_be_shared_between_tasks() {
    fn sharable<T: Clone + Send + Sync + 'static>() {}
    sharable::<clerk_api::Clerk>();
    sharable::<clerk_api::ClerkBuilder>();
    sharable::<clerk_api::SignInTokens>();
    sharable::<clerk_api::CreateSignInToken>();
    sharable::<clerk_api::RevokeSignInToken>();
    sharable::<clerk_api::EnsureRevokedSignInToken>();
    sharable::<clerk_api::Error>();
    sharable::<clerk_api::RetryPolicy>();
    sharable::<clerk_api::Response<clerk_api::RevocationResult>>();
}

/// A token as JSON, decoded and encoded again.
fn through_token(sent: &Value) -> serde_json::Result<Value> {
    let token: SignInToken = serde_json::from_value(sent.clone())?;
    serde_json::to_value(token)
}

fn token_with(field: &str, value: impl Into<Value>) -> Value {
    let mut token = token_value();
    token[field] = value.into();
    token
}

fn token_without(field: &str) -> Value {
    let mut token = token_value();
    token.as_object_mut().unwrap().remove(field);
    token
}

#[test]
fn a_token_comes_back_as_it_was_sent() {
    for sent in [
        token_value(),
        token_with("object", "sign_in_token_v2"),
        token_without("token"),
        token_without("url"),
    ] {
        assert!(through_token(&sent).unwrap() == sent);
    }
}

#[test]
fn what_is_null_or_unknown_in_a_token_is_left_out() {
    for (sent, expected) in [
        (token_with("token", Value::Null), token_without("token")),
        (token_with("url", Value::Null), token_without("url")),
        (token_with("new", json!({"of": ["any"]})), token_value()),
    ] {
        assert!(through_token(&sent).unwrap() == expected);
    }
}

#[test]
fn what_is_required_in_a_token_is_required() {
    let token = token_value();
    let fields = token.as_object().unwrap().keys();
    for field in fields.filter(|field| !["token", "url"].contains(&field.as_str())) {
        let null = token_with(field, Value::Null);
        assert!(through_token(&token_without(field)).is_err(), "{field}");
        assert!(through_token(&null).is_err(), "{field}");
    }
}

#[test]
fn the_values_of_a_status_are_named() {
    for (text, status) in [
        ("accepted", SignInTokenStatus::Accepted),
        ("pending", SignInTokenStatus::Pending),
        ("revoked", SignInTokenStatus::Revoked),
        // Another case is another value.
        (
            "Pending",
            SignInTokenStatus::UnknownValue("Pending".to_owned()),
        ),
    ] {
        assert_eq!(SignInTokenStatus::from(text), status);
        assert_eq!(status.as_str(), text);
        assert_eq!(status.to_string(), text);
        let sent = token_with("status", text);
        let token: SignInToken = serde_json::from_value(sent).unwrap();
        assert_eq!(token.status, status);
    }
}

proptest! {
    #[test]
    fn any_status_comes_back_as_it_was_sent(text in ".*") {
        let sent = token_with("status", text);
        prop_assert!(through_token(&sent).unwrap() == sent);
    }

    #[test]
    fn any_times_and_ids_come_back_as_they_were_sent(created in any::<i64>(), updated in any::<i64>(), id in ".*") {
        let mut sent = token_with("created_at", created);
        sent["updated_at"] = json!(updated);
        sent["id"] = json!(id);
        prop_assert!(through_token(&sent).unwrap() == sent);
    }
}

#[test]
fn a_request_body_comes_back_as_it_was_sent_and_never_has_null() {
    let through = |text| -> serde_json::Result<String> {
        let body: CreateSignInTokenBody = serde_json::from_str(text)?;
        serde_json::to_string(&body)
    };
    let mut body = CreateSignInTokenBody {
        user_id: "user_1".to_owned(),
        org_id: None,
        expires_in_seconds: None,
    };
    let lean = r#"{"user_id":"user_1"}"#;
    assert_eq!(serde_json::to_string(&body).unwrap(), lean);
    body.expires_in_seconds = Some(std::num::NonZeroU64::MAX);
    body.org_id = Some(String::new());
    let whole = r#"{"expires_in_seconds":18446744073709551615,"org_id":"","user_id":"user_1"}"#;
    assert_eq!(serde_json::to_string(&body).unwrap(), whole);
    assert_eq!(through(whole).unwrap(), whole);

    let nulls = r#"{"expires_in_seconds":null,"new":true,"org_id":null,"user_id":"user_1"}"#;
    assert_eq!(through(nulls).unwrap(), lean);
    assert!(through(r#"{"expires_in_seconds":0,"user_id":"user_1"}"#).is_err());
}

#[test]
fn error_bodies_come_back_as_they_were_sent_and_never_have_null() {
    let through = |sent: &Value| {
        let errors: ClerkErrors = serde_json::from_value(sent.clone()).unwrap();
        serde_json::to_value(errors).unwrap()
    };
    let whole = json!({
        "errors": [{"code": "c", "message": "m", "long_message": "l", "meta": {"param_name": "p", "more": [1]}}],
        "meta": {"x": {"y": null}}, "clerk_trace_id": "t",
    });
    assert_eq!(through(&whole), whole);

    let lean = json!({"errors": [{"code": "c", "message": ""}]});
    let nulls = json!({
        "errors": [{"code": "c", "message": "", "long_message": null, "meta": null, "new": 1}],
        "meta": null, "clerk_trace_id": null, "new": null,
    });
    assert_eq!(through(&lean), lean);
    assert_eq!(through(&nulls), lean);
}
