//! Documents as a whole: operations that are elsewhere, and documents of another API.

use serde_json::{Value, json};

use super::changes::document;
use super::changes_between;
use crate::drift::change::Class;

/// Comparing with this document must be an error that says all of this.
#[track_caller]
fn assert_error(after: &Value, parts: &[&str]) {
    let message = format!("{:#}", changes_between(&document(), after).unwrap_err());
    for part in parts {
        assert!(message.contains(part), "no {part:?} in: {message}");
    }
}

#[test]
fn a_path_item_that_is_a_reference_is_an_error_and_not_a_change() {
    for item in [
        json!({"$ref": "paths/sign_in_tokens.yml"}),
        json!({"$ref": "#/components/pathItems/Tokens"}),
    ] {
        let mut after = document();
        after["paths"]["/sign_in_tokens"] = item;
        let reason = "a path item's `$ref` is not followed";
        assert_error(&after, &["`CreateSignInToken`", reason]);
    }
    // Beside its operations.
    let mut after = document();
    after["paths"]["/sign_in_tokens"]["$ref"] = json!("paths/sign_in_tokens.yml");
    assert_error(&after, &["$ref"]);
}

#[test]
fn a_document_of_another_api_says_so() {
    let question = "a document of another API?";
    let mut after = document();
    after["paths"] = json!({"/pets": {"get": {"operationId": "ListPets", "responses": {}}}});
    // From the same server, both may have been removed: that is a change, and may be a mistake.
    let changes = changes_between(&document(), &after).unwrap();
    assert_eq!(changes.len(), 2, "{changes:#?}");
    for change in changes {
        assert_eq!(change.class, Class::Breaking);
        assert!(change.message.contains(question), "{change:#?}");
        assert!(!change.message.contains("removed"), "{change:#?}");
    }
    for server in ["https://pets.example.com", "/"] {
        after["servers"] = json!([{"url": server}]);
        assert_error(&after, &[question, "CreateSignInToken, RevokeSignInToken"]);
    }
}
