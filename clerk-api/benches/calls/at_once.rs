//! A server that answers every request at once.

use bytes::Bytes;
use http_body_util::Full;

use crate::support::server::Behaviour;
use crate::support::token;

pub(crate) struct AtOnce(Bytes);

impl AtOnce {
    pub(crate) fn new() -> Self {
        Self(token::body())
    }
}

impl Behaviour for AtOnce {
    async fn answer(&self) -> Option<http::Response<Full<Bytes>>> {
        Some(token::response(self.0.clone()))
    }

    fn told(&self, _: &str) -> String {
        String::new()
    }
}
