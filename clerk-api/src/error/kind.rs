//! The two questions that every error answers: what happened, and was the work done?

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument or a setting was refused before anything was sent.
    InvalidInput,
    /// No connection came about: name, TCP, TLS or proxy.
    Connect,
    /// The connection was lost before the whole answer was there.
    ConnectionLost,
    /// The time of the attempt, or of the call, was up.
    Timeout,
    /// Status 429, or no request as long as an earlier 429 holds.
    RateLimited,
    /// Another status than success.
    Status,
    /// An answer of success that can't be understood.
    Decode,
    /// An answer of success that is larger than the client's limit.
    BodyTooLarge,
}

/// Whether the server may have done the work, over all attempts of a call.
///
/// In this order one outweighs those before it: a create that was sent twice, lost once and rejected once, is
/// `Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// No: no request left the client, or none was processed.
    NotSent,
    /// No: the server refused.
    Rejected,
    /// It may have, or not: there was no answer, or none that tells.
    Unknown,
    /// Yes: the server said so, in an answer that can't be used.
    Applied,
}
