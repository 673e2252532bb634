//! Keywords that OpenAPI 3.0 doesn't have. The generator would silently ignore them.

use serde_json::Value;

use super::load::describe;
use super::problem::Problem;
use super::shape::Shape;
use super::uses::{problem, uses};
use super::walk::{Object, walk};

/// The keywords whose values are plain data; [`Shape::field`] knows the others.
const PLAIN: [(Shape, &str); 13] = [
    (Shape::Document, "openapi security"),
    (Shape::Info, "title version"),
    (Shape::Operation, "operationId deprecated security"),
    (Shape::Parameter, "name in"),
    (Shape::Parameter, STYLE),
    (Shape::Header, STYLE),
    (Shape::RequestBody, "required"),
    (Shape::Encoding, "contentType style explode allowReserved"),
    (
        Shape::Schema,
        "type format nullable readOnly writeOnly deprecated default pattern xml multipleOf uniqueItems \
         minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems minProperties \
         maxProperties",
    ),
    (Shape::Discriminator, "propertyName mapping"),
    (
        Shape::SecurityScheme,
        "type name in scheme bearerFormat flows openIdConnectUrl",
    ),
    (Shape::Server, "url"),
    (Shape::ServerVariable, "default"),
];

const STYLE: &str = "required deprecated allowEmptyValue style explode allowReserved";

/// The values that `type` can have.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

const FIX: &str =
    "use a document in OpenAPI 3.0, or leave the operation out of openapi/upstream.toml";

/// Finds what is not OpenAPI 3.0 in a contract, or at the top level of the document that it was cut from.
pub(crate) fn problems(full: &Value, contract: &Value) -> Vec<Problem> {
    let uses = uses(contract);
    let mut found = Vec::new();
    let mut check = |object: &Object<'_>| {
        if object.reference().is_some() {
            return;
        }
        for (key, value) in object.place.value.as_object().into_iter().flatten() {
            if let Some(reason) = wrong(object.shape, key, value) {
                found.push(problem(&uses, &object.place, reason, FIX));
            }
        }
    };
    check(&Object::document(full));
    walk(&Object::document(contract), &mut check);
    found
}

fn wrong(shape: Shape, key: &str, value: &Value) -> Option<String> {
    let mut plain = PLAIN.iter().filter(|(owner, _)| *owner == shape);
    let is_plain = plain.any(|(_, keys)| keys.split(' ').any(|known| known == key));
    if !is_plain && shape.field(key).is_none() && !key.starts_with("x-") {
        return Some(format!("OpenAPI 3.0 has no `{key}` here"));
    }
    let is_right = match (shape, key) {
        (Shape::Schema, "type") => value.as_str().is_some_and(|text| TYPES.contains(&text)),
        (Shape::Schema, "nullable" | "exclusiveMinimum" | "exclusiveMaximum") => value.is_boolean(),
        _ => true,
    };
    (!is_right).then(|| format!("`{key}` can't be {} in OpenAPI 3.0", describe(value)))
}
