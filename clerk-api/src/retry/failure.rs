//! How an attempt failed, whether the server did the work, and whether the request may be sent again.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::error::{Cause, Outcome};

/// A failed attempt, with all that is known of it.
#[derive(Debug)]
pub(crate) struct AttemptFailure {
    pub(crate) kind: FailureKind,
    /// Whether the operation may be repeated without harm.
    pub(crate) idempotent: bool,
    /// How long the server asked to wait.
    pub(crate) retry_after: Option<Duration>,
    /// The response's status, if there was a response.
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: HeaderMap,
    /// The response's body, as far as it was read.
    pub(crate) body: Bytes,
    /// What is wrong with the request or the response, in addition to the kind: a parameter's name, or a position.
    pub(crate) detail: Option<String>,
    pub(crate) source: Option<Cause>,
}

/// The ways in which an attempt fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// A parameter would make the request go to another path than the operation's.
    InvalidPath,
    /// The request can't be built.
    InvalidRequest,
    /// Could not connect: DNS, TCP, TLS, or a proxy.
    NotConnected,
    /// HTTP/2 says that the request was not processed.
    NotProcessed,
    /// The connection was lost before the whole response arrived.
    ConnectionLost,
    /// The attempt's time was up.
    TimedOut,
    /// The response is not valid HTTP.
    InvalidResponse,
    /// An error response, or a success that the contract doesn't have, with this status.
    Status(u16),
    /// A successful response that is larger than allowed.
    BodyTooLarge,
    /// A successful response that doesn't decode, or is about something else.
    Undecodable,
    /// A successful response that can't be Clerk's, such as a web page.
    NotJson,
    /// The HTTP client followed a redirect, so the response may be another server's.
    Redirected,
}

/// Whether a request may be sent again after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retryable {
    /// Yes: the server has not done the work.
    Always,
    /// Only if doing the work twice does no harm.
    IfIdempotent,
    /// No: the response would be the same.
    Never,
}

impl FailureKind {
    /// Whether the server may have done the work.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::InvalidPath | Self::InvalidRequest | Self::NotConnected | Self::NotProcessed => {
                Outcome::NotSent
            }
            Self::ConnectionLost
            | Self::InvalidResponse
            | Self::TimedOut
            | Self::NotJson
            | Self::Redirected => Outcome::Unknown,
            Self::Status(200..=299) | Self::BodyTooLarge | Self::Undecodable => Outcome::Applied,
            Self::Status(503 | 300..=407 | 409..=499) => Outcome::Rejected,
            Self::Status(_) => Outcome::Unknown,
        }
    }

    /// Whether the request may be sent again.
    pub(crate) fn retryable(self) -> Retryable {
        match self {
            Self::NotConnected | Self::NotProcessed | Self::Status(429 | 503) => Retryable::Always,
            Self::ConnectionLost
            | Self::TimedOut
            | Self::Status(408 | 500 | 502 | 504 | 520..=527) => Retryable::IfIdempotent,
            Self::Status(_)
            | Self::InvalidPath
            | Self::InvalidRequest
            | Self::InvalidResponse
            | Self::BodyTooLarge
            | Self::Undecodable
            | Self::NotJson
            | Self::Redirected => Retryable::Never,
        }
    }

    /// Whether the server is healthy: it understood the request and rejected it.
    pub(crate) fn is_rejection(self) -> bool {
        matches!(self, Self::Status(status) if (400..500).contains(&status) && ![408, 429].contains(&status))
    }

    /// Whether a retry draws on the retry budget. Rate-limited calls are held back by the throttle instead: the server
    /// is healthy, and says when to try again.
    pub(crate) fn draws_on_budget(self) -> bool {
        self != Self::Status(429)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_retries() {
        use FailureKind::*;
        use Retryable::{Always, IfIdempotent, Never};
        for (kind, retryable, outcome) in [
            (NotConnected, Always, Outcome::NotSent),
            (NotProcessed, Always, Outcome::NotSent),
            (Status(429), Always, Outcome::Rejected),
            (Status(503), Always, Outcome::Rejected),
            (Status(408), IfIdempotent, Outcome::Unknown),
            (Status(500), IfIdempotent, Outcome::Unknown),
            (Status(502), IfIdempotent, Outcome::Unknown),
            (Status(504), IfIdempotent, Outcome::Unknown),
            (ConnectionLost, IfIdempotent, Outcome::Unknown),
            (TimedOut, IfIdempotent, Outcome::Unknown),
            (Status(501), Never, Outcome::Unknown),
            (Status(520), IfIdempotent, Outcome::Unknown),
            (Status(302), Never, Outcome::Rejected),
            (Status(307), Never, Outcome::Rejected),
            (Status(400), Never, Outcome::Rejected),
            (Status(401), Never, Outcome::Rejected),
            (Status(403), Never, Outcome::Rejected),
            (Status(404), Never, Outcome::Rejected),
            (Status(409), Never, Outcome::Rejected),
            (Status(422), Never, Outcome::Rejected),
            (Status(204), Never, Outcome::Applied),
            (BodyTooLarge, Never, Outcome::Applied),
            (Undecodable, Never, Outcome::Applied),
            (NotJson, Never, Outcome::Unknown),
            (InvalidPath, Never, Outcome::NotSent),
            (InvalidRequest, Never, Outcome::NotSent),
            (InvalidResponse, Never, Outcome::Unknown),
            (Redirected, Never, Outcome::Unknown),
        ] {
            assert_eq!(kind.retryable(), retryable, "{kind:?}");
            assert_eq!(kind.outcome(), outcome, "{kind:?}");
        }
    }

    #[test]
    fn only_what_was_not_done_is_always_retryable() {
        for status in 100..=599 {
            let kind = FailureKind::Status(status);
            if kind.retryable() == Retryable::Always {
                assert!(
                    matches!(kind.outcome(), Outcome::NotSent | Outcome::Rejected),
                    "{status}"
                );
            }
        }
    }
}
