//! JSON pointers (RFC 6901), written as the fragment of a reference: `#/paths/~1users/get`.

use std::fmt;

use serde_json::Value;

/// A path into a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pointer {
    tokens: Vec<String>,
}

impl Pointer {
    /// The whole document.
    pub(crate) fn root() -> Self {
        Self { tokens: Vec::new() }
    }

    /// What stands below `token` here.
    pub(crate) fn child(&self, token: &str) -> Self {
        let mut tokens = self.tokens.clone();
        tokens.push(token.to_owned());
        Self { tokens }
    }

    /// Reads the fragment of a reference (without its `#`); `None` if it is not a JSON pointer.
    pub(crate) fn parse_fragment(fragment: &str) -> Option<Self> {
        let decoded = percent_decode(fragment)?;
        if decoded.is_empty() {
            return Some(Self::root());
        }
        let tokens = decoded.strip_prefix('/')?.split('/');
        let tokens = tokens.map(unescape).collect::<Option<Vec<_>>>()?;
        Some(Self { tokens })
    }

    /// The keys and indexes on the way, from the top.
    pub(crate) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// What stands there.
    pub(crate) fn value_in<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.tokens
            .iter()
            .try_fold(document, |value, token| match value {
                Value::Object(map) => map.get(token),
                Value::Array(list) => list.get(index(token)?),
                _ => None,
            })
    }

    /// As a reference to write: what a URL's fragment can't hold is percent-encoded.
    pub(crate) fn to_reference(&self) -> String {
        let mut reference = String::new();
        for byte in self.to_string().bytes() {
            match byte {
                b'#' if reference.is_empty() => reference.push('#'),
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => reference.push(byte.into()),
                _ if b"-._~!$&'()*+,;=:@/?".contains(&byte) => reference.push(byte.into()),
                _ => reference.push_str(&format!("%{byte:02X}")),
            }
        }
        reference
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("#")?;
        for token in &self.tokens {
            write!(
                formatter,
                "/{}",
                token.replace('~', "~0").replace('/', "~1")
            )?;
        }
        Ok(())
    }
}

/// A list's index as JSON pointers write it: no sign, no leading zero.
pub(crate) fn index(token: &str) -> Option<usize> {
    let plain = token == "0" || !token.starts_with(['0', '+']);
    if plain { token.parse().ok() } else { None }
}

/// Undoes `~0` and `~1`; `None` for any other `~`.
fn unescape(token: &str) -> Option<String> {
    let mut out = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        out.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

/// Undoes `%2F` and the like; `None` if the result is not text.
fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Pointer;

    #[test]
    fn writes_and_reads_escapes() {
        let pointer = Pointer::root()
            .child("paths")
            .child("/a/{b}~c")
            .child("get");
        assert_eq!(pointer.to_string(), "#/paths/~1a~1{b}~0c/get");
        assert_eq!(pointer.to_reference(), "#/paths/~1a~1%7Bb%7D~0c/get");
        let read = Pointer::parse_fragment(&pointer.to_reference()[1..]);
        assert_eq!(read, Some(pointer));
        assert_eq!(Pointer::parse_fragment(""), Some(Pointer::root()));
        for bad in ["a", "/~", "/~2", "/%", "/%2", "/%zz", "/%ff"] {
            assert_eq!(Pointer::parse_fragment(bad), None, "{bad}");
        }
    }

    #[test]
    fn finds_values() {
        let document = json!({ "a": [{ "b": 1 }], "": 2 });
        let find = |fragment| {
            Pointer::parse_fragment(fragment)
                .unwrap()
                .value_in(&document)
                .cloned()
        };
        assert_eq!(find("/a/0/b"), Some(json!(1)));
        assert_eq!(find("/"), Some(json!(2)));
        for missing in ["/a/1", "/a/00", "/a/+0", "/a/-", "/a/0/b/c", "/b"] {
            assert_eq!(find(missing), None, "{missing}");
        }
    }
}
