//! Every action of the overlay has its reason.

use serde_json::Value;

use super::{none, read};

/// A reason says more than this many words.
const FEW_WORDS: usize = 3;

#[test]
fn every_action_has_a_reason() {
    let overlay: Value = yaml_serde::from_str(&read("openapi/overlay.yml")).unwrap();
    let actions = overlay["actions"].as_array().unwrap();
    assert!(!actions.is_empty());
    let problems: Vec<String> = actions
        .iter()
        .filter(|action| {
            let reason = action["description"].as_str().unwrap_or_default();
            reason.split_whitespace().count() < FEW_WORDS || !reason.ends_with('.')
        })
        .map(|action| {
            format!(
                "openapi/overlay.yml: {}: no sentence in `description` that says why",
                action["target"]
            )
        })
        .collect();
    none(&problems);
}
