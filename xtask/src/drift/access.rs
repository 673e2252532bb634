//! What can change in where an operation is reached and by whom: servers and security.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::change::{Finding, Found, quoted, quoted_list};
use super::operation::Operation;
use super::view::Place;

/// Compares the servers that apply to one operation before and after. Clients call the first.
pub(crate) fn servers(old: &Operation<'_>, new: &Operation<'_>) -> Vec<Found> {
    let (before, after) = (applying(old, "servers"), applying(new, "servers"));
    let elements = |servers: &Option<Place<'_>>| -> Vec<Value> {
        let list = servers
            .as_ref()
            .and_then(|servers| servers.value.as_array());
        list.cloned().unwrap_or_default()
    };
    let (old_list, new_list) = (elements(&before), elements(&after));
    let missing = |from: &[Value], in_: &[Value]| -> Vec<String> {
        let missing = from.iter().filter(|server| !in_.contains(server));
        missing.map(url).collect()
    };
    let (gone, come) = (missing(&old_list, &new_list), missing(&new_list, &old_list));
    let list = |urls: &[String]| quoted_list(urls.iter().map(String::as_str));
    let finding = if gone.is_empty() && come.is_empty() && old_list.first() == new_list.first() {
        return Vec::new();
    } else if !gone.is_empty() && !come.is_empty() {
        Finding::breaking(
            format!("server changed from {} to {}", list(&gone), list(&come)),
            "released clients call the old server, until they are given the new base URL",
        )
    } else if !gone.is_empty() {
        Finding::breaking(
            format!("server {} is gone", list(&gone)),
            "released clients call it all the same, until they are given another base URL",
        )
    } else if old_list.first() == new_list.first() {
        Finding::compatible(
            format!("another server {}", list(&come)),
            "nothing: released clients call the first one, which stays",
        )
    } else {
        Finding::breaking(
            format!(
                "the first server is {} now",
                new_list
                    .first()
                    .map(|server| quoted(&url(server)))
                    .unwrap_or_default()
            ),
            "released clients call the one that was first; regenerated ones call this one",
        )
    };
    let at = after.map_or(new.value.at.clone(), |place| place.at);
    vec![Found::whole(&at, finding)]
}

fn url(server: &Value) -> String {
    let url = server
        .get("url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match server.get("variables") {
        Some(variables) => format!("{url} with {variables}"),
        None => url.to_owned(),
    }
}

/// Compares the security that applies to one operation before and after.
pub(crate) fn security(old: &Operation<'_>, new: &Operation<'_>) -> Vec<Found> {
    let (before, after) = (alternatives(old), alternatives(new));
    if before == after {
        return Vec::new();
    }
    let shown = |alternatives: &BTreeSet<Alternative>| match alternatives.len() {
        0 => "none".to_owned(),
        _ => {
            let texts: Vec<String> = alternatives.iter().map(describe).collect();
            quoted_list(texts.iter().map(String::as_str))
        }
    };
    let finding = Finding::breaking(
        format!(
            "security changed from {} to {}",
            shown(&before),
            shown(&after)
        ),
        "released clients send the secret key as they did, which the server may refuse",
    );
    let at = applying(new, "security").map_or(new.value.at.clone(), |place| place.at);
    vec![Found::whole(&at, finding)]
}

/// One way in: schemes, whatever they are called, each with its scopes.
type Alternative = BTreeSet<(String, String)>;

/// All ways in. A document that names none, and one that names an empty one only, ask for nothing.
fn alternatives(operation: &Operation<'_>) -> BTreeSet<Alternative> {
    let requirements = applying(operation, "security");
    let document = operation.document();
    let elements = requirements.iter().flat_map(Place::elements);
    let mut alternatives: BTreeSet<Alternative> = elements
        .map(|requirement| {
            let schemes = requirement.entries().into_iter();
            schemes
                .map(|(name, scopes)| (scheme(&document, name), scopes.value.to_string()))
                .collect()
        })
        .collect();
    if alternatives.len() == 1 {
        alternatives.retain(|alternative| !alternative.is_empty());
    }
    alternatives
}

/// A security scheme as a text that tells it from all others but not from itself under another name.
fn scheme(document: &Place<'_>, name: &str) -> String {
    let scheme = document.child("components");
    let scheme = scheme.and_then(|components| components.child("securitySchemes")?.child(name));
    let Some(scheme) = scheme else {
        return name.to_owned();
    };
    let sorted: BTreeMap<&str, &Value> = scheme
        .resolved()
        .entries()
        .into_iter()
        .map(|(key, place)| (key, place.value))
        .collect();
    json!(sorted).to_string()
}

fn describe(alternative: &Alternative) -> String {
    let schemes = alternative.iter().map(|(scheme, scopes)| {
        let parsed: Value = serde_json::from_str(scheme).unwrap_or_default();
        let known = ["type", "scheme", "in", "name", "openIdConnectUrl"];
        let texts: Vec<&str> = known
            .iter()
            .filter_map(|key| parsed.get(key)?.as_str())
            .collect();
        let scopes = if scopes == "[]" { "" } else { scopes };
        format!("{} {scopes}", texts.join(" "))
            .trim_end()
            .to_owned()
    });
    let schemes: Vec<String> = schemes.collect();
    schemes.join(" and ")
}

/// The value of a key that an operation, else its path, else the document says.
fn applying<'a>(operation: &Operation<'a>, key: &str) -> Option<Place<'a>> {
    let holders = [
        operation.value.clone(),
        operation.item.clone(),
        operation.document(),
    ];
    holders.iter().find_map(|holder| holder.child(key))
}
