//! The settings that every call has.

use http::header::{HeaderName, HeaderValue};

use crate::exchange::Options;

/// Headers that are the client's own: what they say must be true.
const OWN_HEADERS: [&str; 15] = [
    "accept-encoding",
    "authorization",
    "clerk-api-version",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

impl Options {
    /// Sets a header, or remembers that it can't be sent.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        let parsed = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        );
        match parsed {
            (Ok(name), Ok(value)) if !OWN_HEADERS.contains(&name.as_str()) => {
                self.headers.insert(name, value);
            }
            _ => self.invalid_header = Some(name.to_owned()),
        }
    }
}

/// Gives a call, which has a method `options_mut`, the settings that every call has.
macro_rules! call_settings {
    ($call:ty) => {
        impl $call {
            /// The longest time for this call, retries and waits included. Default: the client's.
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.options_mut().timeout = Some(timeout);
                self
            }

            /// When this call has to be over, whatever its `timeout` is. Default: none.
            pub fn deadline(mut self, deadline: std::time::Instant) -> Self {
                self.options_mut().deadline = Some(deadline);
                self
            }

            /// How this call is retried. Default: the client's policy.
            pub fn retry(mut self, policy: $crate::retry::policy::RetryPolicy) -> Self {
                self.options_mut().retry = Some(policy);
                self
            }

            /// Sets a further header. One that can't be sent, or that the client sets itself (`Authorization`,
            /// `Clerk-API-Version`, `User-Agent`, `Host`, and those about the body), makes the call fail before
            /// anything is sent.
            pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                self.options_mut().set_header(name.as_ref(), value.as_ref());
                self
            }
        }
    };
}

pub(crate) use call_settings;

/// Makes a call, which has an `async fn send(self)`, one that can be awaited as it is.
macro_rules! call_future {
    ($call:ty => $output:ty) => {
        impl std::future::IntoFuture for $call {
            type Output = Result<$output, $crate::error::Error>;
            type IntoFuture = std::pin::Pin<Box<dyn Future<Output = Self::Output> + Send>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}

pub(crate) use call_future;
