//! What the generated code decodes answers with: here progenitor's own function.

use progenitor_client::{Error, ResponseValue};

pub(crate) async fn from_response<T: serde::de::DeserializeOwned, E>(
    response: reqwest::Response,
) -> Result<ResponseValue<T>, Error<E>> {
    ResponseValue::from_response(response).await
}
