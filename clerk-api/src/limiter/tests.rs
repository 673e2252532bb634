use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use tokio::sync::mpsc;

use super::*;

/// As many requests as go out at once.
fn fill(limiter: &Limiter) -> Vec<Permit<'_>> {
    let admitted = std::iter::repeat_with(|| limiter.admit(None).now_or_never());
    admitted.map_while(|permit| permit?.ok()).collect()
}

#[tokio::test]
async fn nobody_overtakes_those_who_wait() {
    let limiter = Arc::new(Limiter::new());
    let mut held = fill(&limiter);
    let (sender, mut order) = mpsc::unbounded_channel();
    for number in 0..10 {
        let (limiter, sender) = (limiter.clone(), sender.clone());
        tokio::spawn(async move {
            let permit = limiter.admit(None).await.unwrap();
            sender.send(number).unwrap();
            permit.end(Ended::Unanswered);
        });
        // It stands in line before the next one comes.
        tokio::task::yield_now().await;
    }
    // A call that ends, and one that begins at once in its place.
    for permit in held.drain(..10) {
        permit.end(Ended::Unanswered);
        break_in(&limiter);
    }
    let mut seen = Vec::new();
    for _ in 0..10 {
        seen.push(order.recv().await.unwrap());
    }
    assert_eq!(seen, (0..10).collect::<Vec<_>>());
    assert!(
        limiter.admit(None).now_or_never().is_some(),
        "the line is empty"
    );
}

/// Asks for a place without waiting for it.
fn break_in(limiter: &Limiter) {
    assert!(limiter.admit(None).now_or_never().is_none());
}

/// A call that was told of a place, and whose caller waits for another call, doesn't hold that one up for long.
#[tokio::test]
async fn a_place_that_is_not_taken_lapses() {
    let limiter = Limiter::new();
    let mut held = fill(&limiter);
    let mut unpolled = Box::pin(limiter.admit(None));
    assert!((&mut unpolled).now_or_never().is_none());
    held.pop().unwrap().end(Ended::Answered);
    let patient = limiter.admit(Some(Instant::now() + Duration::from_secs(30)));
    let permit = patient.await.unwrap();
    permit.end(Ended::Answered);
    assert!(
        unpolled.now_or_never().unwrap().is_ok(),
        "it keeps its stand"
    );
}

/// Counts the requests in flight, dropped ones too.
struct InFlight(Arc<AtomicUsize>);

impl InFlight {
    fn begin(count: &Arc<AtomicUsize>, most: &AtomicUsize) -> Self {
        let now = count.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Calls are dropped wherever they are, in line, told of a place, in flight: every place comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_place_is_lost_by_calls_that_are_dropped() {
    let limiter = Arc::new(Limiter::new());
    let places = fill(&limiter).len();
    let (count, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let calls: Vec<_> = (0..3000)
        .map(|number| {
            let (limiter, count, most) = (limiter.clone(), count.clone(), most.clone());
            tokio::spawn(async move {
                let call = async {
                    let permit = limiter.admit(None).await.unwrap();
                    let in_flight = InFlight::begin(&count, &most);
                    tokio::task::yield_now().await;
                    drop(in_flight);
                    permit.end(Ended::Unanswered);
                };
                if number % 3 > 0 {
                    return call.await;
                }
                // Polled a few times, then dropped, unless it is through.
                let mut call = Box::pin(call);
                for _ in 0..number % 7 {
                    if (&mut call).now_or_never().is_some() {
                        return;
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let most = most.load(Ordering::SeqCst);
    assert!((2..=places).contains(&most), "{most} of {places} at once");
    assert_eq!(fill(&limiter).len(), places);
}
