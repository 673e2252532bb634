// Among the tests, but in this module: the rules that it runs are private.
#[path = "../../../tests/simulation/mod.rs"]
mod simulation;

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::task::JoinSet;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_before_the_first_429() {
    let throttle = Throttle::new(now());
    let begun = now();
    for _ in 0..2000 {
        throttle.turn(None).await.unwrap();
    }
    assert_eq!(now(), begun);
    // Nothing was allocated for them.
    assert_eq!(throttle.state().queue.capacity(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_polls_blocks_no_other() {
    let throttle = Throttle::new(now());
    let begun = now();
    throttle.limited(begun, begun, Some(SECOND));
    let mut context = Context::from_waker(Waker::noop());
    let mut unpolled: Vec<_> = (0..1000).map(|_| Box::pin(throttle.turn(None))).collect();
    let mut count_ready = || {
        let polls = unpolled
            .iter_mut()
            .map(|turn| turn.as_mut().poll(&mut context));
        polls.filter(Poll::is_ready).count()
    };
    assert_eq!(count_ready(), 0);
    // It comes after a thousand, and no later than if they were polled.
    throttle.turn(None).await.unwrap();
    let took = now() - begun;
    assert!((52 * SECOND..54 * SECOND).contains(&took), "{took:?}");
    // Those whose turns have passed don't all go out at once.
    assert!(count_ready() <= 1);
    drop(unpolled);
    assert!(throttle.state().queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn requests_go_out_in_their_order() {
    let throttle = Arc::new(Throttle::new(now()));
    throttle.limited(now(), now(), Some(SECOND));
    let mut calls = JoinSet::new();
    for number in 0..100 {
        let throttle = throttle.clone();
        calls.spawn(async move {
            throttle.turn(None).await.unwrap();
            number
        });
        tokio::task::yield_now().await;
    }
    // Calls whose turns come within the same millisecond may change places.
    let mut place = 0_usize;
    while let Some(number) = calls.join_next().await {
        let number = number.unwrap();
        assert!(place.abs_diff(number) <= 5, "{number} is number {place}");
        place += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_beyond_the_deadline_is_refused_at_once() {
    let throttle = Throttle::new(now());
    throttle.limited(now(), now(), Some(86_400 * SECOND));
    let begun = now();
    let wait = throttle.turn(Some(begun + 30 * SECOND)).await.unwrap_err();
    assert_eq!(now(), begun);
    // A server that asks for a day is asked again after a minute.
    assert!((60 * SECOND..62 * SECOND).contains(&wait), "{wait:?}");
    assert!(throttle.state().queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_429s_slows_down_once_and_for_a_minute() {
    let throttle = Throttle::new(now());
    (0..200).for_each(|_| throttle.accepted(now()));
    let sent = now();
    (0..100).for_each(|_| throttle.limited(now(), sent, Some(SECOND)));
    tokio::time::sleep(SECOND).await;
    throttle.turn(None).await.unwrap();
    let rate = throttle.state().slowdown.unwrap().rate_at(now());
    assert!((179.0..183.0).contains(&rate), "{rate}");
    tokio::time::sleep(62 * SECOND).await;
    throttle.turn(None).await.unwrap();
    assert!(throttle.state().slowdown.is_none());
}
