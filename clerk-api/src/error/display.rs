//! How an error is shown: without a key, a ticket, a link, or a body.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::Error;
use super::kind::{ErrorKind, Outcome};

/// How much of a server's text is shown, in bytes: of a name, and of a message.
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
            let (code, text) = (one_line(error.code(), MAX_NAME), one_line(text, MAX_TEXT));
            match (code.is_empty(), text.is_empty()) {
                (false, false) => write!(formatter, "; {code}: {text}")?,
                _ => write!(formatter, "; {code}{text}")?,
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

/// The line of `Display` and its causes, since a `main` that returns the error prints this.
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
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// A server's text on one line, and at most this long in bytes.
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

    #[test]
    fn a_text_from_the_server_is_one_line_and_not_too_long() {
        assert_eq!(one_line("not\nfound\r\u{1b}", 80), "not found  ");
        assert_eq!(one_line("a\u{202e}b\u{2028}c", 80), "a b c");
        let text = "ä".repeat(40);
        assert_eq!(one_line(&text, 80), text);
        assert_eq!(one_line(&text, 79), "ä".repeat(39) + "…");
    }

    #[test]
    fn durations_are_rounded() {
        for (milliseconds, text) in [(0, "0 ms"), (999, "999 ms"), (29_951, "30.0 s")] {
            assert_eq!(rounded(Duration::from_millis(milliseconds)), text);
        }
    }
}
