//! What happens to the n-th request.

use std::sync::atomic::{AtomicUsize, Ordering};

type Choose<Request, Answer> = Box<dyn Fn(usize, &Request) -> Answer + Send + Sync>;

/// The responses of a server, in the order in which complete requests come, on whichever connection.
///
/// An array's last response is that to all further requests as well. A function chooses responses that depend on the
/// request, on time or on what went before.
#[must_use]
pub struct Scripted<Request, Answer> {
    choose: Choose<Request, Answer>,
    next: AtomicUsize,
}

impl<Request, Answer> Scripted<Request, Answer> {
    /// Calls `choose` for each request; the first request's index is 0.
    pub fn from_fn(choose: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            choose: Box::new(choose),
            next: AtomicUsize::new(0),
        }
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        (self.choose)(index, request)
    }
}

impl<Request, Answer, const N: usize> From<[Answer; N]> for Scripted<Request, Answer>
where
    Answer: Clone + Send + Sync + 'static,
{
    fn from(answers: [Answer; N]) -> Self {
        const { assert!(N > 0, "a script needs at least one response") };
        Self::from_fn(move |index, _| answers[index.min(N - 1)].clone())
    }
}
