//! How an error is shown: without a key, a ticket, a link, or a body.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::Error;
use super::kind::{ErrorKind, Outcome};

/// How much of a text that isn't ours is shown, in bytes: of a name, and of a message.
const MAX_NAME: usize = 80;
const MAX_TEXT: usize = 300;
/// How many of the server's errors are shown.
const MAX_ERRORS: usize = 3;

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = inner.operation {
            write!(formatter, "{}: ", operation.id)?;
        }
        if let Some(status) = inner.status {
            write!(formatter, "{}", status.as_u16())?;
            match status.canonical_reason() {
                Some(reason) => write!(formatter, " {reason}: ")?,
                None => formatter.write_str(": ")?,
            }
        }
        match (inner.kind, &inner.parameter) {
            (ErrorKind::InvalidInput, Some(parameter)) => {
                write!(formatter, "invalid input: {parameter} {}", inner.message)?;
            }
            _ => formatter.write_str(&inner.message)?,
        }
        for error in self.errors().iter().take(MAX_ERRORS) {
            let text = error.long_message().unwrap_or(error.message());
            write!(formatter, "; {}", one_line(error.code(), MAX_NAME))?;
            if !text.is_empty() {
                write!(formatter, ": {}", one_line(text, MAX_TEXT))?;
            }
            if let Some(parameter) = error.parameter() {
                write!(formatter, " (parameter {})", one_line(parameter, MAX_NAME))?;
            }
        }
        if let Some(more @ 1..) = self.errors().len().checked_sub(MAX_ERRORS) {
            write!(formatter, "; and {more} more")?;
        }
        if inner.operation.is_none() || inner.kind == ErrorKind::InvalidInput {
            return Ok(());
        }
        let plural = if inner.attempts == 1 { "" } else { "s" };
        write!(
            formatter,
            " [{} attempt{plural} in {}",
            inner.attempts,
            rounded(inner.elapsed)
        )?;
        if inner.outcome == Outcome::Unknown {
            formatter.write_str(", outcome unknown")?;
        }
        if let Some(retry_after) = inner.retry_after {
            write!(formatter, ", retry after {}", rounded(retry_after))?;
        }
        if let Some(trace_id) = &inner.trace_id {
            write!(formatter, ", trace id {}", one_line(trace_id, MAX_NAME))?;
        }
        formatter.write_str("]")
    }
}

/// The line of `Display` and what caused it, since this is what a `main` that returns the error prints.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")?;
        let mut source = self.source();
        while let Some(cause) = source {
            write!(
                formatter,
                "; caused by: {}",
                one_line(&cause.to_string(), MAX_TEXT)
            )?;
            source = cause.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_ref()?;
        Some(source)
    }
}

/// A text that isn't ours, on one line, and at most this long in bytes.
fn one_line(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.replace(is_unprintable, " ");
    }
    let mut ends = text.char_indices().map(|(end, _)| end);
    let end = ends.rfind(|end| *end <= max).unwrap_or_default();
    text[..end].replace(is_unprintable, " ") + "…"
}

/// Control characters, and those that break a line or change the direction of the text around them.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Short enough to read: whole milliseconds, or tenths of a second.
fn rounded(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
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
        let end = "ä… [2 attempts in 12 ms, outcome unknown, trace id t1]";
        assert!(line.ends_with(end), "{line}");
        assert!(line.len() < 1000, "{line}");
        let debug = format!("{error:?}");
        assert!(debug.contains("lower layer"), "{debug}");
        assert!(!debug.contains("a body"), "{debug}");
    }
}
