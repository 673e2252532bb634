//! Bytes into a document: YAML or JSON, read against a budget so that a small file with nested aliases cannot eat the
//! memory, and checked to be OpenAPI 3.0.x.

use std::cell::Cell;
use std::fmt;

use anyhow::{Context, bail};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::{Map, Number, Value};

/// The most values and keys that a document may have once its aliases are expanded; Clerk's largest so far has some 80 000.
const MAXIMUM_VALUES: usize = 500_000;

/// The most bytes that its strings may have together once its aliases are expanded.
const MAXIMUM_STRING_BYTES: usize = 64 * 1024 * 1024;

/// The most characters that can begin a YAML node; Clerk's largest document so far has some 45 000.
const MAXIMUM_YAML_INDICATORS: usize = 500_000;

/// The most brackets that can be open at once in YAML; more than 128 are refused while reading anyway.
const MAXIMUM_YAML_BRACKETS: usize = 2_000;

/// The most lines that can be YAML directives (`%TAG …`); OpenAPI needs none.
const MAXIMUM_YAML_DIRECTIVES: usize = 100;

/// Reads an OpenAPI 3.0.x document; `name` is what to call it in messages.
pub(crate) fn parse_openapi(bytes: &[u8], name: &str) -> anyhow::Result<Value> {
    let document = parse(bytes, name)?;
    check_version(&document).with_context(|| name.to_owned())?;
    Ok(document)
}

/// Reads YAML or JSON whose top level is a mapping; `name` is what to call it in messages.
///
/// Every mapping's keys are strings (an unquoted `200:` too), and no key stands twice in one mapping.
pub(crate) fn parse(bytes: &[u8], name: &str) -> anyhow::Result<Value> {
    parse_mapping(bytes).with_context(|| name.to_owned())
}

/// Reads YAML or JSON whose top level is a mapping.
fn parse_mapping(bytes: &[u8]) -> anyhow::Result<Value> {
    let text = text(bytes)?;
    let value = if text.trim_start().starts_with('{') {
        json(text)?
    } else {
        yaml(text)?
    };
    if !value.is_object() {
        bail!(
            "not a mapping at the top level but {}: is this an OpenAPI document?",
            describe(&value)
        );
    }
    Ok(value)
}

/// What kind of value this is, for messages.
pub(crate) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("the boolean {flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => {
            let start: String = text.chars().take(40).collect();
            let more = if start.len() < text.len() { "…" } else { "" };
            format!("the string {start:?}{more}")
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// The bytes as text, or why they are none.
fn text(bytes: &[u8]) -> anyhow::Result<&str> {
    if bytes.contains(&0) {
        bail!("a binary file (it has NUL bytes), not YAML or JSON");
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => bail!(
            "a binary file (no UTF-8 at byte {}), not YAML or JSON",
            error.valid_up_to()
        ),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        bail!("an empty file, not YAML or JSON");
    }
    Ok(text)
}

/// Reads JSON.
fn json(text: &str) -> anyhow::Result<Value> {
    let budget = Budget::new(Notation::Json);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node(&budget)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    // serde_json's own messages say line and column.
    value.context("not usable as JSON (it starts with `{`)")
}

/// Reads YAML.
fn yaml(text: &str) -> anyhow::Result<Value> {
    check_yaml_effort(text)?;
    let budget = Budget::new(Notation::Yaml);
    let deserializer = yaml_serde::Deserializer::from_str(text);
    let error = match Node(&budget).deserialize(deserializer) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mut message = error.to_string();
    if let Some(at) = error.location()
        && !message.contains(" at line ")
    {
        message.push_str(&format!(" at line {} column {}", at.line(), at.column()));
    }
    if message.starts_with("repetition limit") {
        message.push_str(": its aliases repeat too much (an alias bomb?)");
    }
    if message.starts_with("recursion limit") {
        message.push_str(": nested too deeply, or an alias that contains itself");
    }
    bail!("not usable as YAML: {message}")
}

/// Refuses what the YAML reader would take too long or too much memory for: it holds all nodes before it hands out the
/// first, and the time that it takes grows with the square of the brackets that are open and of the directives.
///
/// This looks at characters only and may count some that are text: the limits leave room for that.
fn check_yaml_effort(text: &str) -> anyhow::Result<()> {
    let mut indicators = 0;
    let mut open: usize = 0;
    let mut most_open = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            b'\n' | b',' | b':' | b'-' | b'?' => {}
            _ => continue,
        }
        indicators += 1;
        most_open = most_open.max(open);
    }
    let directives = text.lines().filter(|line| line.starts_with('%')).count();
    for (what, found, maximum) in [
        (
            "places where a value may begin",
            indicators,
            MAXIMUM_YAML_INDICATORS,
        ),
        ("brackets open at once", most_open, MAXIMUM_YAML_BRACKETS),
        ("directives", directives, MAXIMUM_YAML_DIRECTIVES),
    ] {
        if found > maximum {
            bail!(
                "not usable as YAML: {found} {what} are too many for a document to be read (at most {maximum})"
            );
        }
    }
    Ok(())
}

