//! What the layers below had to say, without their types and without secrets.

use std::error::Error as StdError;
use std::fmt;

use crate::redact;

/// One error of a chain, as its text.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// The whole chain. An error whose text repeats that of the one above it is left out.
    pub(crate) fn of(error: &(dyn StdError + 'static), key: &str) -> Self {
        let text = redact::text(&error.to_string(), key).into_owned();
        let source = error.source().map(|source| Self::of(source, key));
        let source = source.and_then(|source| match source {
            same if same.text == text => same.source,
            other => Some(Box::new(other)),
        });
        Self { text, source }
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

    #[derive(Debug)]
    struct Outer(&'static str, std::io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }
    }

    impl StdError for Outer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.1)
        }
    }

    #[test]
    fn the_chain_is_kept_without_secrets_and_repetitions() {
        let cause = Cause::of(
            &Outer("no way", std::io::Error::other("with sk_test_x")),
            "k",
        );
        assert_eq!(cause.to_string(), "no way");
        let source = cause.source().map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("with [redacted]"));
        let cause = Cause::of(&Outer("same", std::io::Error::other("same")), "k");
        assert!(cause.source().is_none());
    }
}
