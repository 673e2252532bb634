//! What the generated code makes URLs and decodes answers with: here as progenitor does.

use progenitor_client::{ClientInfo as _, Error, ResponseValue};

use super::generated::client::Client;

/// As progenitor's own code makes it: parsed anew for each request.
pub(crate) fn url(client: &Client, path: std::fmt::Arguments<'_>) -> String {
    format!("{}{path}", client.baseurl())
}

pub(crate) async fn from_response<T: serde::de::DeserializeOwned, E>(
    _: &Client,
    response: reqwest::Response,
) -> Result<ResponseValue<T>, Error<E>> {
    ResponseValue::from_response(response).await
}
