//! Who writes a value and who reads it.

/// The side of an exchange that a schema stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    /// The client writes it, the server checks it.
    Request,
    /// The server writes it; released clients decode it into generated types.
    Response,
    /// The server writes it; released clients take from it what they understand.
    ErrorResponse,
}

impl Side {
    pub(crate) fn is_request(self) -> bool {
        self == Self::Request
    }

    /// What it means for released clients that values of another kind may come (responses) or must go (requests).
    pub(crate) fn fails(self) -> &'static str {
        match self {
            Self::Request => {
                "released clients fail: they send it as before, and the server refuses it"
            }
            Self::Response => {
                "released clients fail to decode the response; the server has done its work all the same"
            }
            Self::ErrorResponse => {
                "released clients read error bodies leniently: they still fail cleanly, but may lose this detail"
            }
        }
    }
}
