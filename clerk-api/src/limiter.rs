//! [`Admission`] with a clock and waiting: one for all calls of a client.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use crate::retry::admission::{Admission, Admit, Ended};
use crate::retry::run::NotAdmitted;

#[derive(Debug)]
pub(crate) struct Limiter {
    admission: Mutex<Admission>,
    freed: Notify,
}

/// A request that is in flight. Dropped without [`end`](Self::end), as a dropped call does, it counts as unanswered.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    limiter: &'a Limiter,
    began: Instant,
    ended: Ended,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self {
            admission: Mutex::new(Admission::new(Instant::now())),
            freed: Notify::new(),
        }
    }

    /// Waits until a request may go out.
    pub(crate) async fn admit(&self, deadline: Option<Instant>) -> Result<Permit<'_>, NotAdmitted> {
        let mut reservation = Reservation {
            limiter: self,
            slot: None,
        };
        loop {
            let now = Instant::now();
            let admit = self.admission().admit(now, deadline, reservation.slot);
            match admit {
                Admit::Now => {
                    reservation.slot = None;
                    return Ok(Permit {
                        limiter: self,
                        began: now,
                        ended: Ended::Unanswered,
                    });
                }
                Admit::Never(wait) => {
                    self.freed.notify_one();
                    return Err(NotAdmitted::CoolingDown(wait));
                }
                Admit::At(slot) => {
                    reservation.slot = Some(slot);
                    // Woken for a place that it doesn't take now: another may.
                    self.freed.notify_one();
                    tokio::time::sleep_until(slot.into()).await;
                }
                Admit::Full => self.place(deadline).await?,
            }
        }
    }

    /// Waits until a place may be free.
    async fn place(&self, deadline: Option<Instant>) -> Result<(), NotAdmitted> {
        let mut freed = pin!(self.freed.notified());
        // In line before the question is asked once more, so that a place that is freed in between is not missed.
        freed.as_mut().enable();
        if !self.admission().is_full() {
            return Ok(());
        }
        let Some(deadline) = deadline else {
            freed.await;
            return Ok(());
        };
        let freed = tokio::time::timeout_at(deadline.into(), freed);
        freed.await.map_err(|_| NotAdmitted::TimeIsUp)
    }

    fn admission(&self) -> MutexGuard<'_, Admission> {
        // Nothing panics while it is held; and counts that are off by one are better than calls that fail.
        self.admission
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time at which a request may go out. A call that is dropped before gives it back.
struct Reservation<'a> {
    limiter: &'a Limiter,
    slot: Option<Instant>,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            self.limiter.admission().give_back(slot, Instant::now());
        }
    }
}

impl Permit<'_> {
    /// When the request was let go.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    pub(crate) fn end(mut self, ended: Ended) {
        self.ended = ended;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut admission = self.limiter.admission();
        let grown = admission.ended(self.began, Instant::now(), self.ended);
        drop(admission);
        self.limiter.freed.notify_one();
        if grown {
            self.limiter.freed.notify_one();
        }
    }
}
