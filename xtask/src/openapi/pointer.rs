//! JSON pointers (RFC 6901), written as the fragment of a reference: `#/paths/~1users/get`.

use std::fmt;

use serde_json::Value;

/// A path into a document, as it stands behind the `#` of a reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The path with one more token.
    pub(crate) fn child(&self, token: &str) -> Self {
        let token = token.replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{token}", self.0))
    }

    /// The entry of this name in a section of `components`.
    pub(crate) fn component(section: &str, name: &str) -> Self {
        Self::root().child("components").child(section).child(name)
    }

    /// Reads the fragment of a reference (without its `#`); `None` if it is not a JSON pointer.
    pub(crate) fn parse_fragment(fragment: &str) -> Option<Self> {
        let is_pointer = fragment.is_empty() || fragment.starts_with('/');
        is_pointer.then(|| Self(fragment.to_owned()))
    }

    /// The keys and indexes, from the root.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let tokens = self.0.split('/').skip(1);
        let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
        tokens.map(unescape).collect()
    }

    /// The value at this path.
    pub(crate) fn value_in<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        document.pointer(&self.0)
    }

    /// The value at this path, to change it.
    pub(crate) fn value_in_mut<'a>(&self, document: &'a mut Value) -> Option<&'a mut Value> {
        document.pointer_mut(&self.0)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Pointer;

    #[test]
    fn writes_reads_and_finds() {
        let document = json!({ "/a~b": [{ "": 2 }] });
        let pointer = Pointer::root().child("/a~b").child("0").child("");
        assert_eq!(pointer.to_string(), "#/~1a~0b/0/");
        assert_eq!(pointer.tokens(), ["/a~b", "0", ""]);
        assert_eq!(Pointer::parse_fragment("/~1a~0b/0/"), Some(pointer.clone()));
        assert_eq!(pointer.value_in(&document), Some(&json!(2)));
        assert_eq!(Pointer::parse_fragment(""), Some(Pointer::root()));
        assert_eq!(Pointer::parse_fragment("a"), None);
    }
}
