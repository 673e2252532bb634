//! What the server says is wrong, taken from any body that resembles Clerk's.

use serde_json::{Map, Value};

use crate::redact;

/// One reason why the server refused a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiError {
    code: String,
    message: String,
    long_message: Option<String>,
    meta: Map<String, Value>,
}

impl ApiError {
    /// Stable name of the reason, such as `resource_not_found`. Empty where the server gave none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The reason in a few words, for developers. May be empty.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The reason in a sentence, for people.
    pub fn long_message(&self) -> Option<&str> {
        self.long_message.as_deref()
    }

    /// The request's parameter that the reason is about (`meta.param_name`).
    pub fn parameter(&self) -> Option<&str> {
        self.meta.get("param_name").and_then(Value::as_str)
    }

    /// Further facts. Empty where the server gave none.
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

/// What is understood of an error body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ErrorBody {
    pub(crate) errors: Vec<ApiError>,
    pub(crate) trace_id: Option<String>,
}

impl ErrorBody {
    /// Takes what it can, without the key and other secrets; a body of another form, or none at all, gives nothing and
    /// fails nothing.
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

    fn parse(body: &str) -> ErrorBody {
        ErrorBody::parse(body.as_bytes(), "k")
    }

    #[test]
    fn a_whole_body() {
        let body = parse(
            r#"{"errors": [{"code": "form_param_missing", "message": "m", "long_message": "l", "meta": {"param_name": "user_id"}}],
                "meta": {}, "clerk_trace_id": "t"}"#,
        );
        let [error] = &body.errors[..] else {
            panic!("{body:?}")
        };
        assert_eq!(
            (error.code(), error.message(), error.long_message()),
            ("form_param_missing", "m", Some("l"))
        );
        assert_eq!(error.parameter(), Some("user_id"));
        assert_eq!(body.trace_id.as_deref(), Some("t"));
    }

    #[test]
    fn a_part_that_is_missing_or_null_loses_no_other() {
        for meta in ["", r#", "meta": null"#, r#", "meta": 7"#] {
            let body = parse(&format!(
                r#"{{"errors": [{{"code": "c", "message": ""{meta}}}]}}"#
            ));
            assert_eq!(body.errors.len(), 1, "{meta}");
            assert_eq!(body.errors[0].code(), "c");
            assert_eq!(body.errors[0].parameter(), None);
            assert_eq!(body.trace_id, None);
        }
    }

    #[test]
    fn one_bad_entry_loses_no_other() {
        let body =
            parse(r#"{"errors": [null, 1, {}, {"code": 5, "message": "m"}, {"code": "c"}]}"#);
        let codes: Vec<(&str, &str)> = body
            .errors
            .iter()
            .map(|error| (error.code(), error.message()))
            .collect();
        assert_eq!(codes, [("", "m"), ("c", "")]);
    }

    #[test]
    fn other_bodies_give_nothing() {
        for body in [
            "",
            "<html>",
            "null",
            "[]",
            "{",
            r#"{"error": "x"}"#,
            r#"{"errors": {}}"#,
            "\u{feff}{}",
        ] {
            assert_eq!(parse(body), ErrorBody::default(), "{body}");
        }
        assert_eq!(
            ErrorBody::parse(&[0xff, 0, 0x7b], "k"),
            ErrorBody::default()
        );
    }
}
