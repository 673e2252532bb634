//! What is cut out. The tests of the command show when it fails.

use serde_json::{Value, json};

use super::slice;
use crate::openapi::operations::select;

#[test]
fn cuts_out_operations() {
    let cases: Value = yaml_serde::from_str(include_str!("tests.yml")).unwrap();
    for case in cases.as_array().unwrap() {
        let (from, to) = (&case["from"], &case["to"]);
        let document = json!({
            "openapi": "3.0.3",
            "info": {"title": "Title", "version": "2026-05-12", "description": "Prose", "x-logo": {}},
            "security": [{"key": []}],
            "tags": [{"name": "Prose"}],
            "paths": {"x-a": {}, "/a": {"get": from["operation"]}, "/b": {"get": {"operationId": "Other"}}},
            "components": from["components"],
        });
        let expected = json!({
            "openapi": "3.0.3",
            "info": {"title": "Title", "version": "2026-05-12"},
            "security": [{"key": []}],
            "paths": {"/a": {"get": to["operation"]}},
            "components": to["components"],
        });
        let selected = select(&document, &["Get".to_owned()]).unwrap();
        assert_eq!(
            slice(&document, &selected).unwrap(),
            expected,
            "{}",
            case["name"]
        );
    }
}
