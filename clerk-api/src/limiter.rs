//! [`Admission`] with a clock and waiting: one for all calls of a client.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::retry::admission::{Admission, Admit, Ended};
use crate::retry::run::NotAdmitted;

/// How long a place is kept for a call that was told of it and doesn't come, as nobody polls it: its caller may be busy
/// with a call that stands behind it.
const LAPSE: Duration = Duration::from_millis(10);
/// It is asked for ever less often, so that a long line costs few timers.
const MAX_LAPSE: Duration = Duration::from_secs(1);

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
            let (admit, pace) = {
                let mut admission = self.admission();
                let slot = reservation.of(admission.pace());
                let admit = if line.joined {
                    admission.admit_waiting(now, deadline, slot)
                } else {
                    admission.admit(now, deadline, slot)
                };
                (admit, admission.pace())
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
                    reservation.slot = Some((slot, pace));
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
    /// The time, and the number of the pace that gave it: another one knows nothing of it.
    slot: Option<(Instant, u64)>,
}

impl Reservation<'_> {
    fn of(&self, pace: u64) -> Option<Instant> {
        let slot = self.slot.filter(|(_, given_by)| *given_by == pace);
        slot.map(|(slot, _)| slot)
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.slot.is_some() {
            let mut admission = self.limiter.admission();
            if let Some(slot) = self.of(admission.pace()) {
                admission.give_back(slot, Instant::now());
            }
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
        // Until here, what it was told before counts.
        self.told = false;
        let mut patience = LAPSE;
        loop {
            let seen = self.limiter.admission().hand_overs();
            let lapse = Instant::now() + patience;
            patience = (patience * 2).min(MAX_LAPSE);
            let until = deadline.map_or(lapse, |deadline| deadline.min(lapse));
            let told = tokio::time::timeout_at(until.into(), freed.as_mut()).await;
            if told.is_ok() || self.limiter.admission().lapses(seen) {
                break;
            }
            if deadline.is_some_and(|deadline| deadline <= until) {
                return Err(NotAdmitted::TimeIsUp);
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
