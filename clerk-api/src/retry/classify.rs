//! What a failed attempt means: may the server have done the work, and may the request be sent again?

use std::time::Duration;

use crate::error::Outcome;

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection: name, TCP or TLS; or the protocol says that the request was not processed.
    NotSent,
    /// The connection was lost before the whole answer was there.
    ConnectionLost,
    /// The attempt's time was up.
    TimedOut,
    /// An answer with this status, other than success.
    Status(u16),
    /// An answer of success with a body that is larger than allowed.
    BodyTooLarge,
    /// The HTTP client followed a redirect, so that the answer is somebody else's.
    Redirected,
}

/// Whether a request may be sent again after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// Yes: the server has not done the work.
    Yes,
    /// Only where doing the work twice does no harm.
    IfRepeatable,
    /// No: the answer would be the same.
    No,
}

impl Failure {
    /// Whether the server may have done the work.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::NotSent => Outcome::NotSent,
            Self::ConnectionLost | Self::TimedOut | Self::Redirected => Outcome::Unknown,
            Self::Status(200..=299) | Self::BodyTooLarge => Outcome::Applied,
            Self::Status(503 | 300..=407 | 409..=499) => Outcome::Rejected,
            Self::Status(_) => Outcome::Unknown,
        }
    }

    /// Whether the request may be sent again.
    pub(crate) fn again(self) -> Again {
        match self {
            Self::NotSent | Self::Status(429 | 503) => Again::Yes,
            Self::ConnectionLost
            | Self::TimedOut
            | Self::Status(408 | 500 | 502 | 504 | 520..=527) => Again::IfRepeatable,
            Self::Status(_) | Self::BodyTooLarge | Self::Redirected => Again::No,
        }
    }

    /// Whether the server is well all the same, and has only refused.
    pub(crate) fn is_refusal(self) -> bool {
        matches!(self, Self::Status(status) if (400..500).contains(&status) && ![408, 429].contains(&status))
    }

    /// Whether a retry draws on the retry budget. Calls that are rate limited are held back by the cool-down instead:
    /// the server lives, and says when to come back.
    pub(crate) fn draws_on_budget(self) -> bool {
        self != Self::Status(429)
    }
}

/// A failed attempt, as the loop sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) failure: Failure,
    /// The least wait that the server asked for.
    pub(crate) retry_after: Option<Duration>,
}

impl Failed {
    pub(crate) fn new(failure: Failure, retry_after: Option<Duration>) -> Self {
        Self {
            failure,
            retry_after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_retries() {
        use Again::{IfRepeatable, No, Yes};
        use Failure::{BodyTooLarge, ConnectionLost, NotSent, Redirected, Status, TimedOut};
        for (failure, again, outcome) in [
            (NotSent, Yes, Outcome::NotSent),
            (Status(429), Yes, Outcome::Rejected),
            (Status(503), Yes, Outcome::Rejected),
            (Status(408), IfRepeatable, Outcome::Unknown),
            (Status(500), IfRepeatable, Outcome::Unknown),
            (Status(502), IfRepeatable, Outcome::Unknown),
            (Status(504), IfRepeatable, Outcome::Unknown),
            (ConnectionLost, IfRepeatable, Outcome::Unknown),
            (TimedOut, IfRepeatable, Outcome::Unknown),
            (Status(501), No, Outcome::Unknown),
            (Status(520), IfRepeatable, Outcome::Unknown),
            (Status(302), No, Outcome::Rejected),
            (Status(307), No, Outcome::Rejected),
            (Status(400), No, Outcome::Rejected),
            (Status(401), No, Outcome::Rejected),
            (Status(403), No, Outcome::Rejected),
            (Status(404), No, Outcome::Rejected),
            (Status(409), No, Outcome::Rejected),
            (Status(422), No, Outcome::Rejected),
            (Status(204), No, Outcome::Applied),
            (BodyTooLarge, No, Outcome::Applied),
            (Redirected, No, Outcome::Unknown),
        ] {
            assert_eq!(failure.again(), again, "{failure:?}");
            assert_eq!(failure.outcome(), outcome, "{failure:?}");
        }
    }

    #[test]
    fn what_is_sent_again_unasked_was_never_done() {
        for status in 100..=599 {
            let failure = Failure::Status(status);
            if failure.again() == Again::Yes {
                assert!(
                    matches!(failure.outcome(), Outcome::NotSent | Outcome::Rejected),
                    "{status}"
                );
            }
        }
    }
}
