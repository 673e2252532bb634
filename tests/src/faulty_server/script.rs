//! What happens to the n-th request.

use std::sync::atomic::{AtomicUsize, Ordering};

type Ask<Request, Answer> = Box<dyn Fn(usize, &Request) -> Answer + Send + Sync>;

/// The answers that a server gives, in the order in which complete requests come, on whichever connection.
///
/// A list's last answer is given to all further requests as well. A function gives the answers that depend on the
/// request, on time or on what went before.
#[must_use]
pub struct Scripted<Request, Answer> {
    listed: Vec<Answer>,
    /// Asked once the list is used up.
    ask: Option<Ask<Request, Answer>>,
    next: AtomicUsize,
}

impl<Request, Answer: Clone> Scripted<Request, Answer> {
    fn new(listed: Vec<Answer>) -> Self {
        Self {
            listed,
            ask: None,
            next: AtomicUsize::new(0),
        }
    }

    /// Asks `answer` for each request's answer; the first request's index is 0.
    pub fn from_fn(answer: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::new(Vec::new()).then(answer)
    }

    /// Asks `answer` once the list is used up, instead of repeating its last one. The index continues the list's.
    pub fn then(
        mut self,
        answer: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.ask = Some(Box::new(answer));
        self
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        match &self.ask {
            Some(ask) if index >= self.listed.len() => ask(index, request),
            _ => self.listed[index.min(self.listed.len() - 1)].clone(),
        }
    }
}

impl<Request, Answer: Clone> From<Vec<Answer>> for Scripted<Request, Answer> {
    /// Panics on an empty list.
    fn from(listed: Vec<Answer>) -> Self {
        assert!(!listed.is_empty(), "a script needs at least one answer");
        Self::new(listed)
    }
}

impl<Request, Answer: Clone, const N: usize> From<[Answer; N]> for Scripted<Request, Answer> {
    fn from(listed: [Answer; N]) -> Self {
        Self::from(Vec::from(listed))
    }
}
