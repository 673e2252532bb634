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
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self {
            admission: Mutex::new(Admission::new(Instant::now())),
            freed: Notify::new(),
        }
    }

    /// Waits until a request may go out. Those who wait for a place get one in the order in which they came.
    pub(crate) async fn admit(&self, deadline: Option<Instant>) -> Result<Permit<'_>, NotAdmitted> {
        let mut reservation = Reservation {
            limiter: self,
            slot: None,
        };
        let mut line = Line {
            limiter: self,
            joined: false,
            told: false,
        };
        loop {
            let now = Instant::now();
            let admit = {
                let mut admission = self.admission();
                if line.joined {
                    admission.admit_waiting(now, deadline, reservation.slot)
                } else {
                    admission.admit(now, deadline, reservation.slot)
                }
            };
            match admit {
                Admit::Now => {
                    reservation.slot = None;
                    line.joined = false;
                    return Ok(Permit {
                        limiter: self,
                        began: now,
                    });
                }
                Admit::Never(wait) => return Err(NotAdmitted::CoolingDown(wait)),
                Admit::At(slot) => {
                    reservation.slot = Some(slot);
                    line.leave();
                    tokio::time::sleep_until(slot.into()).await;
                }
                Admit::Full => line.wait(deadline).await?,
            }
        }
    }

    /// Tells so many of those in line that a place is theirs.
    fn tell(&self, how_many: usize) {
        for _ in 0..how_many {
            self.freed.notify_one();
        }
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

/// A call's stand in the line for a place. A call that is dropped in it leaves it.
struct Line<'a> {
    limiter: &'a Limiter,
    joined: bool,
    /// Whether it was told that a place is its own, which another has to be told if this one doesn't take it.
    told: bool,
}

impl Line<'_> {
    /// Waits until a place may be this call's.
    async fn wait(&mut self, deadline: Option<Instant>) -> Result<(), NotAdmitted> {
        let mut freed = pin!(self.limiter.freed.notified());
        // Registered before the state is looked at, so that a place that is freed in between is not missed.
        freed.as_mut().enable();
        if self.joined {
            // Told in vain before; and of several who are told at once, not all may hear it.
            if self.limiter.admission().has_kept() {
                return Ok(());
            }
        } else {
            let told = self.limiter.admission().join();
            self.joined = true;
            self.limiter.tell(told);
        }
        self.told = false;
        match deadline {
            None => freed.await,
            Some(deadline) => {
                let freed = tokio::time::timeout_at(deadline.into(), freed);
                freed.await.map_err(|_| NotAdmitted::TimeIsUp)?;
            }
        }
        self.told = true;
        Ok(())
    }

    fn leave(&mut self) {
        if std::mem::take(&mut self.joined) {
            let told = self.limiter.admission().leave(self.told);
            self.limiter.tell(told);
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Permit<'_> {
    /// When the request was let go.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    pub(crate) fn end(self, ended: Ended) {
        self.give_back(ended);
        // It holds nothing but a reference, and is given back.
        std::mem::forget(self);
    }

    fn give_back(&self, ended: Ended) {
        let told = {
            let mut admission = self.limiter.admission();
            admission.ended(self.began, Instant::now(), ended)
        };
        self.limiter.tell(told);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.give_back(Ended::Unanswered);
    }
}

#[cfg(test)]
mod tests;
