//! The server that a document names.

use serde_json::Value;

use super::place::Place;

/// The URL of the one server, with the defaults of its variables, or why there is no such URL.
pub(crate) fn url(document: &Value) -> Result<String, String> {
    let servers = document.get("servers").and_then(Value::as_array);
    let server = match servers.map(Vec::as_slice) {
        Some([server]) => Place::root(server),
        None | Some([]) => return Err("the contract has no server".to_owned()),
        Some(several) => {
            return Err(format!(
                "the contract has {} servers; a client talks to one",
                several.len()
            ));
        }
    };
    let url = with_defaults(&server);
    match reqwest::Url::parse(&url) {
        Ok(parsed) if parsed.has_host() && !url.contains(['{', '}']) => Ok(url),
        _ => Err(format!("the server's URL {url:?} is not an absolute URL")),
    }
}

/// The URL of a server, with the defaults of its variables.
pub(crate) fn with_defaults(server: &Place<'_>) -> String {
    let mut url = server.text("url").unwrap_or_default().to_owned();
    let variables = server.child("variables");
    for (name, variable) in variables.iter().flat_map(Place::children) {
        url = url.replace(
            &format!("{{{name}}}"),
            variable.text("default").unwrap_or_default(),
        );
    }
    url
}
