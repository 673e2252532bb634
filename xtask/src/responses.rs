//! The responses of an operation, as the generators take them.

use serde_json::Value;

use crate::schemas::METHODS;

/// Whether a response of this status code is the success. `default` is where nothing else is.
pub(crate) fn is_success(code: &str, responses: &Value) -> bool {
    match code {
        "default" => !responses
            .as_object()
            .is_some_and(|responses| responses.keys().any(|code| code.starts_with('2'))),
        code => code.starts_with('2'),
    }
}

/// The schema of a response's JSON body, where it has one.
pub(crate) fn json_schema<'a>(document: &'a Value, response: &'a Value) -> Option<&'a Value> {
    let content = resolve(document, response)["content"].as_object()?;
    let (_, body) = content
        .iter()
        .find(|(media_type, _)| media_type.starts_with("application/json"))?;
    body.get("schema")
}

/// Leaves the successes alone: the one error type is then `()`, and every other status comes as an
/// `UnexpectedResponse`, unread. The layer above reads all error bodies, those of undeclared statuses too.
pub(crate) fn keep_successes(document: &mut Value) {
    for operation in operations_mut(document) {
        let Some(responses) = operation.get_mut("responses") else {
            continue;
        };
        let all = responses.clone();
        if let Some(responses) = responses.as_object_mut() {
            responses.retain(|code, _| is_success(code, &all));
            // progenitor takes `default` for the error, too.
            if let Some(success) = responses.remove("default") {
                responses.insert("2XX".to_owned(), success);
            }
        }
    }
}

/// The operations, wherever they stand.
pub(crate) fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(|paths| paths.values_mut());
    items
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.iter_mut())
        .filter(|(key, _)| METHODS.contains(&key.as_str()))
        .map(|(_, operation)| operation)
}

/// Follows one `$ref`; a reference that leads nowhere is `sync`'s to report.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'));
    pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(responses: Value) -> Vec<String> {
        let mut document =
            json!({"paths": {"/a": {"parameters": [], "get": {"responses": responses}}}});
        keep_successes(&mut document);
        let responses = document["paths"]["/a"]["get"]["responses"]
            .as_object()
            .unwrap();
        responses.keys().cloned().collect()
    }

    #[test]
    fn only_successes_are_left() {
        let responses =
            json!({"200": {}, "204": {}, "302": {}, "404": {}, "5XX": {}, "default": {}});
        assert_eq!(kept(responses), ["200", "204"]);
        assert_eq!(kept(json!({"400": {}, "default": {}})), ["2XX"]);
        assert!(kept(json!({"302": {}})).is_empty());
    }
}
