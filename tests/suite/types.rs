//! The contract's types, in and out of JSON.

use clerk_api::Secret;
use clerk_api::types::{
    ClerkError, ClerkErrors, CreateSignInTokenBody, SignInToken, SignInTokenObject,
    SignInTokenStatus,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{LINK, TICKET, assert_no_secret, errors_json, token, token_json};

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

fn decode(value: &Value) -> SignInToken {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn a_token_comes_back_as_it_went() {
    for status in ["pending", "accepted", "revoked", "expired"] {
        let sent = token_json(status);
        assert_eq!(serde_json::to_value(decode(&sent)).unwrap(), sent);
    }
}

#[test]
fn fields_that_the_contract_does_not_have_are_ignored_everywhere() {
    let mut sent = token_json("pending");
    sent["new"] = json!({"of": ["any", "kind"]});
    let token = decode(&sent);
    assert_eq!(token.id, "sit_1");

    let mut sent = errors_json("c", "l", json!({"any": 1}));
    sent["new"] = json!(null);
    sent["errors"][0]["new"] = json!(7);
    let errors: ClerkErrors = serde_json::from_value(sent).unwrap();
    assert_eq!(errors.errors[0].code, "c");

    let body = json!({"user_id": "user_1", "new": true});
    let body: CreateSignInTokenBody = serde_json::from_value(body).unwrap();
    assert_eq!(body.user_id, "user_1");
}

#[test]
fn values_that_the_contract_does_not_have_are_kept() {
    let mut sent = token_json("paused");
    sent["object"] = json!("sign_in_token_v2");
    let token = decode(&sent);
    assert_eq!(
        token.status,
        SignInTokenStatus::UnknownValue("paused".to_owned())
    );
    assert_eq!(token.status.as_str(), "paused");
    assert_eq!(token.status.to_string(), "paused");
    assert_eq!(
        token.object,
        SignInTokenObject::UnknownValue("sign_in_token_v2".to_owned())
    );
    assert_eq!(serde_json::to_value(&token).unwrap(), sent);
}

#[test]
fn values_that_the_contract_has_are_named() {
    for (text, status) in [
        ("accepted", SignInTokenStatus::Accepted),
        ("pending", SignInTokenStatus::Pending),
        ("revoked", SignInTokenStatus::Revoked),
    ] {
        assert_eq!(SignInTokenStatus::from(text), status);
        assert_eq!(decode(&token_json(text)).status, status);
        assert_eq!(serde_json::to_value(&status).unwrap(), json!(text));
    }
    // Another case is another value.
    let other = SignInTokenStatus::UnknownValue("Pending".to_owned());
    assert_eq!(SignInTokenStatus::from("Pending"), other);
}

proptest! {
    #[test]
    fn any_status_comes_back_as_it_went(text in ".*") {
        let sent = json!(text);
        let status: SignInTokenStatus = serde_json::from_value(sent.clone()).unwrap();
        prop_assert_eq!(status.as_str(), &text);
        prop_assert_eq!(serde_json::to_value(&status).unwrap(), sent);
    }

    #[test]
    fn any_times_and_ids_come_back_as_they_went(created in any::<i64>(), updated in any::<i64>(), id in ".*") {
        let mut sent = token_json("pending");
        sent["created_at"] = json!(created);
        sent["updated_at"] = json!(updated);
        sent["id"] = json!(id);
        prop_assert_eq!(serde_json::to_value(decode(&sent)).unwrap(), sent);
    }
}

#[test]
fn ticket_and_link_may_be_absent_or_null_and_are_then_left_out() {
    for name in ["token", "url"] {
        let mut absent = token_json("pending");
        absent.as_object_mut().unwrap().remove(name);
        let mut null = token_json("pending");
        null[name] = Value::Null;
        for sent in [&absent, &null] {
            let token = decode(sent);
            let there = [token.token.is_some(), token.url.is_some()];
            assert_eq!(there, [name != "token", name != "url"]);
            assert_eq!(serde_json::to_value(&token).unwrap(), absent, "never null");
        }
    }
}

#[test]
fn no_debug_shows_ticket_or_link() {
    let token = token("pending");
    assert_eq!(token.token.as_ref().unwrap().expose(), TICKET);
    assert_eq!(token.url.as_ref().unwrap().expose(), LINK);
    for shown in [
        format!("{token:?}"),
        format!("{token:#?}"),
        format!("{:?}", Some(vec![token.clone()])),
        format!("{:?}", clerk_api::EnsureRevoked::Revoked(token.clone())),
    ] {
        assert_no_secret(&shown);
        assert!(shown.contains("sit_1"), "the rest is shown: {shown}");
    }
}

#[test]
fn what_is_required_is_required() {
    for name in [
        "created_at",
        "id",
        "object",
        "status",
        "updated_at",
        "user_id",
    ] {
        let mut without = token_json("pending");
        without.as_object_mut().unwrap().remove(name);
        let mut null = token_json("pending");
        null[name] = Value::Null;
        for sent in [without, null] {
            assert!(
                serde_json::from_value::<SignInToken>(sent).is_err(),
                "{name}"
            );
        }
    }
}

#[test]
fn a_create_body_comes_back_as_it_went_and_never_has_null() {
    let mut body = CreateSignInTokenBody::new("user_1");
    let text = |body: &CreateSignInTokenBody| serde_json::to_string(body).unwrap();
    assert_eq!(text(&body), r#"{"user_id":"user_1"}"#);
    body.expires_in_seconds = Some(std::num::NonZeroU64::MAX);
    body.org_id = Some(String::new());
    let all = r#"{"expires_in_seconds":18446744073709551615,"org_id":"","user_id":"user_1"}"#;
    assert_eq!(text(&body), all);
    let back: CreateSignInTokenBody = serde_json::from_str(all).unwrap();
    assert_eq!(text(&back), all);

    let null = r#"{"expires_in_seconds":null,"org_id":null,"user_id":"user_1"}"#;
    let back: CreateSignInTokenBody = serde_json::from_str(null).unwrap();
    assert_eq!(text(&back), r#"{"user_id":"user_1"}"#);

    let zero = r#"{"expires_in_seconds":0,"user_id":"user_1"}"#;
    assert!(serde_json::from_str::<CreateSignInTokenBody>(zero).is_err());
}

#[test]
fn errors_come_back_as_they_went_without_null() {
    let all = json!({
        "errors": [{"code": "c", "message": "m", "long_message": "l", "meta": {"param_name": "p", "more": [1]}}],
        "meta": {"x": {"y": null}}, "clerk_trace_id": "t",
    });
    let errors: ClerkErrors = serde_json::from_value(all.clone()).unwrap();
    assert_eq!(serde_json::to_value(&errors).unwrap(), all);

    let lean = json!({"errors": [{"code": "c", "message": ""}]});
    let nulls = json!({
        "errors": [{"code": "c", "message": "", "long_message": null, "meta": null}],
        "meta": null, "clerk_trace_id": null,
    });
    for sent in [&lean, &nulls] {
        let errors: ClerkErrors = serde_json::from_value(sent.clone()).unwrap();
        assert_eq!(serde_json::to_value(&errors).unwrap(), lean);
    }
}
