//! What happened, and whether the server did the work.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument or a setting is invalid. Nothing was sent.
    InvalidInput,
    /// The request can't be built. Nothing was sent.
    InvalidRequest,
    /// Could not connect: DNS, TCP, TLS, or a proxy. Nothing was sent.
    Connect,
    /// The server says that it did not process the request (HTTP/2).
    NotProcessed,
    /// The connection was lost before the whole response arrived.
    ConnectionLost,
    /// The response is not valid HTTP, or has more than 100 headers.
    InvalidResponse,
    /// The time limit of the attempt or of the call was reached.
    Timeout,
    /// Status 429, or nothing was sent because an earlier 429 still holds.
    RateLimited,
    /// Another error response, or a redirect.
    Status,
    /// A successful response that can't be used.
    Decode,
    /// A successful response that is larger than the client's limit.
    BodyTooLarge,
}

/// Whether the server may have done the work, over all attempts of a call.
///
/// If a call's attempts have different outcomes, the one that comes last in this order counts: if one attempt is lost and
/// another is rejected, the outcome is `Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// No: no request was sent, or none was processed.
    NotSent,
    /// No: the server rejected it.
    Rejected,
    /// Maybe: there was no response, or one that doesn't say.
    Unknown,
    /// Yes: the response is a success, but it can't be used.
    Applied,
}
