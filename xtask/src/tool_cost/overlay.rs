//! An overlay for whatever operations are chosen: the project's own as far as it applies, and what else `codegen` asks for.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{overlay, slice, spec};

/// Methods that may be repeated (RFC 9110, 9.2.2).
const IDEMPOTENT_METHODS: [&str; 6] = ["get", "head", "options", "trace", "put", "delete"];

/// The operations cut out of the document, with the overlay for them applied.
pub(crate) fn merged(full: &Value, ours: &Value, operations: &[String]) -> Result<Value> {
    let contract = slice::slice(full, operations)?;
    overlay::apply(&contract, for_contract(&contract, ours)?, spec::OVERLAY)
}

/// The actions of ours that apply to the contract, and one for each operation that they leave unstated.
pub(crate) fn for_contract(contract: &Value, ours: &Value) -> Result<Value> {
    let with = |actions: Vec<Value>| {
        let mut overlay = ours.clone();
        overlay["actions"] = Value::Array(actions);
        overlay
    };
    let mut actions = Vec::new();
    for action in ours["actions"].as_array().into_iter().flatten() {
        if overlay::apply(contract, with(vec![action.clone()]), spec::OVERLAY).is_ok() {
            actions.push(action.clone());
        }
    }
    // An overlay must have an action.
    let described = if actions.is_empty() {
        contract.clone()
    } else {
        overlay::apply(contract, with(actions.clone()), spec::OVERLAY)
            .context("the project's overlay, as far as it applies")?
    };
    let unstated = slice::operations(&described).filter(|operation| {
        described["paths"][operation.path][operation.method]["x-idempotent"].is_null()
    });
    actions.extend(unstated.map(|operation| {
        json!({
            "target": format!("$.paths['{}'].{}", quoted(operation.path), operation.method),
            "description": "For measuring: stated by the method alone.",
            "update": { "x-idempotent": IDEMPOTENT_METHODS.contains(&operation.method) },
        })
    }));
    Ok(with(actions))
}

/// A text as it stands between the single quotes of a JSONPath.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_applies_is_kept_and_the_rest_is_stated() {
        let contract = json!({"paths": {
            "/a": {"post": {"operationId": "A"}},
            "/b's": {"delete": {"operationId": "B"}}
        }});
        let actions = json!([
            {"target": "$.paths['/a'].post", "description": "why", "update": {"x-idempotent": true}},
            {"target": "$.paths['/gone'].post", "description": "why", "update": {"x-idempotent": true}}
        ]);
        let ours =
            json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
        let made = for_contract(&contract, &ours).unwrap();
        let targets: Vec<&Value> = made["actions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|action| &action["target"])
            .collect();
        assert_eq!(targets, ["$.paths['/a'].post", r"$.paths['/b\'s'].delete"]);
        let applied = overlay::apply(&contract, made, "overlay.yml").unwrap();
        assert_eq!(applied["paths"]["/b's"]["delete"]["x-idempotent"], true);
    }
}
