//! The settings that every call has.

/// Gives a call, which has a field `options: CallOptions`, the settings that every call has.
macro_rules! call_settings {
    ($call:ty) => {
        impl $call {
            /// The longest time for this call, retries and waits included. Default: the client's.
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.options.settings().timeout = Some(timeout);
                self
            }

            /// When this call has to be over, whatever its `timeout` is. Default: none.
            pub fn deadline(mut self, deadline: std::time::Instant) -> Self {
                self.options.settings().deadline = Some(deadline);
                self
            }

            /// How this call is retried. Default: the client's policy.
            pub fn retry(mut self, policy: crate::RetryPolicy) -> Self {
                self.options.settings().retry = Some(policy);
                self
            }

            /// A further header. One that can't be sent, or that the client sets itself (`Authorization`,
            /// `Clerk-API-Version`, `User-Agent`, `Host`, and those about the body), makes the call fail before
            /// anything is sent.
            pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                self.options
                    .settings()
                    .header(name.as_ref(), value.as_ref());
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
            type Output = Result<$output, crate::Error>;
            type IntoFuture = std::pin::Pin<Box<dyn Future<Output = Self::Output> + Send>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}

pub(crate) use call_future;
