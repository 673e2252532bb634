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
    pub(crate) fn set_header<N, V>(&mut self, name: N, value: V)
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let Ok(name) = name.try_into() else {
            self.invalid_header = Some("a name is not one that a header can have".to_owned());
            return;
        };
        if OWN_HEADERS.contains(&name.as_str()) {
            self.invalid_header = Some(format!("{name} is set by the client"));
            return;
        }
        match value.try_into() {
            Ok(value) => {
                self.headers.insert(name, value);
            }
            Err(_) => self.invalid_header = Some(format!("{name} can't have this value")),
        }
    }
}

/// Gives a call, which has a method `options_mut`, the settings that every call has.
macro_rules! call_settings {
    ($call:ty) => {
        impl $call {
            /// The longest time for this call, retries and waits included. Default: the client's.
            pub fn operation_timeout(mut self, timeout: std::time::Duration) -> Self {
                self.options_mut().operation_timeout = Some(timeout);
                self
            }

            /// When this call has to be over, whatever its `operation_timeout` is. Default: none.
            pub fn deadline(mut self, deadline: std::time::Instant) -> Self {
                self.options_mut().deadline = Some(deadline);
                self
            }

            /// How this call is retried. Default: the client's policy.
            pub fn retry_policy(mut self, policy: $crate::retry::policy::RetryPolicy) -> Self {
                self.options_mut().retry_policy = Some(policy);
                self
            }

            /// Sets a header, and replaces one of this name that was set before. One that can't be sent, or that the
            /// client sets itself (`Authorization`, `Clerk-API-Version`, `User-Agent`, `Host`, and those about the
            /// body), makes the call fail before anything is sent.
            pub fn header<N, V>(mut self, name: N, value: V) -> Self
            where
                N: TryInto<http::HeaderName>,
                V: TryInto<http::HeaderValue>,
            {
                self.options_mut().set_header(name, value);
                self
            }
        }
    };
}

pub(crate) use call_settings;

/// Gives a call, which has an `async fn response(&mut self)`, the ways to send it.
macro_rules! call_sending {
    ($call:ty => $output:ty, $errors:literal) => {
        impl $call {
            /// Sends it. Awaiting the call does the same.
            ///
            /// # Errors
            ///
            #[doc = $errors]
            pub fn send(
                mut self,
            ) -> impl Future<Output = Result<$output, $crate::error::Error>> + Send {
                async move {
                    self.response()
                        .await
                        .map($crate::call::response::Response::into_body)
                }
            }

            /// Like [`send`](Self::send), but also returns the status, headers, attempts, and trace id.
            ///
            /// # Errors
            ///
            #[doc = $errors]
            pub fn send_with_response(
                mut self,
            ) -> impl Future<
                Output = Result<$crate::call::response::Response<$output>, $crate::error::Error>,
            > + Send {
                async move { self.response().await }
            }
        }

        impl std::future::IntoFuture for $call {
            type Output = Result<$output, $crate::error::Error>;
            type IntoFuture = std::pin::Pin<Box<dyn Future<Output = Self::Output> + Send>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}

pub(crate) use call_sending;
