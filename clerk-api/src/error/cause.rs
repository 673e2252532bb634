//! The errors of lower layers, without their types and without secrets.

use std::error::Error as StdError;
use std::fmt;

use crate::redact;

/// The text of an error, and what caused that.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// The whole chain, without errors that only repeat the text of the one above.
    pub(crate) fn new(error: &(dyn StdError + 'static), key: &str) -> Self {
        let text = redact::text(&error.to_string(), key).into_owned();
        let source = error.source().map(|source| Self::new(source, key));
        let source = source.and_then(|source| match source {
            same if same.text == text => same.source,
            other => Some(Box::new(other)),
        });
        Self { text, source }
    }
}

impl Cause {
    /// The text of the last error in the chain, usually the most specific.
    pub(crate) fn innermost(&self) -> &str {
        self.source
            .as_ref()
            .map_or(&self.text, |source| source.innermost())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_is_kept_without_secrets_and_repetitions() {
        let cause = |text: &str, source: Option<Cause>| Cause {
            text: text.to_owned(),
            source: source.map(Box::new),
        };
        let lower = cause("with sk_test_x", None);
        let chain = cause("no way", Some(cause("no way", Some(lower))));
        let copied = Cause::new(&chain, "k");
        assert_eq!(copied.to_string(), "no way");
        let source = copied.source().map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("with [redacted]"));
    }
}
