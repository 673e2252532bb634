//! What happens to the n-th request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Ask<Request, Answer> = Arc<dyn Fn(usize, &Request) -> Answer + Send + Sync>;

/// The answers that a server gives, in the order in which whole requests come, whichever connection they come on.
///
/// A list's last answer is given to all further requests as well. Where an answer depends on the request, the time or
/// what went before, a function gives it.
pub struct Scripted<Request, Answer> {
    listed: Vec<Answer>,
    then: Then<Request, Answer>,
    next: AtomicUsize,
}

enum Then<Request, Answer> {
    RepeatLast,
    Ask(Ask<Request, Answer>),
}

impl<Request, Answer: Clone> Scripted<Request, Answer> {
    /// Asks `answer` for each request's answer; the first request's index is 0.
    pub fn from_fn(answer: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            listed: Vec::new(),
            then: Then::Ask(Arc::new(answer)),
            next: AtomicUsize::new(0),
        }
    }

    /// Asks `answer` once the list is used up, instead of giving its last answer again. The index goes on from the list.
    #[must_use]
    pub fn then(self, answer: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            then: Then::Ask(Arc::new(answer)),
            ..self
        }
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        match (self.listed.get(index), &self.then) {
            (Some(answer), _) => answer.clone(),
            (None, Then::Ask(ask)) => ask(index, request),
            (None, Then::RepeatLast) => self.listed[self.listed.len() - 1].clone(),
        }
    }
}

impl<Request, Answer> From<Vec<Answer>> for Scripted<Request, Answer> {
    /// # Panics
    ///
    /// On an empty list: there would be no answer to repeat.
    fn from(listed: Vec<Answer>) -> Self {
        assert!(!listed.is_empty(), "a script needs at least one answer");
        Self {
            listed,
            then: Then::RepeatLast,
            next: AtomicUsize::new(0),
        }
    }
}

impl<Request, Answer, const N: usize> From<[Answer; N]> for Scripted<Request, Answer> {
    fn from(listed: [Answer; N]) -> Self {
        Self::from(Vec::from(listed))
    }
}
