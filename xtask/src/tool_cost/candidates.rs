//! Which operations of a document code can be generated from, and why the others can't: found by trying.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::overlay;
use crate::{codegen, lint, slice};

/// The operations of a document.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// Those that code can be generated from, all at once.
    pub(crate) usable: Vec<String>,
    /// The others: by the reason, their operationIds.
    pub(crate) left_out: BTreeMap<String, Vec<String>>,
}

impl Candidates {
    /// Takes out those of whom this gives a reason.
    fn leave_out(&mut self, mut reason: impl FnMut(&str) -> Option<String>) {
        for id in std::mem::take(&mut self.usable) {
            match reason(&id) {
                Some(reason) => self.left_out.entry(reason).or_default().push(id),
                None => self.usable.push(id),
            }
        }
    }
}

/// Finds them: the listed ones first, then as the document has them.
pub(crate) fn find(full: &Value, ours: &Value, listed: &[String]) -> Result<Candidates> {
    let mut candidates = Candidates::default();
    let mut seen = BTreeSet::new();
    let ids = slice::operations(full).map(|operation| operation.id.to_owned());
    for id in listed
        .iter()
        .cloned()
        .chain(ids.filter(|id| !id.is_empty()))
    {
        if seen.insert(id.clone()) {
            candidates.usable.push(id);
        }
    }
    candidates.leave_out(|id| {
        let alone = slice::slice(full, &[id.to_owned()]);
        alone.err().map(|error| format!("{error:#}"))
    });
    let problems = lint::problems(&overlay::merged(full, ours, &candidates.usable)?);
    candidates.leave_out(|id| {
        let mut problems = problems.iter();
        let problem = problems.find(|problem| problem.operation.as_deref() == Some(id));
        problem.map(|problem| problem.reason.clone())
    });
    if generates(full, ours, &candidates.usable).is_err() {
        candidates.leave_out(|id| {
            let alone = generates(full, ours, &[id.to_owned()]);
            alone.err().map(|error| format!("{error:#}"))
        });
        generates(full, ours, &candidates.usable)
            .context("code can be generated from each operation alone, but not from all")?;
    }
    if candidates.usable.is_empty() {
        bail!("code can be generated from none of the operations");
    }
    Ok(candidates)
}

fn generates(full: &Value, ours: &Value, operations: &[String]) -> Result<()> {
    codegen::generate_from(&overlay::merged(full, ours, operations)?).map(|_| ())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_can_not_be_generated_is_left_out_with_its_reason() {
        let text = json!({"type": "string"});
        let answer =
            json!({"200": {"description": "", "content": {"application/json": {"schema": text}}}});
        let form = json!({"content": {"multipart/form-data": {"schema": {"type": "object"}}}});
        let full = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "paths": {
                "/a": {"post": {"operationId": "A", "responses": answer}},
                "/b": {"post": {"operationId": "B", "requestBody": form, "responses": answer}},
                "/c": {"get": {"operationId": "C", "responses": answer}},
                "/d": {"get": {"operationId": "D", "responses": {"200": {"$ref": "#/nowhere"}}}}
            }
        });
        let ours = json!({
            "overlay": "1.0.0",
            "info": {"title": "t", "version": "1"},
            "actions": [{"target": "$.paths['/gone']", "description": "why", "update": {"get": {}}}]
        });
        let found = find(&full, &ours, &["C".to_owned()]).unwrap();
        assert_eq!(found.usable, ["C", "A"]);
        let left_out: Vec<&Vec<String>> = found.left_out.values().collect();
        assert_eq!(left_out, [&["D"], &["B"]], "{:?}", found.left_out);
    }
}
