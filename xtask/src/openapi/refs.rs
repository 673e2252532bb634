//! Following `$ref`s.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::load::describe;
use super::place::Place;
use super::pointer::Pointer;

/// The longest chain of references that is followed.
const LONGEST: usize = 16;

/// Follows a chain of `$ref`s to its end. A place that isn't a `$ref` is its own end.
pub(crate) fn resolve<'a>(place: &Place<'a>) -> Result<Place<'a>> {
    let mut chain = vec![place.clone()];
    while let Some(reference) = chain.last().and_then(|last| last.value.get("$ref")) {
        let next = target(place.document, reference)?;
        let is_cycle = chain.iter().any(|seen| seen.pointer == next.pointer);
        chain.push(next);
        if is_cycle || chain.len() > LONGEST {
            let chain: Vec<String> = chain
                .iter()
                .map(|place| format!("`{}`", place.pointer))
                .collect();
            bail!(
                "a reference cycle, or more than {LONGEST} references in a row: {}; use a document without it",
                chain.join(" → ")
            );
        }
    }
    Ok(chain.pop().unwrap_or_else(|| place.clone()))
}

/// Like [`resolve`], but returns the place itself if its `$ref` can't be followed. For documents that were checked.
pub(crate) fn resolved<'a>(place: &Place<'a>) -> Place<'a> {
    resolve(place).unwrap_or_else(|_| place.clone())
}

/// Follows one reference only.
pub(crate) fn target<'a>(document: &'a Value, reference: &Value) -> Result<Place<'a>> {
    let Value::String(reference) = reference else {
        bail!("a `$ref` must be a string, not {}", describe(reference));
    };
    let Some(fragment) = reference.strip_prefix('#') else {
        bail!("`$ref: {reference}` leads out of the document; use a bundled document");
    };
    if fragment.contains('%') {
        bail!(
            "`$ref: {reference}` is percent-encoded; use a document whose components have names of letters, digits, \
             `.`, `_` and `-`, as OpenAPI requires"
        );
    }
    let Some(pointer) = Pointer::parse_fragment(fragment) else {
        bail!("`$ref: {reference}` is not a JSON pointer such as `#/components/schemas/Name`");
    };
    Place::at(document, &pointer)
        .with_context(|| format!("`$ref: {reference}` leads nowhere: there is no `{pointer}`"))
}
