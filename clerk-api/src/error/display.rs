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
                &self.response_body().map(<[u8]>::len),
            )
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
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
    use super::*;

    #[test]
    fn a_text_from_the_server_is_one_line_and_not_too_long() {
        assert_eq!(one_line("not\nfound\r\u{1b}"), "not found  ");
        let (fits, too_long) = ("ä".repeat(SHOWN), "ä".repeat(SHOWN + 1));
        assert_eq!(one_line(&fits), fits);
        assert_eq!(one_line(&too_long), fits + "…");
    }
}
