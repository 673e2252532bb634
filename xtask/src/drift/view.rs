//! An object as it counts: references followed, and a single `allOf` merged into what stands around it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::openapi::pointer::Pointer;

/// How many references and wrappers may follow one another.
const MAXIMUM_STEPS: usize = 100;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) document: &'a Value,
    pub(crate) at: Pointer,
    pub(crate) value: &'a Value,
}

impl<'a> Place<'a> {
    /// What stands below a key.
    pub(crate) fn child(&self, key: &str) -> Option<Self> {
        let child = self.at.child(key);
        let value = match self.value {
            Value::Array(list) => list.get(key.parse::<usize>().ok()?),
            value => value.get(key),
        };
        value.map(|value| Self {
            document: self.document,
            at: child,
            value,
        })
    }

    /// The elements of a list.
    pub(crate) fn elements(&self) -> Vec<Self> {
        let count = self.value.as_array().map_or(0, Vec::len);
        (0..count)
            .filter_map(|index| self.child(&index.to_string()))
            .collect()
    }

    /// The values of a mapping, by key.
    pub(crate) fn entries(&self) -> BTreeMap<&'a str, Self> {
        let map = self.value.as_object().into_iter().flatten();
        map.map(|(key, value)| {
            let place = Self {
                document: self.document,
                at: self.at.child(key),
                value,
            };
            (key.as_str(), place)
        })
        .collect()
    }

    /// What it is once references are followed; a reference that leads nowhere is left as it is.
    pub(crate) fn resolved(&self) -> Self {
        let mut place = self.clone();
        for _ in 0..MAXIMUM_STEPS {
            let reference = place.value.get("$ref").and_then(Value::as_str);
            let fragment = reference.and_then(|reference| reference.strip_prefix('#'));
            let Some(at) = fragment.and_then(Pointer::parse_fragment) else {
                break;
            };
            let Some(value) = at.value_in(place.document) else {
                break;
            };
            place = Self { at, value, ..place };
        }
        place
    }
}

/// A schema as it counts.
#[derive(Clone, Debug)]
pub(crate) struct Schema<'a> {
    /// Where it stands once references are followed.
    pub(crate) at: Pointer,
    keywords: BTreeMap<&'a str, Place<'a>>,
}

impl<'a> Schema<'a> {
    pub(crate) fn of(place: &Place<'a>) -> Self {
        Self::unwrapped(place, MAXIMUM_STEPS)
    }

    fn unwrapped(place: &Place<'a>, steps: usize) -> Self {
        let place = place.resolved();
        let mut schema = Self {
            at: place.at.clone(),
            keywords: place.entries(),
        };
        let wrapped = match schema.keywords.get("allOf").map(Place::elements).as_deref() {
            Some([only]) if steps > 0 => Self::unwrapped(only, steps - 1),
            _ => return schema,
        };
        // What stands around the `allOf` is stricter or says more; where both say the same thing it is left as it is.
        let around =
            |key: &str| key != "allOf" && key != "nullable" && schema.keywords.contains_key(key);
        if wrapped.keywords.keys().any(|key| around(key)) {
            return schema;
        }
        schema.keywords.remove("allOf");
        if schema.keywords.is_empty() {
            return wrapped;
        }
        for (key, place) in wrapped.keywords {
            schema.keywords.entry(key).or_insert(place);
        }
        schema
    }

    /// The value of a keyword.
    pub(crate) fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.keywords.get(keyword).map(|place| place.value)
    }

    /// The value of a keyword, and where it stands.
    pub(crate) fn place(&self, keyword: &str) -> Option<&Place<'a>> {
        self.keywords.get(keyword)
    }

    /// What stands below a keyword and a key in it.
    pub(crate) fn below(&self, keyword: &str, key: &str) -> Option<Place<'a>> {
        self.place(keyword)?.child(key)
    }

    /// The keywords that it has.
    pub(crate) fn keywords(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.keywords.keys().copied()
    }

    /// Whether a keyword is `true`.
    pub(crate) fn flag(&self, keyword: &str) -> bool {
        self.get(keyword).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The texts in a list.
    pub(crate) fn texts(&self, keyword: &str) -> Vec<&'a str> {
        let list = self.get(keyword).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The names of the properties.
    pub(crate) fn properties(&self) -> Vec<&'a str> {
        let map = self.get("properties").and_then(Value::as_object);
        map.into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Where a keyword stands, or the schema where there is none.
    pub(crate) fn pointer_to(&self, below: &[String]) -> Pointer {
        let Some((keyword, rest)) = below.split_first() else {
            return self.at.clone();
        };
        let start = match self.keywords.get(keyword.as_str()) {
            Some(place) => place.at.clone(),
            None => self.at.clone(),
        };
        let mut place = start;
        let mut value = self.get(keyword);
        for key in rest {
            value = match value {
                Some(Value::Array(list)) => {
                    key.parse::<usize>().ok().and_then(|index| list.get(index))
                }
                Some(value) => value.get(key),
                None => None,
            };
            if value.is_none() {
                break;
            }
            place = place.child(key);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Place, Schema};
    use crate::openapi::pointer::Pointer;

    fn place(document: &Value) -> Place<'_> {
        Place {
            document,
            at: Pointer::root(),
            value: document,
        }
    }

    #[test]
    fn a_single_all_of_is_what_it_wraps() {
        let document = json!({
            "plain": { "type": "string" },
            "wrapped": { "allOf": [{ "$ref": "#/plain" }] },
            "twice": { "allOf": [{ "allOf": [{ "$ref": "#/wrapped" }] }] },
            "nullable": { "allOf": [{ "$ref": "#/plain" }], "nullable": true },
            "both": { "allOf": [{ "$ref": "#/plain" }], "type": "integer" },
            "endless": { "allOf": [{ "$ref": "#/endless" }] },
            "circle": { "$ref": "#/circle" },
        });
        let schema = |name: &str| Schema::of(&place(&document).child(name).unwrap());
        for name in ["plain", "wrapped", "twice"] {
            assert_eq!(schema(name).at.to_string(), "#/plain");
            assert_eq!(schema(name).get("type"), Some(&json!("string")));
        }
        let nullable = schema("nullable");
        assert!(nullable.flag("nullable"));
        assert_eq!(
            nullable.pointer_to(&["type".to_owned()]).to_string(),
            "#/plain/type"
        );
        assert_eq!(
            nullable.pointer_to(&["format".to_owned()]).to_string(),
            "#/nullable"
        );
        assert!(schema("both").get("allOf").is_some());
        assert!(schema("endless").get("allOf").is_some());
        assert!(schema("circle").get("$ref").is_some());
    }
}
