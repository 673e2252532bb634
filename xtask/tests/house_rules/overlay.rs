//! Every action of the overlay has its reason, which is a sentence.

use serde_json::Value;

use super::{none, read};

#[test]
fn every_action_has_a_reason() {
    let overlay: Value = yaml_serde::from_str(&read("openapi/overlay.yml")).unwrap();
    let actions = overlay["actions"].as_array().unwrap();
    assert!(!actions.is_empty());
    let is_reason = |text: &str| text.split_whitespace().count() >= 3 && text.ends_with('.');
    let without = actions
        .iter()
        .filter(|action| !action["description"].as_str().is_some_and(is_reason));
    let problems = without.map(|action| {
        format!(
            "openapi/overlay.yml: {}: no sentence in `description` that says why",
            action["target"]
        )
    });
    none(&problems.collect::<Vec<_>>());
}
