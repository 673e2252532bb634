//! Where a `$ref` leads.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::load::describe;
use super::place::Place;
use super::pointer::Pointer;

/// Follows `$ref`s from a place until there is another value; the place itself if it is not a `$ref`.
pub(crate) fn resolve<'a>(place: &Place<'a>) -> Result<Place<'a>> {
    let mut way = vec![place.clone()];
    while let Some(reference) = way.last().and_then(|last| last.value.get("$ref")) {
        let next = target(place.document, reference)?;
        let is_cycle = way.iter().any(|seen| seen.pointer == next.pointer);
        way.push(next);
        if is_cycle {
            let way: Vec<String> = way
                .iter()
                .map(|place| format!("`{}`", place.pointer))
                .collect();
            bail!(
                "reference cycle: {}; there is nothing at its end",
                way.join(" → ")
            );
        }
    }
    Ok(way.pop().unwrap_or_else(|| place.clone()))
}

/// As [`resolve`]; a place whose `$ref` can't be followed stays what it is. For documents that are checked already.
pub(crate) fn resolved<'a>(place: &Place<'a>) -> Place<'a> {
    resolve(place).unwrap_or_else(|_| place.clone())
}

/// Follows one reference, without following what it finds.
pub(crate) fn target<'a>(document: &'a Value, reference: &Value) -> Result<Place<'a>> {
    let Value::String(reference) = reference else {
        bail!("a `$ref` must be a string, not {}", describe(reference));
    };
    let Some(fragment) = reference.strip_prefix('#') else {
        bail!(
            "`$ref: {reference}` leads out of the document; use a document that upstream has bundled into one file"
        );
    };
    let Some(pointer) = Pointer::parse_fragment(fragment) else {
        bail!("`$ref: {reference}` is not a JSON pointer such as `#/components/schemas/Name`");
    };
    Place::at(document, &pointer)
        .with_context(|| format!("`$ref: {reference}` leads nowhere: there is no `{pointer}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn follows_references_to_their_end_or_says_why_not() {
        let document = json!({
            "a": { "$ref": "#/b" }, "b": { "$ref": "#/c~1d" }, "c/d": {},
            "circle": { "$ref": "#/back" }, "back": { "$ref": "#/circle" }, "name": { "$ref": "#a" },
        });
        let at = |name: &str| Place::root(&document).child(name).unwrap();
        for name in ["a", "b", "c/d"] {
            assert_eq!(resolve(&at(name)).unwrap().pointer.to_string(), "#/c~1d");
        }
        for (name, part) in [
            ("circle", "`#/circle` → `#/back` → `#/circle`"),
            ("name", "not a JSON pointer"),
        ] {
            let message = resolve(&at(name)).unwrap_err().to_string();
            assert!(message.contains(part), "no {part:?} in: {message}");
            assert_eq!(resolved(&at(name)).value, at(name).value);
        }
    }
}
