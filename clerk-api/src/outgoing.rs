//! A call's request, which may have to go out more than once.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Request;

/// A request that can be sent again. Its headers come when it goes out: a copy with all of them would be made for each
/// call, though nearly all go out once.
pub(crate) struct Outgoing {
    request: Option<Request>,
    /// Those that it has beside the client's. A map of them is as large as one of all.
    own_headers: Box<[(HeaderName, HeaderValue)]>,
}

impl Outgoing {
    pub(crate) fn new(mut request: Request) -> Self {
        let own_headers = std::mem::take(request.headers_mut());
        let own_headers = own_headers.iter();
        Self {
            own_headers: own_headers
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            request: Some(request),
        }
    }

    /// The request to send now, with the client's headers; `None` once it can't be made any more.
    pub(crate) fn request(&mut self, headers: &HeaderMap) -> Option<Request> {
        // What can't be copied goes out once.
        let copy = self.request.as_ref()?.try_clone();
        let mut request = copy.or_else(|| self.request.take())?;
        let mut headers = headers.clone();
        for (name, value) in &self.own_headers {
            headers.insert(name, value.clone());
        }
        *request.headers_mut() = headers;
        Some(request)
    }
}
