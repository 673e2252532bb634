//! The responses of an operation.

use serde_json::Value;

use super::place::Place;
use super::refs;

/// Whether a response of this status code is the success. `default` is, if nothing else is.
pub(crate) fn is_success(code: &str, responses: &Value) -> bool {
    match code {
        "default" => !responses
            .as_object()
            .is_some_and(|responses| responses.keys().any(|code| code.starts_with('2'))),
        code => code.starts_with('2'),
    }
}

/// The schema of a response's JSON body, if it has one.
pub(crate) fn json_schema<'a>(response: &Place<'a>) -> Option<Place<'a>> {
    let content = refs::resolved(response).child("content")?;
    let mut bodies = content.children().into_iter();
    let (_, body) = bodies.find(|(media_type, _)| media_type.starts_with("application/json"))?;
    body.child("schema")
}
