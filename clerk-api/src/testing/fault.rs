//! What the fake Clerk does to a request other than answering it.

use std::time::Duration;

/// For one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Answers with this status, and does nothing.
    Status {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// Answers with this status and body, and does nothing.
    Raw { status: u16, body: String },
    /// Closes the connection, and does nothing.
    RequestLost,
    /// Does the work, and closes the connection.
    AnswerLost,
    /// Does the work, and answers after this time.
    Delay(Duration),
}
