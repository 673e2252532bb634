//! How an error is shown: never a key, ticket or link, never a body.

use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorKind, Outcome};

/// Longest text of the server's that is shown, in characters.
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
            write!(formatter, "; {}", OneLine(error.code()))?;
            if !text.is_empty() {
                write!(formatter, ": {}", OneLine(text))?;
            }
            if let Some(parameter) = error.parameter() {
                write!(formatter, " (parameter {})", OneLine(parameter))?;
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
            write!(formatter, ", trace id {}", OneLine(trace_id))?;
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

/// The server's words, on one line and not too many of them.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for (index, character) in self.0.chars().enumerate() {
            if index == SHOWN {
                return formatter.write_char('…');
            }
            formatter.write_char(if character.is_control() {
                ' '
            } else {
                character
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Cause, ErrorBody, Outcome};
    use super::*;
    use crate::generated::operations::CREATE_SIGN_IN_TOKEN;

    fn not_found() -> Error {
        let mut error = Error::new(
            ErrorKind::Status,
            Outcome::Rejected,
            "the server refused the request",
        )
        .for_operation(Some(&CREATE_SIGN_IN_TOKEN));
        let inner = error.inner_mut();
        inner.status = Some(http::StatusCode::NOT_FOUND);
        inner.body = ErrorBody::parse(
            br#"{"errors": [{"code": "resource_not_found", "message": "not\nfound", "meta": {"param_name": "user_id"}}]}"#,
            "k",
        );
        inner.raw_body = Some(bytes::Bytes::from_static(b"eyJ-body"));
        inner.trace_id = Some("t1".to_owned());
        inner.attempts = 1;
        inner.elapsed = Duration::from_millis(12);
        error.with_source(Some(Cause::of(&std::io::Error::other("lower layer"), "k")))
    }

    #[test]
    fn display_is_one_line_without_source_or_body() {
        assert_eq!(
            not_found().to_string(),
            "CreateSignInToken: 404 Not Found: the server refused the request; resource_not_found: not found (parameter user_id) \
             [1 attempt in 12.0ms, trace id t1]"
        );
    }

    #[test]
    fn debug_has_the_source_and_the_size_of_the_body_only() {
        let debug = format!("{:?}", not_found());
        assert!(
            debug.contains("lower layer") && debug.contains("response_body_bytes: Some(8)"),
            "{debug}"
        );
        assert!(!debug.contains("eyJ-body"), "{debug}");
    }

    #[test]
    fn long_texts_are_cut() {
        let text = OneLine(&"ä".repeat(1000)).to_string();
        assert_eq!(text.chars().count(), SHOWN + 1);
    }
}
