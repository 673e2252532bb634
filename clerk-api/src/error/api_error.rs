//! What the server says is wrong, from any body that resembles Clerk's.

use serde_json::{Map, Value};

use crate::redact;

/// One of the server's reasons for an error response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiError {
    code: String,
    message: String,
    long_message: Option<String>,
    meta: Map<String, Value>,
}

impl ApiError {
    /// The code of the reason, such as `resource_not_found`. Empty if the response has none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// A short text for developers. May be empty.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A longer text for users.
    pub fn long_message(&self) -> Option<&str> {
        self.long_message.as_deref()
    }

    /// The request parameter that is wrong (`meta.param_name`).
    pub fn parameter(&self) -> Option<&str> {
        self.meta.get("param_name").and_then(Value::as_str)
    }

    /// Details. Empty if the response has none.
    pub fn meta(&self) -> &Map<String, Value> {
        &self.meta
    }

    fn from_value(value: &Value, key: &str) -> Option<Self> {
        let value = value.as_object()?;
        let text = |name: &str| {
            let text = value.get(name).and_then(Value::as_str)?;
            Some(redact::text(text, key).into_owned())
        };
        let meta = value.get("meta").and_then(Value::as_object);
        let error = Self {
            code: text("code").unwrap_or_default(),
            message: text("message").unwrap_or_default(),
            long_message: text("long_message").filter(|text| !text.is_empty()),
            meta: meta
                .map(|meta| redact::object(meta, key))
                .unwrap_or_default(),
        };
        (error != Self::default()).then_some(error)
    }
}

/// The parts of an error body that are understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ErrorBody {
    pub(crate) errors: Vec<ApiError>,
    pub(crate) trace_id: Option<String>,
}

impl ErrorBody {
    /// Takes what it can, without secrets. A body of another form yields nothing and is no error.
    pub(crate) fn parse(body: &[u8], key: &str) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Self::default();
        };
        let errors = body.get("errors").and_then(Value::as_array);
        let trace_id = body.get("clerk_trace_id").and_then(Value::as_str);
        Self {
            errors: errors
                .into_iter()
                .flatten()
                .filter_map(|error| ApiError::from_value(error, key))
                .collect(),
            trace_id: trace_id
                .filter(|id| !id.is_empty())
                .map(|id| redact::text(id, key).into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_entry_loses_no_other() {
        let body =
            r#"{"errors": [null, 1, {}, {"code": 5, "message": "m", "meta": 7}, {"code": "c"}]}"#;
        let body = ErrorBody::parse(body.as_bytes(), "k");
        let errors = body.errors.iter();
        let errors: Vec<_> = errors
            .map(|error| (error.code(), error.message()))
            .collect();
        assert_eq!(errors, [("", "m"), ("c", "")]);
    }
}
