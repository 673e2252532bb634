//! What stands in the way of generating code: said before progenitor meets it, with the operation and the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::responses::{self, resolve};
use crate::schemas::{self, METHODS, escape};

/// Request media types that progenitor can send.
const REQUEST_MEDIA_TYPES: [&str; 4] = [
    "application/json",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "text/plain",
];

/// Methods that change nothing on the server (RFC 9110, 9.2.1).
const SAFE_METHODS: [&str; 4] = ["get", "head", "options", "trace"];

/// One thing that has to change before code can be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The operation, where it belongs to one.
    pub(crate) operation: Option<String>,
    /// JSON pointer into contract + overlay.
    pub(crate) pointer: String,
    /// What is wrong.
    pub(crate) reason: String,
    /// What to do.
    pub(crate) fix: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.operation {
            write!(formatter, "{operation}: ")?;
        }
        write!(
            formatter,
            "#{}: {}; {}",
            self.pointer, self.reason, self.fix
        )
    }
}

/// All problems of the merged document.
pub(crate) fn problems(merged: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    for (path, item) in members(&merged["paths"]) {
        for (method, operation) in members(item) {
            if METHODS.contains(&method.as_str()) {
                let place = Operation {
                    document: merged,
                    pointer: format!("/paths/{}/{method}", escape(path)),
                    value: operation,
                };
                found.extend(identity(&place));
                found.extend(idempotency(&place, method));
                found.extend(request_body(&place));
                found.extend(parameters(&place, path, item));
                found.extend(responses(&place));
            }
        }
    }
    found.extend(closed_schemas(merged));
    found.extend(descriptions_of_nothing(merged));
    found
}

struct Operation<'a> {
    document: &'a Value,
    pointer: String,
    value: &'a Value,
}

impl<'a> Operation<'a> {
    fn problem(&self, below: &str, reason: impl Into<String>, fix: &'static str) -> Problem {
        Problem {
            operation: self.value["operationId"].as_str().map(str::to_owned),
            pointer: format!("{}{below}", self.pointer),
            reason: reason.into(),
            fix,
        }
    }

