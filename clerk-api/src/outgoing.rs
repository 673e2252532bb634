//! A call's request, which may have to go out more than once.

use bytes::Bytes;
use http::Method;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Request, Url};

/// A request, and what it can be made of anew. A copy of the whole, headers and all, would be made for each call, though
/// nearly all go out once.
pub(crate) struct Outgoing {
    /// The generated one, until it is sent.
    first: Option<Request>,
    /// What another one is made of, where there may be one.
    again: Option<Again>,
    own_headers: Vec<(HeaderName, HeaderValue)>,
}

struct Again {
    method: Method,
    url: Url,
    body: Option<Bytes>,
}

impl Outgoing {
    /// `own_headers` are those that this request has beside the client's.
    pub(crate) fn new(
        request: Request,
        own_headers: Vec<(HeaderName, HeaderValue)>,
        attempts: u32,
    ) -> Self {
        let again = (attempts > 1).then(|| {
            let body = request.body().and_then(|body| body.as_bytes());
            Again {
                method: request.method().clone(),
                url: request.url().clone(),
                body: body.map(Bytes::copy_from_slice),
            }
        });
        Self {
            first: Some(request),
            again,
            own_headers,
        }
    }

    /// The request to send now, with the client's headers; `None` once it can't be made any more.
    pub(crate) fn request(&mut self, headers: &HeaderMap) -> Option<Request> {
        let mut request = match (self.first.take(), &self.again) {
            (Some(first), _) => first,
            (None, Some(again)) => again.request(),
            (None, None) => return None,
        };
        // The client's are prepared with room for the others.
        let mut headers = headers.clone();
        for (name, value) in &self.own_headers {
            headers.insert(name, value.clone());
        }
        *request.headers_mut() = headers;
        Some(request)
    }
}

impl Again {
    fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        *request.body_mut() = self.body.clone().map(Into::into);
        request
    }
}
