//! Documents as a whole: operations that are elsewhere, and documents of another API.

use serde_json::{Value, json};

use super::changes::document;
use super::changes_between;
use crate::drift::change::Class;

/// The document with other paths.
fn with_paths(paths: Value) -> Value {
    let mut document = document();
    document["paths"] = paths;
    document
}

fn error(after: &Value) -> String {
    format!("{:#}", changes_between(&document(), after).unwrap_err())
}

#[test]
fn a_path_item_that_is_a_reference_is_an_error_and_not_a_change() {
    for item in [
        json!({"$ref": "paths/sign_in_tokens.yml"}),
        json!({"$ref": "#/components/pathItems/Tokens"}),
    ] {
        let mut after = document();
        after["paths"]["/sign_in_tokens"] = item;
        let message = error(&after);
        for part in [
            "`CreateSignInToken`",
            "a path item's `$ref` is not followed",
        ] {
            assert!(message.contains(part), "{message}");
        }
    }
    // Beside its operations.
    let mut after = document();
    after["paths"]["/sign_in_tokens"]["$ref"] = json!("paths/sign_in_tokens.yml");
    assert!(error(&after).contains("$ref"));
}

#[test]
fn a_document_of_another_api_says_so() {
    let pets = json!({"/pets": {"get": {"operationId": "ListPets", "responses": {}}}});
    for server in ["https://pets.example.com", "/"] {
        let mut after = with_paths(pets.clone());
        after["servers"] = json!([{"url": server}]);
        let message = error(&after);
        assert!(message.contains("a document of another API?"), "{message}");
        assert!(
            message.contains("CreateSignInToken, RevokeSignInToken"),
            "{message}"
        );
    }
    // From the same server, both may have been removed: that is a change, and may be a mistake.
    let changes = changes_between(&document(), &with_paths(pets)).unwrap();
    assert_eq!(changes.len(), 2, "{changes:#?}");
    for change in changes {
        assert_eq!(change.class, Class::Breaking);
        assert!(
            change.message.contains("a document of another API?"),
            "{change:#?}"
        );
        assert!(!change.message.contains("removed"), "{change:#?}");
    }
}
