//! Problems of one operation.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use serde_json::Value;

use crate::openapi::operations::{Operation, SAFE_METHODS};
use crate::openapi::place::Place;
use crate::openapi::problem::Problem;
use crate::openapi::{refs, responses};

/// Request media types that progenitor can send.
const REQUEST_MEDIA_TYPES: [&str; 4] = [
    "application/json",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "text/plain",
];

const LEAVE_OUT: &str =
    "correct it in openapi/overlay.yml, or leave the operation out of openapi/upstream.toml";

/// Collects the problems of one operation.
struct Check<'a> {
    operation: Operation<'a>,
    found: Vec<Problem>,
}

impl Check<'_> {
    fn problem(&mut self, place: &Place<'_>, reason: impl Into<String>, fix: &'static str) {
        self.found.push(Problem {
            operation: self.operation.id.to_owned(),
            pointer: place.pointer.clone(),
            reason: reason.into(),
            fix,
        });
    }
}

/// All problems of an operation. `names` has the Rust names of the operations before it.
pub(super) fn problems<'a>(
    document: &'a Value,
    operation: Operation<'a>,
    names: &mut BTreeMap<String, &'a str>,
) -> Vec<Problem> {
    let mut check = Check {
        operation,
        found: Vec::new(),
    };
    if let (Some(item), Some(place)) = (operation.item(document), operation.place(document)) {
        identity(&mut check, &place, names);
        for holder in [&item, &place] {
            if let Some(servers) = holder.child("servers") {
                let reason = "a server of its own, to which the client would not send it";
                check.problem(&servers, reason, LEAVE_OUT);
            }
        }
        request_body(&mut check, &place);
        parameters(&mut check, &item, &place);
        success(&mut check, &place);
    }
    check.found
}

fn identity<'a>(check: &mut Check<'a>, place: &Place<'a>, names: &mut BTreeMap<String, &'a str>) {
    let id = check.operation.id;
    if id.is_empty() {
        let reason = format!("{} has no operationId", check.operation.endpoint());
        check.problem(place, reason, "give it one in openapi/overlay.yml");
    } else if let Some(other) = names.insert(id.to_snake_case(), id) {
        let reason = format!("the operations `{other}` and `{id}` make one name in Rust");
        check.problem(place, reason, LEAVE_OUT);
    }
    match place.value.get("x-idempotent") {
        Some(Value::Bool(_)) => {}
        None if SAFE_METHODS.contains(&check.operation.method) => {}
        _ => check.problem(
            place,
            "nothing says whether the operation may be sent again when its outcome is unknown",
            "state `x-idempotent: true` or `false` in openapi/overlay.yml",
        ),
    }
}

fn request_body(check: &mut Check<'_>, operation: &Place<'_>) {
    let body = operation.child("requestBody");
    let content = body.and_then(|body| refs::resolved(&body).child("content"));
    let bodies: Vec<(String, Place<'_>)> = content.iter().flat_map(Place::children).collect();
    if let (Some(content), true) = (&content, bodies.len() > 1) {
        let reason = format!(
            "the request body has {} media types; progenitor takes one",
            bodies.len()
        );
        check.problem(content, reason, LEAVE_OUT);
    }
    for (media_type, body) in &bodies {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !REQUEST_MEDIA_TYPES.contains(&essence) {
            let reason = format!("progenitor can't send a request body of media type {media_type}");
            check.problem(body, reason, LEAVE_OUT);
        } else if body.child("schema").is_none() {
            check.problem(body, "the request body has no schema", LEAVE_OUT);
        } else if body.child("encoding").is_some() {
            check.problem(body, "progenitor takes no `encoding`", LEAVE_OUT);
        }
    }
}

fn parameters(check: &mut Check<'_>, item: &Place<'_>, operation: &Place<'_>) {
    let mut in_path = BTreeSet::new();
    let mut names: BTreeMap<String, (String, String)> = BTreeMap::new();
    if operation.child("requestBody").is_some() {
        names.insert("body".to_owned(), ("requestBody".to_owned(), String::new()));
    }
    let lists = [operation.child("parameters"), item.child("parameters")];
    for (_, place) in lists.iter().flatten().flat_map(Place::children) {
        let parameter = refs::resolved(&place);
        let name = parameter.text("name").unwrap_or_default();
        let location = parameter.text("in").unwrap_or_default();
        if location == "path" {
            in_path.insert(name.to_owned());
        }
        let own = (name.to_owned(), location.to_owned());
        let earlier = names.insert(name.to_snake_case(), own.clone());
        // An operation may override a parameter of its path.
        if let Some((other, _)) = earlier.filter(|earlier| *earlier != own) {
            let reason = format!("the parameters `{other}` and `{name}` make one name in Rust");
            check.problem(&place, reason, LEAVE_OUT);
        }
        let usual_style = if location == "query" {
            "form"
        } else {
            "simple"
        };
        let style = parameter.text("style").unwrap_or(usual_style);
        if location == "cookie" {
            let reason = format!("progenitor takes no cookie parameter (`{name}`)");
            check.problem(&place, reason, LEAVE_OUT);
        } else if style != usual_style {
            let reason = format!("progenitor takes no `style: {style}` for the parameter `{name}`");
            check.problem(&place, reason, LEAVE_OUT);
        }
        if parameter.child("content").is_some() {
            let reason = format!("progenitor takes no `content` for the parameter `{name}`");
            check.problem(&place, reason, LEAVE_OUT);
        }
    }
    let parts = check.operation.path.split('{').skip(1);
    for (name, _) in parts.filter_map(|rest| rest.split_once('}')) {
        if !in_path.contains(name) {
            let reason = format!("the path names `{{{name}}}`, which no parameter describes");
            check.problem(operation, reason, LEAVE_OUT);
        }
    }
}

/// progenitor takes one response type for all successes. It doesn't see the errors.
fn success(check: &mut Check<'_>, operation: &Place<'_>) {
    let Some(all) = operation.child("responses") else {
        return;
    };
    let mut types: Vec<(String, Value)> = Vec::new();
    for (code, response) in all.children() {
        if responses::is_success(&code, all.value) {
            let response_type = response_type(&response);
            if !types.iter().any(|(_, known)| *known == response_type) {
                types.push((code, response_type));
            }
        }
    }
    if types.len() > 1 {
        let codes: Vec<&str> = types.iter().map(|(code, _)| code.as_str()).collect();
        let reason = format!(
            "the success responses {} are of different types; progenitor takes one type for all of them",
            codes.join(", ")
        );
        check.problem(&all, reason, LEAVE_OUT);
    }
}

fn response_type(response: &Place<'_>) -> Value {
    let content = refs::resolved(response).child("content");
    match responses::json_schema(response) {
        Some(schema) => schema.value.clone(),
        None if content.is_some_and(|content| !content.children().is_empty()) => Value::from("raw"),
        None => Value::Null,
    }
}
