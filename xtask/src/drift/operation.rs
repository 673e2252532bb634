//! An operation in the form that is compared, with what its path and the document say for it.

use serde_json::{Value, json};

use super::change::quoted;
use super::node::{Content, Key, Node, Parts, Position, Schema, add_value};
use super::security::Security;
use crate::openapi::operations::Operation;
use crate::openapi::place::Place;
use crate::openapi::pointer::Pointer;
use crate::openapi::refs;
use crate::openapi::responses::is_success;
use crate::openapi::server;
use crate::openapi::shape::Shape;

/// The parts of an operation.
pub(super) fn parts<'a>(operation: &Operation<'a>, security: &Security) -> Parts<'a> {
    let mut parts = security.parts(operation);
    let Operation { item, place, .. } = operation;
    for (keyword, value) in [
        ("path", unnamed(operation.path)),
        ("method", operation.method.to_uppercase()),
    ] {
        let node = Node::new(&place.pointer, Content::Value(json!(value)));
        parts.insert(Key::of(keyword, ""), node);
    }
    for (key, child) in place.children() {
        match key.as_str() {
            "parameters" | "servers" | "security" => {}
            "requestBody" => {
                let body = holder(Shape::RequestBody, &child);
                parts.insert(Key::of("request body", ""), body);
            }
            "responses" => responses(&child, &mut parts),
            _ => add_value(&mut parts, Key::of(&key, ""), &child),
        }
    }
    for list in [place, item]
        .into_iter()
        .filter_map(|holder| holder.child("parameters"))
    {
        for (_, parameter) in list.children() {
            let (key, node) = self::parameter(operation.path, &parameter);
            // The operation's own come first, and win.
            parts.entry(key).or_insert(node);
        }
    }
    let holders = [place, item, &Place::root(place.document)];
    let servers = holders.iter().find_map(|holder| holder.child("servers"));
    self::servers(servers, &mut parts);
    parts
}

/// The names of the parameters in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| Some(part.split_once('}')?.0))
}

/// A path without the names of its parameters, which are never sent.
pub(super) fn unnamed(path: &str) -> String {
    names(path).fold(path.to_owned(), |path, name| {
        path.replace(&format!("{{{name}}}"), "{}")
    })
}

/// A parameter: one in the path counts by its position there, and the name of a header in lower case.
fn parameter<'a>(path: &str, place: &Place<'a>) -> (Key, Node<'a>) {
    let place = refs::resolved(place);
    let [kind, name] = ["in", "name"].map(|key| place.text(key).unwrap_or_default());
    let position = names(path).position(|known| known == name);
    let id = match kind {
        "path" => position.map_or(name.to_owned(), |position| position.to_string()),
        "header" => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    let node = Node {
        label: format!("{kind} parameter {}", quoted(name)),
        ..holder(Shape::Parameter, &place)
    };
    (Key::of("parameter", &format!("{kind} {id}")), node)
}

fn responses<'a>(place: &Place<'a>, parts: &mut Parts<'a>) {
    for (status, response) in place.children() {
        let keyword = match is_success(&status, place.value) {
            true => "response",
            false => "error response",
        };
        // `4xx` is `4XX`.
        let key = Key::of(keyword, &status.replace('x', "X"));
        parts.insert(key, holder(Shape::Response, &response));
    }
}

/// What holds schemas: a parameter, header, body, response or media type.
fn holder<'a>(shape: Shape, place: &Place<'a>) -> Node<'a> {
    let place = refs::resolved(place);
    let is_required = place.value.get("required") == Some(&Value::Bool(true));
    let position = match shape {
        Shape::Parameter if !is_required => Position::Optional,
        Shape::Header => Position::Untyped,
        _ => Position::Value,
    };
    let parts = holder_parts(shape, &place, position);
    let mark = if is_required { "required" } else { "" };
    Node::new(&place.pointer, Content::Parts(parts)).marked(mark)
}

fn holder_parts<'a>(shape: Shape, place: &Place<'a>, position: Position) -> Parts<'a> {
    let mut parts = Parts::new();
    for (key, child) in place.children() {
        match key.as_str() {
            "schema" => {
                let schema = Content::Schema(Schema {
                    places: vec![child.clone()],
                    position,
                });
                parts.insert(Key::of("schema", ""), Node::new(&child.pointer, schema));
            }
            "content" => {
                let types = media_types(&child, position);
                if !types.is_empty() {
                    let types = Node::new(&child.pointer, Content::Parts(types));
                    parts.insert(Key::of("content", ""), types);
                }
            }
            "headers" => parts.extend(child.children().iter().map(|(name, header)| {
                let key = Key::of("header", &name.to_ascii_lowercase());
                (key, holder(Shape::Header, header))
            })),
            "encoding" => parts.extend(child.children().iter().map(|(name, encoding)| {
                let key = Key::of("encoding", name);
                (key, holder(Shape::Encoding, encoding))
            })),
            "required" if shape == Shape::RequestBody && child.value == true => {
                let node = Node::new(&child.pointer, Content::Value(json!(true)));
                parts.insert(Key::of("required", ""), node.marked("body"));
            }
            // They are the parameter's key.
            "in" | "name" if shape == Shape::Parameter => {}
            "style" | "explode" if is_default_style(shape, place, &key, child.value) => {}
            _ => add_value(&mut parts, Key::of(&key, ""), &child),
        }
    }
    parts
}

/// Bodies by media type. Its parameters say how the text is encoded, which doesn't change what is in it.
fn media_types<'a>(place: &Place<'a>, position: Position) -> Parts<'a> {
    let mut parts = Parts::new();
    for (name, media_type) in place.children() {
        let name = name.to_ascii_lowercase();
        let short = name.split(';').next().unwrap_or_default().trim();
        let mut key = Key::of("media type", short);
        if parts.contains_key(&key) {
            key = Key::of("media type", &name);
        }
        let content = Content::Parts(holder_parts(Shape::MediaType, &media_type, position));
        parts.insert(key, Node::new(&media_type.pointer, content));
    }
    parts
}

/// Whether `style` or `explode` has its default.
fn is_default_style(shape: Shape, place: &Place<'_>, key: &str, value: &Value) -> bool {
    let is_form = match shape {
        Shape::Parameter => matches!(place.text("in"), Some("query" | "cookie")),
        shape => shape == Shape::Encoding,
    };
    let usual = if is_form { "form" } else { "simple" };
    match key {
        "style" => value == usual,
        _ => *value == (place.text("style").unwrap_or(usual) == "form"),
    }
}

/// The server that clients call, which is the first, and the others.
fn servers<'a>(servers: Option<Place<'a>>, parts: &mut Parts<'a>) {
    let list = servers.as_ref().map(Place::children).unwrap_or_default();
    if list.is_empty() {
        // OpenAPI's default.
        let node = Node::new(&Pointer::root(), Content::Value(json!("/")));
        parts.insert(Key::of("server", ""), node);
    }
    for (index, (_, server)) in list.iter().enumerate() {
        let url = server::with_defaults(server);
        let url = match url.trim_end_matches('/') {
            "" => "/",
            url => url,
        };
        let (key, content) = match index {
            0 => (Key::of("server", ""), Content::Value(json!(url))),
            _ => (Key::of("other server", url), Content::Parts(Parts::new())),
        };
        parts.insert(key, Node::new(&server.pointer, content));
        for (key, child) in server.children() {
            if key != "url" && key != "variables" {
                add_value(parts, Key::of(&key, ""), &child);
            }
        }
    }
}
