//! A call's request, which may have to go out more than once.

use http::header::HeaderMap;
use reqwest::Request;

/// A request that can be sent again. It has its own headers only, the client's come when it goes out: a copy with all of
/// them would be made for each call, though nearly all go out once.
pub(crate) struct Outgoing {
    request: Option<Request>,
    once: bool,
}

impl Outgoing {
    pub(crate) fn new(request: Request, attempts: u32) -> Self {
        Self {
            request: Some(request),
            once: attempts <= 1,
        }
    }

    /// The request to send now, with the client's headers; `None` once it can't be made any more.
    pub(crate) fn request(&mut self, headers: &HeaderMap) -> Option<Request> {
        let kept = self.request.as_mut()?;
        let own = std::mem::take(kept.headers_mut());
        // The client's are prepared with room for the others.
        let mut headers = headers.clone();
        for (name, value) in &own {
            headers.insert(name, value.clone());
        }
        let mut request = if self.once {
            self.request.take()?
        } else {
            let copy = kept.try_clone();
            *kept.headers_mut() = own;
            copy?
        };
        *request.headers_mut() = headers;
        Some(request)
    }
}
