//! The overlay (OpenAPI Overlay 1.0): our changes to the contract, each with its reason.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use roas_overlay::apply::Apply;
use roas_overlay::v1_0::Overlay;
use roas_overlay::validation::Validate;
use serde_json::Value;

use super::load;
use super::shape::Shape;
use super::walk::{Object, walk};
use crate::paths::{CONTRACT, OVERLAY};

/// Marks an action that may match nothing.
const OPTIONAL: &str = "x-optional";

/// The contract with the overlay applied: the document that code is generated from.
pub(crate) fn merged(root: &Path) -> Result<Value> {
    let read = |name: &str| {
        let path = root.join(name);
        std::fs::read(&path).with_context(|| format!("{}: can't be read", path.display()))
    };
    let contract = load::openapi(&read(CONTRACT)?, CONTRACT)?;
    apply(&contract, load::mapping(&read(OVERLAY)?, OVERLAY)?, OVERLAY)
}

/// Applies `overlay` to `contract`. Messages call the overlay `name`.
///
/// An action without a reason can't be reviewed, and an action that matches nothing may be left over from before an
/// upstream change. Both are errors, and all errors are reported together.
pub(crate) fn apply(contract: &Value, overlay: Value, name: &str) -> Result<Value> {
    let overlay: Overlay = serde_json::from_value(overlay)
        .with_context(|| format!("{name}: not an OpenAPI Overlay 1.0 document"))?;
    if let Err(error) = overlay.validate(Default::default()) {
        bail!("{name}: not a valid OpenAPI Overlay 1.0 document: {error}");
    }
    let mut merged = contract.clone();
    let report = overlay
        .apply(&mut merged, Default::default())
        .map_err(|error| {
            anyhow!(
                "{name}: /actions/{} (target {}): {}; correct the target or remove the action",
                error.action_index,
                error.target,
                error.kind
            )
        })?;
    let mut problems = Vec::new();
    for (action, outcome) in overlay.actions.iter().zip(&report.actions) {
        let mut problem = |text: &str| {
            let place = format!("/actions/{} (target {})", outcome.index, outcome.target);
            problems.push(format!("{name}: {place}: {text}"));
        };
        let reason = action.description.as_deref().unwrap_or_default();
        if reason.trim().is_empty() {
            problem("has no reason; say in its `description` why we deviate from upstream");
        }
        let extensions = action.extensions.as_ref();
        let is_optional = extensions.and_then(|extensions| extensions.get(OPTIONAL));
        if outcome.matched == 0 && is_optional != Some(&Value::Bool(true)) {
            problem(
                "matches nothing; correct the target, remove the action, or mark it `x-optional: true` if it may match \
                 nothing",
            );
        }
    }
    walk(&Object::document(&merged), &mut |object| {
        let pointer = &object.place.pointer;
        if object.shape == Shape::Schema && pointer.value_in(contract).is_none() {
            problems.push(format!(
                "{name}: an action adds {pointer}, which the contract doesn't have; correct its name in the \
                 overlay, or remove it there"
            ));
        }
    });
    if problems.is_empty() {
        return Ok(merged);
    }
    bail!("{}", problems.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn applied(contract: &Value, actions: &[Value]) -> Result<Value, String> {
        let info = json!({"title": "t", "version": "1"});
        let overlay = json!({"overlay": "1.0.0", "info": info, "actions": actions});
        apply(contract, overlay, "overlay.yml").map_err(|error| error.to_string())
    }

    #[test]
    fn all_that_is_wrong_with_actions_is_reported_at_once() {
        let schemas = json!({"A": {"properties": {"new": {}}}});
        let contract = json!({"info": {"title": "a"}, "components": {"schemas": schemas}});
        let old = json!({"properties": {"old": {"description": "d"}}});
        let mut actions = vec![
            json!({"target": "$.info", "description": "why", "update": {"title": "b"}}),
            json!({"target": "$..[?@.enum]", "description": "why", "x-optional": true, "update": {}}),
        ];
        let merged = applied(&contract, &actions).unwrap();
        assert_eq!(merged["info"], json!({"title": "b"}));
        actions.extend([
            json!({"target": "$.nowhere", "description": "why", "update": {"a": 1}}),
            json!({"target": "$.info", "description": " ", "update": {"a": 1}}),
            json!({"target": "$.gone", "description": "why", "remove": true}),
            json!({"target": "$.components.schemas.A", "description": "why", "update": old}),
        ]);
        let message = applied(&contract, &actions).unwrap_err();
        let expected = [
            "overlay.yml: /actions/2 (target $.nowhere): matches nothing",
            "overlay.yml: /actions/3 (target $.info): has no reason",
            "overlay.yml: /actions/4 (target $.gone): matches nothing",
            "overlay.yml: an action adds #/components/schemas/A/properties/old",
        ];
        assert_eq!(message.lines().count(), expected.len(), "{message}");
        for (line, part) in message.lines().zip(expected) {
            assert!(line.contains(part), "{line}");
        }
    }

    #[test]
    fn what_is_no_overlay_is_an_error() {
        let action = json!({"target": "info", "description": "why", "update": {}});
        let error = applied(&json!({}), &[action]).unwrap_err();
        assert!(error.contains("overlay.yml"), "{error}");
        let error = apply(&json!({}), json!({"openapi": "3.0.3"}), "overlay.yml").unwrap_err();
        assert!(error.to_string().contains("not an OpenAPI Overlay 1.0"));
    }
}