/// Refuses what is not OpenAPI 3.0.x.
fn check_version(document: &Value) -> anyhow::Result<()> {
    match document.get("openapi") {
        Some(Value::String(version)) if is_openapi_3_0(version) => Ok(()),
        Some(Value::String(version)) => {
            bail!("not OpenAPI 3.0.x: `openapi` is {version:?}; this tool reads 3.0.x only")
        }
        Some(other) => bail!(
            "not OpenAPI 3.0.x: `openapi` is {}, not a string such as '3.0.3'",
            describe(other)
        ),
        None => match document.get("swagger") {
            Some(version) => bail!(
                "not OpenAPI 3.0.x but Swagger: `swagger` is {}",
                describe(version)
            ),
            None => bail!("not OpenAPI 3.0.x: no key `openapi` at the top level"),
        },
    }
}

/// Whether this is `3.0.` and a number.
fn is_openapi_3_0(version: &str) -> bool {
    version
        .strip_prefix("3.0.")
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What the document is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Json,
    Yaml,
}

/// What is left to spend on one document.
struct Budget {
    notation: Notation,
    values: Cell<usize>,
    string_bytes: Cell<usize>,
}

impl Budget {
    fn new(notation: Notation) -> Self {
        Self {
            notation,
            values: Cell::new(MAXIMUM_VALUES),
            string_bytes: Cell::new(MAXIMUM_STRING_BYTES),
        }
    }

    /// Takes one value or key and the bytes of its string, or stops the reading.
    fn spend<E: Error>(&self, string_bytes: usize) -> Result<(), E> {
        let values = self.values.get().checked_sub(1);
        let bytes = self.string_bytes.get().checked_sub(string_bytes);
        let (Some(values), Some(bytes)) = (values, bytes) else {
            let hint = match self.notation {
                Notation::Json => "",
                Notation::Yaml => " once its aliases are expanded (an alias bomb?)",
            };
            return Err(E::custom(format_args!(
                "too large{hint}: more than {MAXIMUM_VALUES} values or {MAXIMUM_STRING_BYTES} bytes of text"
            )));
        };
        self.values.set(values);
        self.string_bytes.set(bytes);
        Ok(())
    }
}

/// Builds one value, and what is in it, against the budget.
#[derive(Clone, Copy)]
struct Node<'a>(&'a Budget);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value that JSON has too")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.0.spend(0)?;
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.0.spend(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        self.0.spend(0)?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.0.spend(0)?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key_seed(Key(self.0))? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
            }
            let value = entries.next_value_seed(self)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _tagged: A) -> Result<Value, A::Error> {
        Err(A::Error::custom(
            "a value with a YAML tag (`!…`), which OpenAPI does not allow",
        ))
    }
}

/// Builds one key of a mapping: always a string, as the document spells it.
struct Key<'a>(&'a Budget);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key that is a string")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<String, E> {
        // Taken as a key, it would silently lose what it was to merge.
        if key == "<<" && self.0.notation == Notation::Yaml {
            return Err(E::custom(
                "a YAML merge key (`<<`), which OpenAPI does not allow: write its entries out",
            ));
        }
        self.0.spend(key.len())?;
        Ok(key.to_owned())
    }
}

#[cfg(test)]
mod tests;
