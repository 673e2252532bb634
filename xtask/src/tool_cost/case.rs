//! So many operations: the files that the tools are run on, and the commands.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::overlay;
use crate::source::Source;
use crate::spec::OVERLAY;
use crate::sync::UPSTREAM;
use crate::{canonical, codegen, slice};

/// What is measured, in the order in which one needs the other's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Sync,
    Codegen,
    /// Upstream says what the contract says.
    DriftNone,
    /// Each operation has another optional parameter, so that code is generated twice.
    DriftAll,
}

impl Step {
    pub(crate) const ALL: [Self; 4] = [Self::Sync, Self::Codegen, Self::DriftNone, Self::DriftAll];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Codegen => "codegen",
            Self::DriftNone => "drift, nothing changed",
            Self::DriftAll => "drift, every operation changed",
        }
    }

    /// What it ends with when all is well.
    pub(crate) fn exit_code(self) -> i32 {
        match self {
            Self::DriftAll => 1,
            _ => 0,
        }
    }
}

/// The documents for one number of operations.
pub(crate) struct Case {
    documents: TempDir,
    upstream: PathBuf,
    changed: PathBuf,
    list: String,
    overlay: String,
    /// How large the contract is, as YAML.
    pub(crate) contract_bytes: usize,
}

impl Case {
    pub(crate) fn new(
        full: &Value,
        given: &Source,
        ours: &Value,
        operations: &[String],
    ) -> Result<Self> {
        let contract = slice::slice(full, operations)?;
        let overlay = overlay::for_contract(&contract, ours)?;
        let documents = tempfile::tempdir().context("there is no room for temporary files")?;
        let upstream = documents.path().join(&given.name);
        fs::write(&upstream, &given.bytes).context("the upstream document can't be copied")?;
        let changed = documents.path().join("changed");
        fs::create_dir(&changed).context("there is no room for temporary files")?;
        // Drift goes by the name.
        let changed = changed.join(&given.name);
        fs::write(
            &changed,
            canonical::to_yaml(&with_another_parameter(full, operations)),
        )
        .context("the changed document can't be written")?;
        Ok(Self {
            documents,
            upstream,
            changed,
            list: format!(
                "operations = {}\ndirectory = \"upstream\"\n",
                json!(operations)
            ),
            overlay: canonical::to_yaml(&overlay),
            contract_bytes: canonical::to_yaml(&contract).len(),
        })
    }

    /// A fresh copy of what the tools read and write.
    pub(crate) fn workspace(&self) -> Result<TempDir> {
        let workspace = tempfile::tempdir_in(self.documents.path())
            .context("there is no room for temporary files")?;
        for (name, text) in [(UPSTREAM, &self.list), (OVERLAY, &self.overlay)] {
            let path = workspace.path().join(name);
            let directory = path.parent().context("a file without a directory")?;
            fs::create_dir_all(directory)
                .and_then(|()| fs::write(&path, text))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        let generated = workspace.path().join(codegen::DIRECTORY);
        fs::create_dir_all(&generated)
            .with_context(|| format!("cannot make {}", generated.display()))?;
        Ok(workspace)
    }

    /// What xtask is told.
    pub(crate) fn arguments(&self, step: Step, root: &Path) -> Vec<OsString> {
        let (verb, document) = match step {
            Step::Sync => ("sync", Some(("--from", &self.upstream))),
            Step::Codegen => ("codegen", None),
            Step::DriftNone => ("drift", Some(("--against", &self.upstream))),
            Step::DriftAll => ("drift", Some(("--against", &self.changed))),
        };
        let mut arguments: Vec<OsString> = vec!["--root".into(), root.into(), verb.into()];
        if let Some((flag, path)) = document {
            arguments.extend([flag.into(), path.into()]);
        }
        arguments
    }
}

/// The document as it would be if each of these operations took another optional parameter.
fn with_another_parameter(full: &Value, operations: &[String]) -> Value {
    let mut changed = full.clone();
    let places: Vec<String> = slice::operations(full)
        .filter(|operation| operations.iter().any(|id| id == operation.id))
        .map(|operation| operation.pointer().to_string())
        .collect();
    for place in places {
        let place = place.strip_prefix('#').unwrap_or(&place);
        let Some(Value::Object(operation)) = changed.pointer_mut(place) else {
            continue;
        };
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Value::Array(parameters) = parameters {
            parameters.push(json!({
                "name": "xtask_measures_this",
                "in": "query",
                "schema": { "type": "string" },
            }));
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_chosen_operation_gets_a_parameter() {
        let full = json!({"paths": {
            "/a/{id}": {"get": {"operationId": "A", "parameters": [{"name": "id"}]}},
            "/b": {"get": {"operationId": "B"}, "post": {"operationId": "C"}}
        }});
        let changed = with_another_parameter(&full, &["A".to_owned(), "B".to_owned()]);
        let count = |place: &str| {
            let parameters = changed
                .pointer(place)
                .and_then(|found| found["parameters"].as_array());
            parameters.map(Vec::len)
        };
        assert_eq!(count("/paths/~1a~1{id}/get"), Some(2));
        assert_eq!(count("/paths/~1b/get"), Some(1));
        assert_eq!(count("/paths/~1b/post"), None);
    }
}