    fn resolve(&self, value: &'a Value) -> &'a Value {
        resolve(self.document, value)
    }
}

fn identity(operation: &Operation<'_>) -> Option<Problem> {
    operation.value["operationId"].as_str().is_none().then(|| {
        operation.problem(
            "",
            "the operation has no operationId",
            "give it one in openapi/overlay.yml",
        )
    })
}

fn idempotency(operation: &Operation<'_>, method: &str) -> Option<Problem> {
    let stated = &operation.value["x-idempotent"];
    let known = stated.is_boolean() || (stated.is_null() && SAFE_METHODS.contains(&method));
    (!known).then(|| {
        operation.problem(
            "",
            "nothing says whether the operation may be sent again when its outcome is unknown",
            "state `x-idempotent: true` or `false` in openapi/overlay.yml",
        )
    })
}

fn request_body(operation: &Operation<'_>) -> Vec<Problem> {
    const FIX: &str = "leave the operation out of openapi/upstream.toml, or correct the body in openapi/overlay.yml";
    let body = operation.resolve(&operation.value["requestBody"]);
    let content = &body["content"];
    let media_types: Vec<&String> = members(content).map(|(name, _)| name).collect();
    let mut found = Vec::new();
    if media_types.len() > 1 {
        let reason = format!(
            "the request body has {} media types; progenitor takes one",
            media_types.len()
        );
        found.push(operation.problem("/requestBody/content", reason, FIX));
    }
    for media_type in media_types {
        let below = format!("/requestBody/content/{}", escape(media_type));
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !REQUEST_MEDIA_TYPES.contains(&essence) {
            let reason = format!("progenitor can't send a request body of media type {media_type}");
            found.push(operation.problem(&below, reason, FIX));
        } else if content[media_type].get("schema").is_none() {
            found.push(operation.problem(&below, "the request body has no schema", FIX));
        } else if members(&content[media_type]["encoding"]).next().is_some() {
            found.push(operation.problem(&below, "progenitor takes no `encoding`", FIX));
        }
    }
    found
}

fn parameters(operation: &Operation<'_>, path: &str, item: &Value) -> Vec<Problem> {
    const FIX: &str = "leave the operation out of openapi/upstream.toml, or correct the parameter in openapi/overlay.yml";
    let mut found = Vec::new();
    let mut in_path = BTreeSet::new();
    let mut names = BTreeMap::<String, (&str, &str)>::new();
    let own = elements(&operation.value["parameters"]).map(|parameter| (true, parameter));
    let shared = elements(&item["parameters"]).map(|parameter| (false, parameter));
    for (index, (is_own, parameter)) in own.chain(shared).enumerate() {
        let parameter = resolve(operation.document, parameter);
        let name = parameter["name"].as_str().unwrap_or_default();
        let location = parameter["in"].as_str().unwrap_or_default();
        let below = if is_own {
            format!("/parameters/{index}")
        } else {
            String::new()
        };
        if location == "path" {
            in_path.insert(name.to_owned());
        }
        let earlier = names.insert(name.to_snake_case(), (name, location));
        // An operation may override a parameter of its path.
        if let Some((other, _)) = earlier.filter(|earlier| *earlier != (name, location)) {
            let reason = format!("the parameters `{other}` and `{name}` make one name in Rust");
            found.push(operation.problem(&below, reason, FIX));
        }
        let usual_style = match location {
            "query" => "form",
            _ => "simple",
        };
        let style = parameter["style"].as_str().unwrap_or(usual_style);
        if location == "cookie" {
            let reason = format!("progenitor takes no cookie parameter (`{name}`)");
            found.push(operation.problem(&below, reason, FIX));
        } else if style != usual_style {
            let reason = format!("progenitor takes no `style: {style}` for the parameter `{name}`");
            found.push(operation.problem(&below, reason, FIX));
        }
        if parameter.get("content").is_some() {
            let reason = format!("progenitor takes no `content` for the parameter `{name}`");
            found.push(operation.problem(&below, reason, FIX));
        }
    }
    for name in path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
    {
        if !in_path.contains(name.0) {
            let reason = format!(
                "the path names `{{{}}}`, which no parameter describes",
                name.0
            );
            found.push(operation.problem("/parameters", reason, FIX));
        }
    }
    found
}

/// progenitor takes one response type for all successes. It doesn't see the errors.
fn responses(operation: &Operation<'_>) -> Option<Problem> {
    let all = &operation.value["responses"];
    let successes = members(all).filter(|(code, _)| responses::is_success(code, all));
    let mut types: Vec<(&String, Value)> = Vec::new();
    for (code, response) in successes {
        let response_type = response_type(operation, response);
        if !types.iter().any(|(_, known)| *known == response_type) {
            types.push((code, response_type));
        }
    }
    (types.len() > 1).then(|| {
        let codes: Vec<&str> = types.iter().map(|(code, _)| code.as_str()).collect();
        let reason = format!(
            "the success responses {} are of different types; progenitor takes one type for all of them",
            codes.join(", ")
        );
        operation.problem(
            "/responses",
            reason,
            "leave the operation out of openapi/upstream.toml, or make the types one in openapi/overlay.yml",
        )
    })
}

fn response_type(operation: &Operation<'_>, response: &Value) -> Value {
    let content = &resolve(operation.document, response)["content"];
    match responses::json_schema(operation.document, response) {
        Some(schema) => schema.clone(),
        None if members(content).next().is_some() => Value::from("raw"),
        None => Value::Null,
    }
}

/// Schemas that would make an answer undecodable as soon as upstream adds to it.
fn closed_schemas(merged: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    schemas::visit(&mut merged.clone(), &mut |place, schema| {
        let mut problem = |reason: &str, fix| {
            found.push(Problem {
                operation: place.operation.clone(),
                pointer: place.pointer.clone(),
                reason: reason.to_owned(),
                fix,
            });
        };
        if schema["additionalProperties"] == false {
            problem(
                "a field that upstream adds would break released clients",
                "set `additionalProperties: true` and `x-unknown-fields: ignore` in openapi/overlay.yml",
            );
        }
        if schema["type"] == "string" && schema["enum"].is_array() && schema["x-open-enum"] != true
        {
            problem(
                "a value that upstream adds would break released clients",
                "set `x-open-enum: true` in openapi/overlay.yml",
            );
        }
    });
    found
}

/// Descriptions of values that an enum doesn't have any more.
fn descriptions_of_nothing(merged: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    schemas::visit(&mut merged.clone(), &mut |place, schema| {
        let mut problem = |reason: String, fix| {
            found.push(Problem {
                operation: place.operation.clone(),
                pointer: place.pointer.clone(),
                reason,
                fix,
            });
        };
        for (value, _) in members(&schema["x-enum-descriptions"]) {
            if !elements(&schema["enum"]).any(|known| known == value) {
                let reason = format!(
                    "`x-enum-descriptions` describes {value:?}, which is no value of the enum"
                );
                problem(reason, "correct it in openapi/overlay.yml");
            }
        }
    });
    found
}

/// What our documentation leaves out: operations, types, fields and parameters without a `description`. The code can be
/// generated without, so that regeneration after an upstream change needs no hand; the tests fail until it is there.
pub(crate) fn undocumented(merged: &Value) -> Vec<Problem> {
    const FIX: &str = "describe it in openapi/overlay.yml";
    let mut found = Vec::new();
    let described = |value: &Value| {
        let text = value["description"]
            .as_str()
            .or_else(|| value["summary"].as_str());
        text.is_some_and(|text| !text.trim().is_empty())
    };
    for (path, item) in members(&merged["paths"]) {
        for (method, operation) in members(item).filter(|(key, _)| METHODS.contains(&key.as_str()))
        {
            let id = operation["operationId"].as_str().map(str::to_owned);
            let pointer = format!("/paths/{}/{method}", escape(path));
            let parameters = elements(&operation["parameters"]).enumerate();
            let parts = parameters.map(|(index, value)| (format!("/parameters/{index}"), value));
            for (below, value) in parts.chain([(String::new(), operation)]) {
                if !described(resolve(merged, value)) {
                    found.push(Problem {
                        operation: id.clone(),
                        pointer: format!("{pointer}{below}"),
                        reason: "has no description".to_owned(),
                        fix: FIX,
                    });
                }
            }
        }
    }
    schemas::visit(&mut merged.clone(), &mut |place, schema| {
        let parent = place.pointer.rsplit('/').nth(1).unwrap_or_default();
        let is_field = parent == "properties";
        let is_type = schema.get("properties").is_some();
        if (is_field || is_type) && !described(schema) {
            found.push(Problem {
                operation: place.operation.clone(),
                pointer: place.pointer.clone(),
                reason: "has no description".to_owned(),
                fix: FIX,
            });
        }
    });
    found
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests;
