//! The overlay: every deviation of ours from the contract, each with its reason (OpenAPI Overlay 1.0).

use anyhow::{Context, Result, bail};
use roas_overlay::apply::{Apply, ApplyOptions};
use roas_overlay::v1_0::Overlay;
use roas_overlay::validation::Validate;
use serde_json::Value;

use crate::schemas;

/// Applies `overlay` to `contract`. `name` says in messages which file the overlay is.
///
/// An action without a reason, and an action that matches nothing, is an error: the first can't be reviewed, the second
/// is a leftover that would pass unseen when upstream changes.
pub(crate) fn apply(contract: &Value, overlay: Value, name: &str) -> Result<Value> {
    let overlay: Overlay = serde_json::from_value(overlay)
        .with_context(|| format!("{name}: not an OpenAPI Overlay 1.0 document"))?;
    if let Err(error) = overlay.validate(Default::default()) {
        bail!("{name}: not a valid OpenAPI Overlay 1.0 document: {error}");
    }
    for (index, action) in overlay.actions.iter().enumerate() {
        let reason = action.description.as_deref().unwrap_or_default();
        if reason.trim().is_empty() {
            bail!(
                "{name}: /actions/{index} (target {}): has no reason; say in its `description` why we deviate from upstream",
                action.target
            );
        }
    }
    let mut merged = contract.clone();
    overlay
        .apply(&mut merged, ApplyOptions::ErrorOnZeroMatch.into())
        .map_err(|error| {
            anyhow::anyhow!(
                "{name}: /actions/{} (target {}): {}; correct the target or remove the action",
                error.action_index,
                error.target,
                error.kind
            )
        })?;
    let mut invented = None;
    schemas::visit(&mut merged.clone(), &mut |place, _| {
        if contract.pointer(&place.pointer).is_none() {
            invented.get_or_insert_with(|| place.pointer.clone());
        }
    });
    if let Some(pointer) = invented {
        bail!(
            "{name}: an action makes #{pointer}, which the contract doesn't have; an overlay describes and corrects, so correct the name or remove it there"
        );
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn overlay(actions: Value) -> Value {
        json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions})
    }

    fn failure(actions: Value) -> String {
        let contract = json!({"info": {"title": "a"}});
        apply(&contract, overlay(actions), "overlay.yml")
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn an_action_changes_what_it_selects() {
        let contract = json!({"info": {"title": "a", "version": "1"}});
        let actions = json!([{"target": "$.info", "description": "why", "update": {"title": "b"}}]);
        let merged = apply(&contract, overlay(actions), "overlay.yml").unwrap();
        assert_eq!(merged, json!({"info": {"title": "b", "version": "1"}}));
    }

    #[test]
    fn an_action_that_matches_nothing_is_an_error() {
        let message =
            failure(json!([{"target": "$.nowhere", "description": "why", "update": {"a": 1}}]));
        assert!(
            message.contains("overlay.yml: /actions/0 (target $.nowhere)"),
            "{message}"
        );
    }

    #[test]
    fn an_action_without_a_reason_is_an_error() {
        let message = failure(json!([
            {"target": "$.info", "description": "why", "update": {"a": 1}},
            {"target": "$.info", "description": "  ", "update": {"a": 1}}
        ]));
        assert!(message.contains("/actions/1"), "{message}");
        assert!(message.contains("has no reason"), "{message}");
    }

    #[test]
    fn a_property_that_the_contract_does_not_have_is_an_error() {
        let contract = json!({"components": {"schemas": {"A": {"properties": {"new_name": {"type": "string"}}}}}});
        let actions = json!([{
            "target": "$.components.schemas.A",
            "description": "why",
            "update": {"properties": {"old_name": {"description": "d"}}}
        }]);
        let error = apply(&contract, overlay(actions), "overlay.yml").unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains(
                "overlay.yml: an action makes #/components/schemas/A/properties/old_name"
            ),
            "{message}"
        );
    }

    #[test]
    fn an_invalid_target_is_an_error() {
        let message = failure(json!([{"target": "info", "description": "why", "update": {}}]));
        assert!(message.contains("overlay.yml"), "{message}");
    }

    #[test]
    fn another_document_is_not_an_overlay() {
        let error = apply(&json!({}), json!({"openapi": "3.0.3"}), "overlay.yml").unwrap_err();
        assert!(
            error.to_string().contains("not an OpenAPI Overlay 1.0"),
            "{error}"
        );
    }
}
