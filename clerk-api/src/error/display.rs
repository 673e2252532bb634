//! How an error is shown: without a key, a ticket, a link, or a body.

use std::error::Error as StdError;
use std::fmt;

use super::Error;
use super::kind::{ErrorKind, Outcome};

/// How many characters of a text from the server are shown.
const SHOWN: usize = 300;

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = inner.operation {
            write!(formatter, "{}: ", operation.id)?;
        }
        if let Some(status) = inner.status {
            write!(formatter, "{status}: ")?;
        }
        match (inner.kind, &inner.parameter) {
            (ErrorKind::InvalidInput, Some(parameter)) => {
                write!(formatter, "invalid input: {parameter} {}", inner.message)?;
            }
            _ => formatter.write_str(&inner.message)?,
        }
        for error in self.errors() {
            let text = error.long_message().unwrap_or(error.message());
            write!(formatter, "; {}", one_line(error.code()))?;
            if !text.is_empty() {
                write!(formatter, ": {}", one_line(text))?;
            }
            if let Some(parameter) = error.parameter() {
                write!(formatter, " (parameter {})", one_line(parameter))?;
            }
        }
        if inner.operation.is_none() || inner.kind == ErrorKind::InvalidInput {
            return Ok(());
        }
        let plural = if inner.attempts == 1 { "" } else { "s" };
        write!(
            formatter,
            " [{} attempt{plural} in {:.1?}",
            inner.attempts, inner.elapsed
        )?;
        if inner.outcome == Outcome::Unknown {
            formatter.write_str(", outcome unknown")?;
        }
        if let Some(retry_after) = inner.retry_after {
            write!(formatter, ", retry after {retry_after:?}")?;
        }
        if let Some(trace_id) = &inner.trace_id {
            write!(formatter, ", trace id {}", one_line(trace_id))?;
        }
        formatter.write_str("]")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        formatter
            .debug_struct("Error")
            .field("kind", &inner.kind)
            .field("outcome", &inner.outcome)
            .field("operation", &self.operation())
            .field("message", &inner.message)
            .field("parameter", &self.parameter())
            .field("status", &inner.status)
            .field("errors", &inner.body.errors)
            .field("trace_id", &inner.trace_id)
            .field("retry_after", &inner.retry_after)
            .field("attempts", &inner.attempts)
            .field("elapsed", &inner.elapsed)
            .field(
                "response_body_bytes",
                &inner.raw_body.as_ref().map(|body| body.len()),
            )
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_ref()?;
        Some(source)
    }
}

/// A text from the server, on one line and not too long.
fn one_line(text: &str) -> String {
    let mut line: String = text.chars().take(SHOWN).collect();
    if line.len() < text.len() {
        line.push('…');
    }
    line.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::{Cause, ErrorBody};
    use crate::generated::operations::CREATE_SIGN_IN_TOKEN;

    #[test]
    fn an_errors_line_has_neither_source_nor_body() {
        let message = "the server rejected the request";
        let mut error = Error::new(ErrorKind::Status, Outcome::Unknown, message)
            .for_operation(Some(&CREATE_SIGN_IN_TOKEN))
            .with_source(Some(Cause::of(&std::io::Error::other("lower layer"), "k")));
        let long = "ä".repeat(1000);
        let body = format!(
            r#"{{"errors": [{{"code": "a", "message": "not\nfound", "meta": {{"param_name": "b"}}}}, {{"code": "{long}"}}]}}"#
        );
        let inner = error.inner_mut();
        inner.status = Some(http::StatusCode::NOT_FOUND);
        inner.body = ErrorBody::parse(body.as_bytes(), "k");
        inner.raw_body = Some(bytes::Bytes::from_static(b"a body"));
        inner.trace_id = Some("t1".to_owned());
        inner.attempts = 2;
        inner.elapsed = Duration::from_millis(12);
        let line = error.to_string();
        let begin = "CreateSignInToken: 404 Not Found: the server rejected the request; a: not found (parameter b); ää";
        assert!(line.starts_with(begin), "{line}");
        let end = "ä… [2 attempts in 12.0ms, outcome unknown, trace id t1]";
        assert!(line.ends_with(end), "{line}");
        assert!(line.len() < 1000, "{line}");
        let debug = format!("{error:?}");
        assert!(debug.contains("lower layer"), "{debug}");
        assert!(debug.contains("response_body_bytes: Some(6)"), "{debug}");
    }
}
