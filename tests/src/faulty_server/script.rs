//! What happens to the n-th request.

use std::sync::atomic::{AtomicUsize, Ordering};

type Choose<Request, Reply> = Box<dyn Fn(usize, &Request) -> Reply + Send + Sync>;

/// The responses of a server, in the order in which complete requests come, on whichever connection.
///
/// An array's last response is that to all further requests as well. A function chooses responses that depend on the
/// request, on time or on what went before.
#[must_use]
pub struct Scripted<Request, Reply> {
    choose: Choose<Request, Reply>,
    next: AtomicUsize,
}

impl<Request, Reply> Scripted<Request, Reply> {
    /// Calls `choose` for each request; the first request's index is 0.
    pub fn from_fn(choose: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            choose: Box::new(choose),
            next: AtomicUsize::new(0),
        }
    }

    pub(super) fn reply(&self, request: &Request) -> Reply {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        (self.choose)(index, request)
    }
}

impl<Request, Reply, const N: usize> From<[Reply; N]> for Scripted<Request, Reply>
where
    Reply: Clone + Send + Sync + 'static,
{
    fn from(replies: [Reply; N]) -> Self {
        const { assert!(N > 0, "a script needs at least one response") };
        Self::from_fn(move |index, _| replies[index.min(N - 1)].clone())
    }
}
